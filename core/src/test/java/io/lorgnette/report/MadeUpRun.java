package io.lorgnette.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Item;
import io.lorgnette.evaluate.Task;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.HumanAnswer;
import io.lorgnette.metrics.Interval;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaScores;
import io.lorgnette.train.RunFolder;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/** Run folders as training and evaluation leave them, about drawn houses of known colour. */
final class MadeUpRun {

  static final int IMAGES = 40;
  static final int STEPS = 600;
  static final int RESAMPLES = 60;

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> COLORS = List.of("red", "blue", "green", "white");

  private MadeUpRun() {}

  /** A connector that names the colour it sees, or without sight always the same. */
  static RunFolder connector(Path path, boolean sees) throws IOException {
    RunFolder folder = trained(path, sees ? "mapl" : "mapl-blind", sees ? 1.6 : 2.3);
    captions(folder, sees, IMAGES);
    answers(folder, sees);
    for (int i = 0; i < 9; i++) {
      picture(folder, "card-" + i, i);
    }
    return folder;
  }

  /** A connector that was not evaluated. */
  static RunFolder trained(Path path, String method, double end) throws IOException {
    RunFolder folder = RunFolder.create(path);
    folder.writeText("recipe.yaml", "method: " + method + "\ntrain:\n  steps: " + STEPS + "\n");
    folder.writeJson(
        "run.json",
        JSON.readTree(
            """
            {"command": "train", "recipeSha256": "67233b93", "seeds": {"train": 7},
             "numerics": {"device": "CPU", "format": "BF16", "threads": 1, "kernels": "openblas"},
             "sessions": [{"started": "2030-01-02T03:04:05Z", "ended": "2030-01-02T03:06:15Z",
               "commandLine": ["train", "my recipe.yaml"], "version": "0.1", "commit": "abc",
               "libtorch": "2.10", "java": "17", "system": "Linux", "processor": "CPU",
               "processors": 2}],
             "data": {"train": {"sets": [{"dataset": "houses", "examples": 500, "captions": 2500,
               "questions": 900, "files": {}, "sha256": "fe12"}],
               "images": 500, "captions": 2500, "questions": 900}},
             "parts": [
               {"role": "vision encoder", "name": "eye", "trained": false, "parameters": 3371024},
               {"role": "mapping network", "name": "320 -> 16 x 256", "trained": true,
                "parameters": 900000},
               {"role": "language model", "name": "mouth", "trained": false,
                "parameters": 7100000}],
             "result": {"end": "finished", "step": 600, "textsSeen": 76800,
               "validationLossNats": 1.6543, "bestStep": 600, "connectorSha256": "c0ffee"}}
            """));
    steps(folder, end, "loss");
    return folder;
  }

  /** A language model that was pretrained. */
  static RunFolder languageModel(Path path) throws IOException {
    RunFolder folder = RunFolder.create(path);
    folder.writeJson(
        "run.json",
        JSON.readTree(
            """
            {"command": "pretrain", "seeds": {"train": 1},
             "corpus": {"identity": "84c2", "tokenizer": "af0e",
               "tokens": {"captions": 2746882, "books": 12897662}},
             "result": {"end": "FINISHED", "step": 600, "tokensSeen": 19200,
               "parameters": 7100000, "validationLossNats": {"loss": 3.0, "books": 3.5},
               "validationPerplexity": {"loss": 20.0855, "books": 33.1}}}
            """));
    steps(folder, 3.0, "loss");
    return folder;
  }

  private static void steps(RunFolder folder, double end, String name) throws IOException {
    Random random = new Random(5);
    StringBuilder lines = new StringBuilder();
    for (int step = 1; step <= STEPS; step++) {
      double loss = end + 6 * Math.exp(-step / 60.0) + 0.1 * random.nextGaussian();
      lines.append(
          String.format(
              Locale.ROOT,
              "{\"step\":%d,\"loss\":%.4f,\"learningRate\":3e-4,\"gradientNorm\":1.0,\"seconds\":0.2}%n",
              step,
              loss));
      if (step % 100 == 0) {
        double held = end + 0.1 + 6 * Math.exp(-step / 60.0);
        lines.append(
            String.format(
                Locale.ROOT, "{\"step\":%d,\"evaluation\":{\"%s\":%.4f}}%n", step, name, held));
      }
    }
    folder.writeText("steps.jsonl", lines.toString());
  }

