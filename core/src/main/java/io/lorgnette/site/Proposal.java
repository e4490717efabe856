package io.lorgnette.site;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.report.WholeFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A text for one image of a page: a line of JSON that a person may edit or delete.
 *
 * @param page relative to the site's folder, with {@code /}
 * @param number of the {@code img} in its page, from 1
 * @param src its address as the page has it
 * @param alt the text; empty for an image that only decorates
 */
public record Proposal(String page, int number, String src, String alt) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** One line of JSON, without its end. */
  public String json() {
    return JSON.createObjectNode()
        .put("page", page)
        .put("img", number)
        .put("src", src)
        .put("alt", alt)
        .toString();
  }

  /**
   * Reads a file of proposals; empty lines are passed over.
   *
   * @throws InputException if it can not be read, or a line is no proposal
   */
  public static List<Proposal> read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
      List<Proposal> proposals = new ArrayList<>();
      for (int i = 0; i < lines.size(); i++) {
        if (!lines.get(i).isBlank()) {
          proposals.add(parse(lines.get(i), file + ", line " + (i + 1)));
        }
      }
      return proposals;
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
  }

  private static Proposal parse(String line, String place) {
    try {
      JsonNode node = JSON.readTree(line);
      if (node.path("page").isTextual()
          && node.path("img").isInt()
          && node.path("src").isTextual()
          && node.path("alt").isTextual()) {
        return new Proposal(
            node.path("page").asText(),
            node.path("img").asInt(),
            node.path("src").asText(),
            node.path("alt").asText());
      }
    } catch (JsonProcessingException e) {
      throw notOne(place, e);
    }
    throw notOne(place, null);
  }

  private static InputException notOne(String place, Exception cause) {
    return new InputException(
        place + ", is no JSON object with page, img, src and alt; mend the line or delete it",
        cause);
  }

  /**
   * Writes a file of proposals.
   *
   * @throws InputException if it can not be written
   */
  public static void write(List<Proposal> proposals, Path file) {
    WholeFile.writeText(
        file,
        "the proposals",
        out -> {
          for (Proposal proposal : proposals) {
            out.write(proposal.json() + "\n");
          }
        });
  }
}
