package io.lorgnette.data;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What was left out of the data sets of one run: counted by kind, kept as sentences, and written
 * into the run folder. A strict one throws at the first problem instead. Safe for several threads.
 */
public final class Problems {
  /** More are counted but not kept, so that a wrong root can not fill the memory. */
  private static final int MAX_KEPT = 100_000;

  private final boolean strict;
  private final List<Problem> kept = new ArrayList<>();
  private final Map<Problem.Kind, Long> counts = new EnumMap<>(Problem.Kind.class);

  private Problems(boolean strict) {
    this.strict = strict;
  }

  /** Collects problems; the run goes on without what is broken. */
  public static Problems collecting() {
    return new Problems(false);
  }

  /** Throws at the first problem, as {@code --strict} asks. */
  public static Problems strict() {
    return new Problems(true);
  }

  /**
   * Takes note of something that is left out.
   *
   * @throws InputException with the problem's sentence, when strict
   */
  public void add(Problem problem) {
    if (strict) {
      throw new InputException(problem + " (stopped because of --strict)");
    }
    synchronized (this) {
      counts.merge(problem.kind(), 1L, Long::sum);
      if (kept.size() < MAX_KEPT) {
        kept.add(problem);
      }
    }
  }

  /** Takes note of an image that could not be decoded. */
  public void addBrokenImage(String dataset, ImageRef image, InputException why) {
    add(new Problem(dataset, Problem.Kind.BROKEN_IMAGE, image.toString(), why.getMessage()));
  }

  /** How many there were of all kinds. */
  public synchronized long count() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How many there were of one kind. */
  public synchronized long count(Problem.Kind kind) {
    return counts.getOrDefault(kind, 0L);
  }

  /** The first 100,000, in the order they came. */
  public synchronized List<Problem> kept() {
    return List.copyOf(kept);
  }

  /** One line for people, such as {@code 2 broken lines or records, 1 missing images}. */
  public synchronized String summary() {
    return counts.isEmpty()
        ? "no problems"
        : counts.entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%,d %s", e.getValue(), e.getKey().words()))
            .collect(Collectors.joining(", "));
  }

  /**
   * Writes one JSON object a line: dataset, kind, place, sentence; when some were not kept, a last
   * line has their number as {@code notListed}. The file appears whole or not at all.
   */
  public synchronized void write(Path file) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    Path folder = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(folder, file.getFileName().toString(), ".tmp");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(temporary, StandardCharsets.UTF_8)) {
        for (Problem problem : kept) {
          Map<String, Object> line = new LinkedHashMap<>();
          line.put("dataset", problem.dataset());
          line.put("kind", problem.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'));
          line.put("place", problem.place());
          line.put("sentence", problem.sentence());
          out.write(mapper.writeValueAsString(line));
          out.write('\n');
        }
        if (count() > kept.size()) {
          out.write("{\"notListed\": " + (count() - kept.size()) + "}\n");
        }
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }
}
