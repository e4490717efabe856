package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureIdentity;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import io.lorgnette.tensor.Dtype;
import java.util.Map;

/** Form of the files of features. */
final class FeatureColumns {

  static final String HASH = "sha256";
  static final String FEATURES = "features";

  /** Id, hash of the image file, and {@code [N, Di]} in the stored format, little-endian. */
  static final RowSchema SCHEMA =
      RowSchema.of("image", ColumnType.TEXT)
          .with(HASH, ColumnType.TEXT)
          .with(FEATURES, ColumnType.BYTES);

  private static final String ENCODER = "lorgnette.encoder";
  private static final String PROCESSOR = "lorgnette.processor";
  private static final String TOKENS = "lorgnette.tokens";
  private static final String WIDTH = "lorgnette.width";
  private static final String STORED = "lorgnette.dtype";

  private FeatureColumns() {}

  /**
   * What a file says of all its rows.
   *
   * @param tokens N
   * @param width Di
   */
  record Notes(FeatureIdentity identity, int tokens, int width, Dtype stored) {

    Map<String, String> toMap() {
      return Map.of(
          ENCODER, identity.encoder(),
          PROCESSOR, identity.processor(),
          TOKENS, Integer.toString(tokens),
          WIDTH, Integer.toString(width),
          STORED, stored.name());
    }

    /**
     * Reads the notes of a file.
     *
     * @throws InputException if it is no file of features
     */
    static Notes of(String file, Map<String, String> notes) {
      try {
        return new Notes(
            new FeatureIdentity(notes.get(ENCODER), notes.get(PROCESSOR)),
            Integer.parseInt(notes.get(TOKENS)),
            Integer.parseInt(notes.get(WIDTH)),
            Dtype.valueOf(notes.get(STORED)));
      } catch (NumberFormatException | NullPointerException e) {
        throw new InputException(
            file + " holds no features; give what the features command wrote", e);
      }
    }
  }
}
