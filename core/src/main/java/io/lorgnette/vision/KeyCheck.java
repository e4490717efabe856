package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Compares what a checkpoint has with what a configuration needs. */
final class KeyCheck {

  private static final int SHOWN = 8;

  private KeyCheck() {}

  /**
   * @param where the checkpoint, for the message
   * @param what the model, for the message
   * @param expected names with their shapes
   * @throws InputException if a name is missing or unknown (all are listed up to a limit), or a
   *     shape differs
   */
  static void check(
      String where, String what, Map<String, Tensor> actual, Map<String, long[]> expected) {
    List<String> missing = new ArrayList<>(expected.keySet());
    missing.removeAll(actual.keySet());
    List<String> unknown = new ArrayList<>(actual.keySet());
    unknown.removeAll(expected.keySet());
    if (!missing.isEmpty() || !unknown.isEmpty()) {
      throw new InputException(
          where
              + " does not fit "
              + what
              + ":"
              + (missing.isEmpty() ? "" : " missing " + list(missing))
              + (missing.isEmpty() || unknown.isEmpty() ? "" : ";")
              + (unknown.isEmpty() ? "" : " unknown " + list(unknown))
              + "; check that config.json belongs to these weights");
    }
    expected.forEach(
        (name, shape) -> {
          long[] found = Tensors.shape(actual.get(name));
          if (!Arrays.equals(found, shape)) {
            throw new InputException(
                where
                    + " has tensor "
                    + name
                    + " of shape "
                    + Arrays.toString(found)
                    + " but "
                    + what
                    + " needs "
                    + Arrays.toString(shape)
                    + "; check that config.json belongs to these weights");
          }
        });
  }

  private static String list(Collection<String> names) {
    String shown = String.join(", ", names.stream().limit(SHOWN).toList());
    return names.size() <= SHOWN ? shown : shown + " and " + (names.size() - SHOWN) + " more";
  }
}
