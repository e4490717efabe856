package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.pocket.postcards.Postcards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From documents about postcards to a Flamingo that captions one. */
class DocumentsCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path temporary;

  /** Two postcards a document, each before its caption, which is its nearest sentence. */
  private static String documents(Path root) throws Exception {
    JsonNode captions = JSON.readTree(root.resolve("captions_train.json").toFile());
    Map<String, String> texts = new LinkedHashMap<>();
    captions
        .path("annotations")
        .forEach(
            node ->
                texts.putIfAbsent(node.path("image_id").asText(), node.path("caption").asText()));
    List<JsonNode> images = new ArrayList<>();
    captions.path("images").forEach(images::add);
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i + 1 < images.size(); i += 2) {
      ObjectNode document = JSON.createObjectNode();
      ArrayNode sentences = document.putArray("text_list").add("Two cards came today.");
      ArrayNode info = document.putArray("image_info");
      for (JsonNode image : images.subList(i, i + 2)) {
        sentences.add(texts.get(image.path("id").asText()));
        info.addObject().put("image_name", image.path("file_name").asText());
      }
      document.set("similarity_matrix", JSON.readTree("[[0.1, 0.3, 0.2], [0.1, 0.28, 0.3]]"));
      lines.append(document).append('\n');
    }
    return lines.toString();
  }

  private static JsonNode run(Object... arguments) throws Exception {
    Cli cli = Cli.run(arguments);
    assertThat(cli.code()).as(cli.err()).isZero();
    return JSON.readTree(cli.out());
  }

  @Test
  void aFlamingoLearnsFromDocuments() throws Exception {
    Path root = Postcards.writeTo(temporary, new Postcards.Sizes(8, 0, 0), 5, (done, all) -> {});
    Files.writeString(root.resolve("cards.jsonl"), documents(root));
    Path recipe =
        Files.writeString(
            temporary.resolve("flamingo.yaml"),
            """
            method: flamingo
            latents: 4
            layers: 1
            heads: 2
            data:
              learn: [documents]
              max_tokens: 96
              train: [{kind: interleaved, file: cards.jsonl, images: [train]}]
              validation: [{kind: interleaved, file: cards.jsonl, images: [train]}]
            train: {batch: 4, steps: 8, learning_rate: 0.01, warmup_steps: 1, clip: 1, evaluate_every: 8}
            """);
    Path out = temporary.resolve("run");
    JsonNode result =
        run(
            "train",
            recipe,
            "--data",
            root,
            "--out",
            out,
            "--format",
            "f32",
            "--threads",
            "1",
            "--json");
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(out.resolve("steps.jsonl"))) {
      JsonNode step = JSON.readTree(line);
      if (step.has("loss")) {
        losses.add(step.path("loss").asDouble());
      }
    }
    assertThat(losses).hasSize(8);
    assertThat(losses.get(7)).isLessThan(losses.get(0) - 0.3);
    assertThat(result.path("validationLossNats").asDouble()).isLessThan(losses.get(0) - 0.3);
    JsonNode data = JSON.readTree(out.resolve("run.json").toFile()).path("data").path("train");
    assertThat(data.path("documents").asInt()).isEqualTo(4);
    assertThat(data.path("images").asInt()).isEqualTo(8);

    Path picture;
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      picture = files.sorted().findFirst().orElseThrow();
    }
    JsonNode said =
        run(
            "caption",
            picture,
            "--connector",
            out,
            "--max-tokens",
            "6",
            "--threads",
            "1",
            "--json");
    assertThat(said.path("caption").asText()).isNotEmpty();
  }
}
