package io.lorgnette.verify;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;

/**
 * A reference's recorded inputs and outputs: a safetensors file and the {@code golden.json} beside
 * it, which holds the settings of generations. It keeps count of what was asked for, so that
 * nothing recorded is passed over in silence.
 */
final class Recording implements AutoCloseable {

  private static final String TENSORS = "golden.safetensors";
  private static final String SETTINGS = "golden.json";
  private static final String IDS = ".ids";

  private final Checkpoint tensors;
  private final Path settingsFile;
  private final JsonNode generation;
  private final Set<String> used = new TreeSet<>();

  private Recording(Checkpoint tensors, Path settingsFile, JsonNode generation) {
    this.tensors = tensors;
    this.settingsFile = settingsFile;
    this.generation = generation;
  }

  /**
   * Opens a recording.
   *
   * @param path the safetensors file, or the folder with {@code golden.safetensors}
   * @throws InputException if there is none
   */
  static Recording open(Path path) {
    Path file = Files.isDirectory(path) ? path.resolve(TENSORS) : path;
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file + " does not exist; give a recording (" + TENSORS + ") or the folder that holds it");
    }
    Path settings = file.resolveSibling(SETTINGS);
    return new Recording(Checkpoint.open(file), settings, generation(settings));
  }

  private static JsonNode generation(Path file) {
    if (!Files.exists(file)) {
      return MissingNode.getInstance();
    }
    try {
      return new ObjectMapper().readTree(Files.readAllBytes(file)).path("generation");
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + " is not JSON (" + e.getOriginalMessage() + "); record it again", e);
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
  }

  boolean has(String name) {
    return tensors.names().contains(name);
  }

  /** Whether anything is recorded whose name begins so. */
  boolean hasAny(String... beginnings) {
    return tensors.names().stream()
        .anyMatch(name -> List.of(beginnings).stream().anyMatch(name::startsWith));
  }

  /** What was recorded and not asked for, sorted. */
  Set<String> unused() {
    Set<String> rest = new TreeSet<>(tensors.names());
    rest.removeAll(used);
    return rest;
  }

  /** Numbers as F32. */
  Tensor floats(String name) {
    require(name, true);
    return Tensors.to(tensors.get(name), Dtype.F32);
  }

  /** Whole numbers as I64. */
  Tensor longs(String name) {
    require(name, false);
    return Tensors.to(tensors.get(name), Dtype.I64);
  }

  /** As {@link #longs}, or null where there are none of the name. */
  Tensor longsOrNull(String name) {
    return has(name) ? longs(name) : null;
  }

  /**
   * Token ids, {@code [B, T]}.
   *
   * @throws InputException if they are of another shape or outside a vocabulary
   */
  Tensor ids(String name, int vocabulary) {
    Tensor ids = longs(name);
    if (ids.dim() != 2 || ids.numel() == 0) {
      throw wrong(name, "has shape " + Tensors.describe(ids) + " instead of rows of ids");
    }
    for (long id : Tensors.toLongs(ids)) {
      if (id < 0 || id >= vocabulary) {
        throw wrong(name, "holds id " + id + ", outside the vocabulary of " + vocabulary);
      }
    }
    return ids;
  }

  /**
   * A mask of ids, or null where none is recorded.
   *
   * @throws InputException if it is of another shape than the ids
   */
  Tensor mask(String name, Tensor ids) {
    Tensor mask = longsOrNull(name);
    if (mask != null && !Tensors.describe(mask).equals(Tensors.describe(ids))) {
      throw wrong(
          name, "has shape " + Tensors.describe(mask) + " instead of " + Tensors.describe(ids));
    }
    return mask;
  }

  private void require(String name, boolean floating) {
    if (!has(name)) {
      throw new InputException(tensors.path() + " lacks " + name + "; record it too");
    }
    if (tensors.info(name).dtype().isFloating() != floating) {
      throw wrong(
          name,
          "is of format "
              + tensors.info(name).dtype()
              + " instead of "
              + (floating ? "floating point" : "whole numbers"));
    }
    used.add(name);
  }

  InputException wrong(String name, String what) {
    return new InputException(tensors.path() + ": " + name + " " + what + "; record it again");
  }

  /** The generations that are recorded, those with settings first, in the order of these. */
  List<String> runs() {
    Set<String> runs = new LinkedHashSet<>();
    generation.fieldNames().forEachRemaining(runs::add);
    runs.removeIf(run -> !has(run + IDS));
    for (String name : new TreeSet<>(tensors.names())) {
      if (name.endsWith(IDS)) {
        runs.add(name.substring(0, name.length() - IDS.length()));
      }
    }
    return new ArrayList<>(runs);
  }

  /** Settings of a generation; missing where none are recorded. */
  JsonNode settings(String run) {
    return generation.path(run);
  }

  /** Where settings stand, for messages. */
  Path settingsFile() {
    return settingsFile;
  }

  /** For messages. */
  Path path() {
    return tensors.path();
  }

  @Override
  public void close() {
    tensors.close();
  }
}
