package io.lorgnette.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Numerics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette answer}: a question about a photo. */
@Command(
    name = "answer",
    description = "Answers a question about a photo.",
    footer = {
      "  lorgnette answer photo.jpg \"What colour is the dog?\"",
      "  lorgnette answer photo.jpg \"How many people are here?\" --shots examples.jsonl",
      "",
      "A line of examples.jsonl:",
      "  {\"image\": \"a.jpg\", \"question\": \"...\", \"answer\": \"...\"}",
    })
final class AnswerCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;

  @Parameters(index = "0", paramLabel = "PHOTO", description = "The photo.")
  private Path photo;

  @Parameters(index = "1", paramLabel = "QUESTION", description = "The question.")
  private String question;

  @Mixin private ModelOptions models;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--shots",
      paramLabel = "FILE",
      description = "Examples as JSON lines; their images lie relative to the file.")
  private Path shots;

  @Override
  public Integer call() {
    Console console = root.console();
    decoding.check();
    if (question.isBlank()) {
      throw new InputException("the question is empty; ask something about " + photo);
    }
    engine.startAhead();
    RgbImage image = ImageReader.read(photo);
    List<VisionLanguageModel.Shot> examples = shots == null ? List.of() : examples();
    Utterance said;
    Numerics numerics = engine.choose();
    try (VisionLanguageModel model =
        VisionLanguageModel.load(
            models.vision(),
            models.language(),
            models.connector("answers"),
            numerics,
            weights.precision(numerics))) {
      GenerationConfig config = decoding.config();
      said = model.answer(image, question, examples, config);
    }
    if (console.json()) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("image", photo.toString()).put("question", question).put("answer", said.text());
      node.put("score", said.score()).put("tokens", said.tokens());
      node.put("complete", said.complete()).put("shots", examples.size());
      console.result(node.toString());
    } else {
      console.result(said.text());
    }
    return 0;
  }

  private List<VisionLanguageModel.Shot> examples() {
    List<VisionLanguageModel.Shot> all = new ArrayList<>();
    try {
      int number = 0;
      for (String line : Files.readAllLines(shots, StandardCharsets.UTF_8)) {
        number++;
        if (!line.isBlank()) {
          all.add(example(line, number));
        }
      }
    } catch (IOException e) {
      throw new InputException(
          shots + " can not be read; expected examples as JSON lines: " + e.getMessage(), e);
    }
    return all;
  }

  private VisionLanguageModel.Shot example(String line, int number) {
    JsonNode node;
    try {
      node = new ObjectMapper().readTree(line);
    } catch (JsonProcessingException e) {
      throw new InputException(
          shots + ", line " + number + ", is not JSON: " + e.getOriginalMessage(), e);
    }
    for (String key : List.of("image", "question", "answer")) {
      if (!node.path(key).isTextual()) {
        throw new InputException(
            shots
                + ", line "
                + number
                + ", lacks "
                + key
                + "; expected {\"image\": ..., \"question\": ..., \"answer\": ...}");
      }
    }
    Path image = shots.toAbsolutePath().resolveSibling(node.path("image").asText());
    return new VisionLanguageModel.Shot(
        ImageReader.read(image), node.path("question").asText(), node.path("answer").asText());
  }
}
