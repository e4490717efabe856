package io.lorgnette.spark;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.model.Computing;
import io.lorgnette.spark.model.EncoderSpec;
import io.lorgnette.spark.model.SpeakerSpec;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.util.Locale;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SparkSession;

/**
 * Which models the functions use, read from a session where a function is made:
 *
 * <ul>
 *   <li>{@code spark.lorgnette.vision}, {@code spark.lorgnette.language}: {@code pocket}, a folder,
 *       what {@code --archives} brought, or an org/name in the hub's cache
 *   <li>{@code spark.lorgnette.connector} of captions, {@code spark.lorgnette.answers.connector} of
 *       answers
 *   <li>{@code spark.lorgnette.weights}: {@code int8} and the like
 *   <li>{@code spark.lorgnette.device}: {@code cpu} or {@code cuda}; {@code
 *       spark.lorgnette.format}: {@code f32} or {@code bf16}
 *   <li>{@code spark.lorgnette.output}: which of the encoder's outputs {@code features} gives
 * </ul>
 */
final class FunctionSettings {

  private static final String PREFIX = "spark.lorgnette.";
  private static final String POCKET = "pocket";

  private final RuntimeConfig session;

  private FunctionSettings(RuntimeConfig session) {
    this.session = session;
  }

  static FunctionSettings of(SparkSession session) {
    return new FunctionSettings(session.conf());
  }

  /** Those of the session that is in use on this thread. */
  static FunctionSettings ofActiveSession() {
    return of(SparkSession.active());
  }

  SpeakerSpec captions() {
    return speaker("connector", "pocket-captions");
  }

  SpeakerSpec answers() {
    return speaker("answers.connector", "pocket-answers");
  }

  EncoderSpec encoder() {
    return new EncoderSpec(text("vision", POCKET), text("output", ""), device());
  }

  private SpeakerSpec speaker(String connector, String embedded) {
    String vision = text("vision", POCKET);
    String language = text("language", POCKET);
    String trained = text(connector, "");
    if (trained.isEmpty() && !(vision.equals(POCKET) && language.equals(POCKET))) {
      throw new InputException(
          PREFIX
              + connector
              + " is missing; models of your own need one that was trained between them");
    }
    return new SpeakerSpec(
        vision,
        language,
        trained.isEmpty() ? embedded : trained,
        text("weights", ""),
        new Computing(device(), one("format", "f32", Dtype.class)));
  }

  private Device device() {
    return one("device", "cpu", Device.class);
  }

  private String text(String key, String otherwise) {
    return session.get(PREFIX + key, otherwise);
  }

  private <E extends Enum<E>> E one(String key, String otherwise, Class<E> type) {
    String value = text(key, otherwise);
    try {
      return Enum.valueOf(type, value.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new InputException(PREFIX + key + " can not be " + value, e);
    }
  }
}
