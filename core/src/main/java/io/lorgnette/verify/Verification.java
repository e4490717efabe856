package io.lorgnette.verify;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.weights.GgufModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A checkpoint's outputs, computed here, beside those that a reference gave for the same inputs.
 * Everything is computed in F32 on the CPU, as the recordings are.
 *
 * @param model what kind of model it is, by its {@code config.json}
 * @param rows the stages in the order of the computation, then what was not compared
 */
public record Verification(String model, List<Row> rows) {

  public Verification {
    rows = List.copyOf(rows);
  }

  /**
   * Compares.
   *
   * @param folder of the checkpoint, or its GGUF file
   * @param golden the recording's safetensors file, or the folder that holds {@code
   *     golden.safetensors}
   * @throws InputException if either can not be read, they do not belong together, or nothing of
   *     the recording can be compared
   */
  public static Verification run(Path folder, Path golden) {
    if (!Files.isDirectory(folder) && !GgufModel.isGguf(folder)) {
      throw new InputException(
          folder + " is no folder and no GGUF file; give that of a checkpoint");
    }
    try (Recording recording = Recording.open(golden);
        Scope scope = Scope.open()) {
      Comparison comparison = new Comparison(recording);
      String model = compare(folder, recording, comparison);
      for (String name : recording.unused()) {
        comparison.add(Row.notCompared(name, "not computed here"));
      }
      Verification result = new Verification(model, comparison.rows());
      if (result.compared() == 0) {
        throw new InputException(
            recording.path()
                + " holds nothing that can be compared with a model of type "
                + model
                + " ("
                + String.join(", ", recording.unused())
                + "); give a recording of this model");
      }
      return result;
    }
  }

  private static String compare(Path folder, Recording recording, Comparison comparison) {
    try {
      return Subject.of(folder).compare(folder, recording, comparison);
    } catch (IllegalArgumentException e) {
      // What the model is given comes from the recording.
      throw new InputException(
          recording.path() + " does not fit the model in " + folder + ": " + e.getMessage(), e);
    }
  }

  /** Whether no stage differs. */
  public boolean passed() {
    return firstDifference().isEmpty();
  }

  /** Where a difference begins. */
  public Optional<Row> firstDifference() {
    return rows.stream().filter(row -> row.verdict() == Row.Verdict.DIFFERENT).findFirst();
  }

  /** Stages that were compared. */
  public long compared() {
    return rows.stream().filter(row -> row.verdict() != Row.Verdict.NOT_COMPARED).count();
  }
}
