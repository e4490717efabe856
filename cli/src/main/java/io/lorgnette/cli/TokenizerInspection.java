package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Kind, size and special tokens of a tokenizer. */
final class TokenizerInspection implements Inspection {

  private final Path path;
  private final String model;
  private final int size;
  private final String sha256;
  private final List<String> special = new ArrayList<>();

  TokenizerInspection(Path path) {
    this.path = path;
    try (Tokenizer tokenizer = Tokenizer.load(path)) {
      size = tokenizer.vocabularySize();
      sha256 = tokenizer.sha256();
    }
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(Files.readAllBytes(path));
    } catch (IOException e) {
      throw new InputException(path + " can not be read: " + e.getMessage(), e);
    }
    model = root.path("model").path("type").asText("unknown");
    for (JsonNode token : root.path("added_tokens")) {
      if (token.path("special").asBoolean()) {
        special.add(token.path("content").asText());
      }
    }
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", "tokenizer").put("path", path.toString()).put("model", model);
    node.put("vocabulary", size).put("sha256", sha256);
    ArrayNode tokens = node.putArray("special");
    special.forEach(tokens::add);
    return node;
  }

  @Override
  public List<String> lines() {
    return List.of(
        path + ": tokenizer",
        "  " + model + ", " + Numbers.whole(size) + " tokens",
        "  special: " + (special.isEmpty() ? "none" : String.join(" ", special)),
        "  SHA-256 " + sha256);
  }
}
