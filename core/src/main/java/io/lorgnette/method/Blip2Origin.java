package io.lorgnette.method;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a first stage of BLIP-2 comes from, kept in the header of its file; the tensors below it
 * have LAVIS' names.
 *
 * @param sizes of what was trained
 * @param encoder whose features it has seen
 * @param tokenizer SHA-256 of the one whose ids it has read
 * @param recipe SHA-256 of the resolved recipe
 * @param step optimizer steps taken
 * @param toolVersion of the program that trained it
 */
public record Blip2Origin(
    Blip2Stage1Config sizes,
    EncoderSpec encoder,
    String tokenizer,
    String recipe,
    long step,
    String toolVersion) {

  private static final String KEY = "lorgnette-blip2-stage1";
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /** Writes a model with this origin, all or nothing. */
  public void save(Path file, Blip2Stage1 model) {
    model.save(file, Map.of(KEY, JSON.valueToTree(this).toString()));
  }

  /**
   * Reads the origin of a file.
   *
   * @throws InputException if the file does not tell
   */
  public static Blip2Origin of(Checkpoint checkpoint) {
    String told = checkpoint.metadata().get(KEY);
    if (told == null) {
      throw new InputException(
          checkpoint.path()
              + " does not say that it is a first stage of BLIP-2 written by Lorgnette; give the"
              + " sizes of a released one yourself");
    }
    try {
      return JSON.readValue(told, Blip2Origin.class);
    } catch (JsonProcessingException e) {
      throw new InputException(
          checkpoint.path()
              + ": its header has "
              + KEY
              + " = "
              + told
              + ", which can not be read; train it anew",
          e);
    }
  }

  /**
   * Checks that a first stage has seen the features that it is to go on with. One that does not
   * tell, a released one, is on the caller.
   *
   * @throws InputException if it has seen others
   */
  static void requireEncoder(Checkpoint file, EncoderSpec encoder) {
    if (!file.metadata().containsKey(KEY)) {
      return;
    }
    ConnectorOrigin.requireEncoder(file.path(), of(file).encoder(), encoder);
  }

  /**
   * Loads a model that was written with its origin.
   *
   * @throws InputException if the file does not tell its sizes or does not hold what it tells
   */
  public static Blip2Stage1 load(Path file, Dtype dtype, Device device) {
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return of(checkpoint).sizes().read(checkpoint, dtype, device);
    }
  }
}
