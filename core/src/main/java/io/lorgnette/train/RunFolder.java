package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A run on disk: {@code recipe.yaml}, {@code run.json}, {@code steps.jsonl}, {@code checkpoints/},
 * {@code predictions/}. Files appear whole or not at all.
 */
public final class RunFolder {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final ObjectMapper LINE = new ObjectMapper();

  private final Path path;
  private final Map<String, String> memory; // null for a folder on disk

  private RunFolder(Path path, Map<String, String> memory) {
    this.path = path;
    this.memory = memory;
  }

  /**
   * The folder as a process has it that works on a run without being the one that writes: its notes
   * stay in memory, and nothing on disk is changed.
   */
  public static RunFolder silent(Path path) {
    return new RunFolder(path, new LinkedHashMap<>());
  }

  /** Whether what is written reaches the disk. */
  public boolean writes() {
    return memory == null;
  }

  /**
   * Makes a folder for a new run.
   *
   * @throws InputException if it holds a run already
   */
  public static RunFolder create(Path path) {
    if (Files.exists(path.resolve("run.json"))) {
      throw new InputException(
          path + " holds a run already; continue it with --resume or choose another --out");
    }
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new InputException(path + " can not be made: " + e.getMessage(), e);
    }
    return new RunFolder(path, null);
  }

  /**
   * Opens the folder of an earlier run.
   *
   * @throws InputException if there is none
   */
  public static RunFolder open(Path path) {
    if (!Files.exists(path.resolve("run.json"))) {
      throw new InputException(
          path + " holds no run (run.json is missing); give the folder that train wrote");
    }
    return new RunFolder(path, null);
  }

  public Path path() {
    return path;
  }

  public Path checkpoints() {
    return path.resolve("checkpoints");
  }

  public Path predictions() {
    return path.resolve("predictions");
  }

  public Path stepsFile() {
    return path.resolve("steps.jsonl");
  }

  /** Writes a JSON file of the run. */
  public void writeJson(String name, JsonNode node) {
    try {
      writeText(name, JSON.writeValueAsString(node) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes a text file of the run. */
  public void writeText(String name, String text) {
    if (!writes()) {
      memory.put(name, text);
      return;
    }
    Path target = path.resolve(name);
    try {
      Files.createDirectories(target.getParent());
      Path temporary = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".tmp");
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + target + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads a JSON file of the run.
   *
   * @throws InputException if it is absent or broken
   */
  public JsonNode readJson(String name) {
    Path file = path.resolve(name);
    try {
      return JSON.readTree(readText(name));
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
  }

  /**
   * Reads a text file of the run.
   *
   * @throws InputException if it is absent
   */
  public String readText(String name) {
    if (!writes() && memory.containsKey(name)) {
      return memory.get(name);
    }
    try {
      return Files.readString(path.resolve(name), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new InputException(path.resolve(name) + " can not be read: " + e.getMessage(), e);
    }
  }

  /** Appends a line to {@code steps.jsonl}. */
  void appendStep(JsonNode line) {
    if (!writes()) {
      return;
    }
    try {
      Files.writeString(
          stepsFile(),
          LINE.writeValueAsString(line) + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + stepsFile() + ": " + e.getMessage(), e);
    }
  }

  /** The lines of {@code steps.jsonl}; a torn last line, left by a crash, is passed over. */
  public List<JsonNode> steps() {
    List<JsonNode> lines = new ArrayList<>();
    if (!Files.exists(stepsFile())) {
      return lines;
    }
    try (Stream<String> text = Files.lines(stepsFile())) {
      for (String line : (Iterable<String>) text::iterator) {
        if (line.endsWith("}")) {
          lines.add(LINE.readTree(line));
        }
      }
    } catch (IOException e) {
      throw new InputException(stepsFile() + " can not be read: " + e.getMessage(), e);
    }
    return lines;
  }

  /** Drops the lines after a step: a resumed run writes them again. */
  void dropStepsAfter(long step) {
    StringBuilder kept = new StringBuilder();
    for (JsonNode line : steps()) {
      if (line.path("step").asLong() <= step) {
        kept.append(line).append('\n');
      }
    }
    writeText(stepsFile().getFileName().toString(), kept.toString());
  }
}
