package io.lorgnette.verbal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Images that were put into words before, by the hash of their files: JSON lines that grow. A last
 * line that an ended process left half written is passed over, and its image told again.
 */
final class ToldCache {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final Map<String, Told> known = new HashMap<>();

  ToldCache(Path file) {
    this.file = file;
    try {
      if (Files.exists(file)) {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          take(line);
        }
      } else {
        Files.createDirectories(file.toAbsolutePath().getParent());
      }
    } catch (IOException e) {
      throw new InputException(file + " can not be read or made: " + e + "; delete it", e);
    }
  }

  private void take(String line) {
    try {
      JsonNode node = JSON.readTree(line);
      List<String> tags = new ArrayList<>();
      node.path("tags").forEach(tag -> tags.add(tag.asText()));
      if (node.path("image").isTextual() && node.path("caption").isTextual()) {
        known.put(node.path("image").asText(), new Told(node.path("caption").asText(), tags));
      }
    } catch (JsonProcessingException e) {
      // Half a line of a process that was ended.
      return;
    }
  }

  /** What is known of an image, or null. */
  synchronized Told get(FeatureKey key) {
    return known.get(key.hash());
  }

  synchronized void put(List<FeatureKey> keys, List<Told> told) {
    // A line of its own ends what an ended process left.
    StringBuilder lines = new StringBuilder("\n");
    for (int i = 0; i < keys.size(); i++) {
      known.put(keys.get(i).hash(), told.get(i));
      ObjectNode node = JSON.createObjectNode();
      node.put("image", keys.get(i).hash()).put("caption", told.get(i).caption());
      told.get(i).tags().forEach(node.putArray("tags")::add);
      lines.append(node).append('\n');
    }
    try {
      Files.writeString(file, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new InputException(file + " can not be written: " + e + "; make room or rights", e);
    }
  }
}
