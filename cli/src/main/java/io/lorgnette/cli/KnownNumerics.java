package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What measuring this machine has chosen before, in a file: a measurement takes 0.3 s of each
 * start.
 *
 * <p>A choice counts once two starts in a row have made it, so that one start beside other work
 * does not decide for those after it, and for {@value #DAYS} days. A file that can not be read or
 * written is passed over: then each start measures.
 */
final class KnownNumerics {

  private static final int DAYS = 7;
  private static final int ENOUGH = 2;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Instant now;

  KnownNumerics(Path file, Instant now) {
    this.file = file;
    this.now = now;
  }

  /**
   * The choice for a question: the known one, or else what is measured now, which is remembered.
   *
   * @param question all that the choice depends on, as a stable string
   * @param unmeasured a choice of the same device and kernels
   */
  Numerics choose(String question, Numerics unmeasured, Supplier<Numerics> measure) {
    ObjectNode all = read();
    Optional<Numerics> before = choice(all.path(question), unmeasured);
    if (before.isPresent() && all.path(question).path("agreed").asInt() >= ENOUGH) {
      return before.get();
    }
    Numerics chosen = measure.get();
    boolean agreed = before.isPresent() && before.get().equals(chosen);
    all.putObject(question)
        .put("format", chosen.format().name())
        .put("threads", chosen.threads())
        .put("agreed", agreed ? ENOUGH : 1)
        .put("measured", now.toString());
    write(all);
    return chosen;
  }

  private Optional<Numerics> choice(JsonNode known, Numerics unmeasured) {
    try {
      Instant measured = Instant.parse(known.path("measured").asText());
      boolean valid = measured.isAfter(now.minus(Duration.ofDays(DAYS))) && !measured.isAfter(now);
      int threads = known.path("threads").asInt();
      return valid && threads >= 1
          ? Optional.of(
              new Numerics(
                  unmeasured.device(),
                  Dtype.valueOf(known.path("format").asText()),
                  threads,
                  unmeasured.kernels()))
          : Optional.empty();
    } catch (java.time.DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private ObjectNode read() {
    try {
      return Files.isRegularFile(file) && JSON.readTree(file.toFile()) instanceof ObjectNode known
          ? known
          : JSON.createObjectNode();
    } catch (IOException e) {
      return JSON.createObjectNode();
    }
  }

  private void write(ObjectNode all) {
    try {
      Files.createDirectories(file.getParent());
      Path temporary = Files.createTempFile(file.getParent(), ".numerics", null);
      Files.writeString(temporary, all.toPrettyString());
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      return; // the next start measures again
    }
  }
}
