package io.lorgnette.method;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a connector comes from: what it is, what it was trained between, and by what.
 *
 * @param config which system, with its sizes
 * @param pair the backbones it was trained between
 * @param recipe SHA-256 of the resolved recipe
 * @param step optimizer steps taken
 * @param toolVersion of the program that trained it
 */
public record ConnectorOrigin(
    MethodConfig config, Pair pair, String recipe, long step, String toolVersion) {

  private static final String FORMAT = "lorgnette-connector";
  private static final int VERSION = 2;
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES);

  /** Writes sizes with the keys and words of recipes, by which they are read. */
  private static final ObjectMapper RECIPE =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .configure(EnumFeature.WRITE_ENUMS_TO_LOWERCASE, true)
          .build();

  /** Whether the strings of a header tell an origin at all. */
  static boolean isTold(Map<String, String> metadata) {
    return FORMAT.equals(metadata.get("format"));
  }

  /** As strings for a safetensors header. */
  Map<String, String> write() {
    Map<String, String> strings = new LinkedHashMap<>();
    strings.put("format", FORMAT);
    strings.put("format_version", Integer.toString(VERSION));
    strings.put("method", config.kind().id());
    strings.put("sizes", json(RECIPE, config));
    strings.put("encoder", json(JSON, pair.encoder()));
    strings.put("language", json(JSON, pair.language()));
    strings.put("recipe_sha256", recipe);
    strings.put("step", Long.toString(step));
    strings.put("tool_version", toolVersion);
    return strings;
  }

  private static String json(ObjectMapper mapper, Object record) {
    ObjectNode node = mapper.valueToTree(record);
    return node.toString();
  }

  /**
   * From the strings of a safetensors header.
   *
   * @param file for messages
   * @throws InputException naming the string that is absent or broken
   */
  static ConnectorOrigin read(Map<String, String> metadata, Path file) {
    long version = number(metadata, "format_version", file);
    if (version != VERSION) {
      throw new InputException(
          file
              + " has connector format "
              + version
              + " but this program reads format "
              + VERSION
              + "; use the version that wrote it, "
              + text(metadata, "tool_version", file));
    }
    MethodKind kind = MethodKind.named(text(metadata, "method", file), file.toString());
    return new ConnectorOrigin(
        // JSON is YAML too.
        RecipeReader.readText(
                text(metadata, "sizes", file), file + ", header", List.of(), kind::config)
            .value(),
        new Pair(
            record(metadata, "encoder", EncoderSpec.class, file),
            record(metadata, "language", LanguageSpec.class, file)),
        text(metadata, "recipe_sha256", file),
        number(metadata, "step", file),
        text(metadata, "tool_version", file));
  }

  /**
   * Checks that what goes on from a connector sees the features that it was trained on.
   *
   * @throws InputException if they are others
   */
  void requireEncoder(Path file, EncoderSpec encoder) {
    requireEncoder(file, pair.encoder(), encoder);
  }

  /** As {@link #requireEncoder(Path, EncoderSpec)}, for any file. */
  static void requireEncoder(Path file, EncoderSpec seen, EncoderSpec encoder) {
    if (!seen.identity().equals(encoder.identity()) || seen.tokens() != encoder.tokens()) {
      throw new InputException(
          file
              + " was trained on features of "
              + seen.name()
              + " ("
              + seen.identity()
              + ") but the recipe has "
              + encoder.name()
              + " ("
              + encoder.identity()
              + "); choose the encoder it was trained on or train anew on this one");
    }
  }

  private static String text(Map<String, String> metadata, String key, Path file) {
    String value = metadata.get(key);
    if (value == null) {
      throw new InputException(
          file
              + ": its header lacks "
              + key
              + ", which every connector has; train or fetch it anew");
    }
    return value;
  }

  private static long number(Map<String, String> metadata, String key, Path file) {
    String value = text(metadata, key, file);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw broken(file, key, value, e);
    }
  }

  private static <T> T record(Map<String, String> metadata, String key, Class<T> type, Path file) {
    String value = text(metadata, key, file);
    try {
      return JSON.readValue(value, type);
    } catch (JsonProcessingException e) {
      throw broken(file, key, value, e);
    }
  }

  private static InputException broken(Path file, String key, String value, Exception cause) {
    return new InputException(
        file + ": its header has " + key + " = " + value + ", which can not be read; fetch it anew",
        cause);
  }
}
