package io.lorgnette.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * Measurements of one program on one machine.
 *
 * @param program its version and commit
 * @param machine its processor
 * @param numerics what the stages computed with
 * @param limits of the machine, measured in the same minutes
 */
public record BenchRecord(
    String program, String machine, String numerics, MachineLimits limits, List<Measured> stages) {

  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES);

  /** As {@code lorgnette bench --json} prints it. */
  public JsonNode json() {
    return JSON.valueToTree(this);
  }

  /**
   * Writes it to a file, whole or not at all.
   *
   * @throws InputException if the file can not be written
   */
  public void write(Path file) {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, JSON.writeValueAsString(this) + "\n", StandardCharsets.UTF_8);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InputException(file + " can not be written (" + e + "); give another file", e);
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws InputException if the file is not there or something else
   */
  public static BenchRecord read(Path file) {
    try {
      return JSON.readValue(Files.readString(file, StandardCharsets.UTF_8), BenchRecord.class);
    } catch (JsonProcessingException e) {
      throw new InputException(
          file
              + " is no record of measurements ("
              + e.getOriginalMessage()
              + "); give what lorgnette bench --out wrote",
          e);
    } catch (IOException e) {
      throw new InputException(
          file + " can not be read (" + e + "); give what lorgnette bench --out wrote", e);
    }
  }

  /** The measurement of the same work, if it was made. */
  public Optional<Measured> of(Measured other) {
    return stages.stream().filter(stage -> stage.title().equals(other.title())).findFirst();
  }

  /** What of the machine a stage uses, against the rate of the format that it computes in. */
  public double share(Measured stage) {
    double rate = stage.format().equals("bf16") ? limits.bf16() : limits.f32();
    return stage.share(rate, limits.bandwidth());
  }

  /** The same against the faster of the formats. */
  public double shareOfFastest(Measured stage) {
    return stage.share(limits.fastest(), limits.bandwidth());
  }
}
