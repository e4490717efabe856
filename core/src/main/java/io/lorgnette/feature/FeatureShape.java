package io.lorgnette.feature;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.util.Locale;

/**
 * What one cache file holds: whose features, and the form of each record.
 *
 * @param encoder identity of the encoder
 * @param processor identity of the image processing before it
 * @param tokens N
 * @param width Di
 */
record FeatureShape(String encoder, String processor, int tokens, int width, Dtype dtype) {

  FeatureShape {
    if (tokens < 1 || width < 1) {
      throw new IllegalArgumentException(
          "features must have a size, not " + tokens + " x " + width);
    }
    if (dtype != Dtype.F32 && dtype != Dtype.F16 && dtype != Dtype.BF16) {
      throw new IllegalArgumentException("features are kept as F32, F16 or BF16, not " + dtype);
    }
    Math.toIntExact((long) tokens * width * dtype.bytes());
  }

  int recordBytes() {
    return tokens * width * dtype.bytes();
  }

  /** The start of the names of its files: equal for equal encoder, processor and format. */
  String fileName() {
    String hash = Sha256.of(encoder + "\n" + processor);
    return hash.substring(0, 24) + "-" + dtype.name().toLowerCase(Locale.ROOT);
  }

  String toJson() {
    return new ObjectMapper()
        .createObjectNode()
        .put("encoder", encoder)
        .put("processor", processor)
        .put("tokens", tokens)
        .put("width", width)
        .put("dtype", dtype.name())
        .toString();
  }

  /** What an index file says of itself, or null if that is not to be understood. */
  static FeatureShape of(byte[] json) {
    try {
      JsonNode node = new ObjectMapper().readTree(json);
      return new FeatureShape(
          node.path("encoder").textValue(),
          node.path("processor").textValue(),
          node.path("tokens").intValue(),
          node.path("width").intValue(),
          Dtype.valueOf(node.path("dtype").asText()));
    } catch (JsonProcessingException | IllegalArgumentException | ArithmeticException e) {
      return null;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