  /** Evaluates captions on the first images. */
  static void captions(RunFolder folder, boolean sees, int images) {
    List<Item> items = new ArrayList<>();
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> said = new LinkedHashMap<>();
    for (int i = 0; i < images; i++) {
      String id = "card-" + i;
      String color = COLORS.get(i % 4);
      List<String> people =
          List.of(
              "A " + color + " house under a wide sky.",
              "There is a small " + color + " house on the grass.",
              "On the hill stands a house painted " + color + ".");
      String caption = sees && i % 5 > 0 ? people.get(0) : "A boat on the sea.";
      caption = i == 1 && sees ? "A <script>alert('x')</script> & \"blue\" house." : caption;
      items.add(new Item(id, id, id + ".png", null, caption, -0.4, people, null, null));
      references.put(id, people);
      said.put(id, caption);
    }
    CaptionScores scores = CaptionScores.of(references, said);
    ObjectNode node = head("captions", sees, items.size());
    put(node, scores.intervals(1, RESAMPLES));
    scores.variants().forEach(node.putObject("variants")::put);
    scores.notes().forEach(node.putArray("notes")::add);
    new EvaluationRecord("houses-test-captions", Task.CAPTIONS, node, items).write(folder);
  }

  private static void answers(RunFolder folder, boolean sees) {
    List<Item> items = new ArrayList<>();
    Map<String, VqaAnnotation> annotations = new LinkedHashMap<>();
    Map<String, String> said = new LinkedHashMap<>();
    for (int i = 0; i < IMAGES; i++) {
      String image = "card-" + i;
      String id = "" + (1000 + i);
      String color = COLORS.get(i % 4);
      List<String> people = new ArrayList<>(List.of("dark " + color));
      List<HumanAnswer> answers = new ArrayList<>(List.of(new HumanAnswer("dark " + color, "1")));
      for (int person = 2; person <= 10; person++) {
        people.add(color);
        answers.add(new HumanAnswer(color, "" + person));
      }
      String answer = sees ? color : "red";
      String question = "What colour is the house?";
      items.add(
          new Item(id, image, image + ".png", question, answer, -0.2, people, "what", "other"));
      annotations.put(id, new VqaAnnotation(image, "what", "other", answers));
      said.put(id, answer);
    }
    VqaScores scores = VqaScores.of(annotations, said);
    ObjectNode node = head("answers", sees, items.size());
    put(node, Map.of(VqaScores.METRIC, scores.interval(1, RESAMPLES)));
    scores.byAnswerType().forEach(node.putObject("byAnswerType")::put);
    scores.variants().forEach(node.putObject("variants")::put);
    new EvaluationRecord("houses-test-answers", Task.ANSWERS, node, items).write(folder);
  }

  private static ObjectNode head(String task, boolean sees, int items) {
    ObjectNode node = JSON.createObjectNode();
    node.put("task", task).put("dataset", "houses").put("split", "test");
    node.put("system", sees ? "mapl" : "mapl-blind").put("items", items).put("images", items);
    node.put("shots", 0).put("seconds", 12.5).put("itemsPerSecond", 3.2);
    node.putObject("decoding").put("beams", 5).put("maxNewTokens", 50);
    return node.put("bootstrapSeed", 1).put("resamples", RESAMPLES);
  }

  private static void put(ObjectNode node, Map<String, Interval> intervals) {
    ObjectNode corpus = node.putObject("corpus");
    ObjectNode ends = node.putObject("intervals");
    intervals.forEach(
        (metric, interval) -> {
          corpus.put(metric, interval.value());
          ends.putArray(metric).add(interval.low()).add(interval.high());
        });
  }

  private static void picture(RunFolder folder, String id, int number) throws IOException {
    BufferedImage image = new BufferedImage(320, 240, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(new Color(0x9fc7e8));
    g.fillRect(0, 0, 320, 150);
    g.setColor(new Color(0x7fa35c));
    g.fillRect(0, 150, 320, 90);
    g.setColor(List.of(Color.RED, Color.BLUE, Color.GREEN, Color.WHITE).get(number % 4));
    g.fillRect(80 + 12 * number, 100, 90, 80);
    g.setColor(new Color(0x6b3d22));
    int left = 70 + 12 * number;
    g.fillPolygon(new int[] {left, left + 55, left + 110}, new int[] {100, 55, 100}, 3);
    g.dispose();
    Path file = folder.path().resolve(EvaluationRecord.galleryFile("houses", id));
    Files.createDirectories(file.getParent());
    ImageIO.write(image, "jpeg", file.toFile());
  }
}
