package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run evaluated from the command line on six postcards, which nocaps' files describe. */
class EvaluateCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> DOMAINS = List.of("in-domain", "near-domain", "out-domain");
  private static final List<String> SAID =
      List.of("A house in the snow.", "Two boats on a lake.", "A dog under a tree.");

  @TempDir static Path temporary;
  private static Path root;
  private static Path run;
  private static Path space;
  private static List<Path> pictures;
  private static final List<List<String>> REFERENCES = new ArrayList<>();

  /** Four steps of training on the same pictures, and an untrained joint space. */
  @BeforeAll
  static void train() throws Exception {
    root = Postcards.writeTo(temporary, new Postcards.Sizes(6, 0, 0), 5, (done, all) -> {});
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      pictures = files.sorted().toList();
    }
    StringBuilder lines = new StringBuilder();
    StringBuilder images = new StringBuilder();
    StringBuilder captions = new StringBuilder();
    for (int i = 0; i < pictures.size(); i++) {
      String name = pictures.get(i).getFileName().toString();
      Path copy = root.resolve("nocaps/images").resolve(name);
      Files.createDirectories(copy.getParent());
      Files.copy(pictures.get(i), copy);
      lines.append("{\"image\": \"%s\", \"captions\": [\"a postcard\"]}\n".formatted(name));
      images.append(
          ", {\"id\": %d, \"file_name\": \"%s\", \"domain\": \"%s\"}"
              .formatted(10 + i, name, DOMAINS.get(i * 2 / 5)));
      List<String> own = List.of(SAID.get(i % 3), SAID.get((i + 1) % 3) + " Number " + i);
      for (int k = 0; k < 2; k++) {
        captions.append(
            ", {\"id\": %d, \"image_id\": %d, \"caption\": \"%s\"}"
                .formatted(2 * i + k, 10 + i, own.get(k)));
      }
      REFERENCES.add(own);
    }
    Files.writeString(root.resolve("all.jsonl"), lines);
    Files.writeString(
        root.resolve("nocaps/nocaps_val_4500_captions.json"),
        "{\"images\": [%s], \"annotations\": [%s]}"
            .formatted(images.substring(2), captions.substring(2)));
    Path recipe =
        Files.writeString(
            temporary.resolve("recipe.yaml"),
            """
            method: mapl
            data: {train: [{kind: jsonl, split: train, file: all.jsonl, images: [train]}]}
            train: {steps: 4, batch: 6, warmup_steps: 1, evaluate_every: 0, checkpoint_every: 4}
            """);
    run = temporary.resolve("run");
    Cli trained =
        Cli.run("train", recipe, "--data", root, "--out", run, "--format", "f32", "--threads", "1");
    assertThat(trained.code()).as(trained.err()).isZero();
    space = temporary.resolve("space");
  }

  private static Cli evaluate(Object... more) {
    Object[] command = {
      "evaluate",
      run,
      "--on",
      "nocaps",
      "--data",
      root,
      "--beams",
      "1",
      "--max-tokens",
      "8",
      "--format",
      "f32",
      "--threads",
      "1"
    };
    return Cli.run(Stream.concat(Stream.of(command), Stream.of(more)).toArray());
  }

  /** As of a run that was kept without its pictures. */
  @Test
  void aReportMakesTheGalleryAnew() throws Exception {
    Cli evaluated = evaluate("--json");
    assertThat(evaluated.code()).as(evaluated.err()).isZero();
    Path gallery = run.resolve("gallery");
    Map<String, Long> before = sizes(gallery);
    assertThat(before).hasSize(6);
    try (Stream<Path> files = Files.walk(gallery)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.delete(file);
      }
    }
    Cli bare = Cli.run("report", run, "--out", temporary.resolve("bare.html"));
    assertThat(bare.code()).as(bare.err()).isZero();
    assertThat(sizes(gallery)).isEmpty();
    Cli whole = Cli.run("report", run, "--data", root, "--out", temporary.resolve("whole.html"));
    assertThat(whole.code()).as(whole.err()).isZero();
    assertThat(sizes(gallery)).isEqualTo(before);
    assertThat(Files.size(temporary.resolve("whole.html")))
        .isGreaterThan(Files.size(temporary.resolve("bare.html")));
  }

  private static Map<String, Long> sizes(Path folder) throws Exception {
    Map<String, Long> sizes = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sizes.put(folder.relativize(file).toString(), Files.size(file));
      }
    }
    return sizes;
  }

  @Test
  void scoresCaptionsWithAJointSpaceAndApartForEachDomain() throws Exception {
    Cli cli;
    Map<String, Float> fits = new HashMap<>();
    Map<String, Double> withReferences = new HashMap<>();
    JsonNode record;
    try (SmallJoint joint = new SmallJoint(space)) {
      cli = evaluate("--clip", space, "--json");
      assertThat(cli.code()).as(cli.err()).isZero();
      JsonNode records = JSON.readTree(cli.out());
      assertThat(records).hasSize(1);
      record = records.get(0);
      Path said = run.resolve("predictions/" + record.path("name").asText() + ".json");
      JsonNode results = JSON.readTree(said.toFile());
      assertThat(results).hasSize(6);
      for (JsonNode result : results) {
        int image = result.path("image_id").asInt() - 10;
        float[] caption = joint.text(written(result.path("caption").asText()));
        double fit =
            2.5 * Math.max(0, SmallJoint.cosine(joint.image(pictures.get(image)), caption));
        double agrees = 0;
        for (String reference : REFERENCES.get(image)) {
          agrees = Math.max(agrees, SmallJoint.cosine(caption, joint.text(written(reference))));
        }
        String id = result.path("image_id").asText();
        fits.put(id, (float) fit);
        withReferences.put(id, fit + agrees == 0 ? 0 : 2 * fit * agrees / (fit + agrees));
      }
    }
    JsonNode corpus = record.path("corpus");
    assertThat(fits.values()).anyMatch(fit -> fit > 0.01);
    assertThat(corpus.path("CLIPScore").asDouble(-1))
        .isCloseTo(
            fits.values().stream().mapToDouble(v -> v).average().orElseThrow(), within(1e-5));
    assertThat(corpus.path("RefCLIPScore").asDouble(-1))
        .isCloseTo(
            withReferences.values().stream().mapToDouble(v -> v).average().orElseThrow(),
            within(1e-5));
    assertThat(corpus.path("CIDEr").isNumber()).isTrue();
    assertThat(record.path("intervals").path("CLIPScore")).hasSize(2);
    assertThat(record.path("variants").path("CLIPScore").asText())
        .isEqualTo(space + ", prompt \"A photo depicts \"");

    // Three, two and one of the six; the same numbers as from the files it wrote.
    JsonNode domains = record.path("byDomain");
    assertThat(domains.properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyElementsOf(DOMAINS);
    assertThat(domains.findValuesAsText("images")).containsExactly("3", "2", "1");
    Path results = run.resolve("predictions/" + record.path("name").asText() + ".json");
    Cli score =
        Cli.run(
            "score",
            "--on",
            "nocaps",
            "--data",
            root,
            "--results",
            results,
            "--json",
            "--clip",
            space);
    assertThat(score.code()).as(score.err()).isZero();
    JsonNode again = JSON.readTree(score.out());
    assertThat(again.path("corpus")).isEqualTo(corpus);
    for (String domain : DOMAINS) {
      assertThat(domains.path(domain).path("corpus").path("CIDEr").isNumber()).isTrue();
      assertThat(again.path("byDomain").path(domain).path("corpus"))
          .isEqualTo(domains.path(domain).path("corpus"));
    }

    // What was written is what was said, and that the run has seen these pictures is in it.
    JsonNode kept =
        JSON.readTree(
            run.resolve("evaluations/" + record.path("name").asText() + ".json").toFile());
    assertThat(kept.path("corpus")).isEqualTo(corpus);
    assertThat(kept.path("notes").toString()).contains("6 of the 6 test images");
    assertThat(cli.err()).contains("Warning: 6 of the 6 test images");
  }

  private static String written(String caption) {
    return "A photo depicts " + caption;
  }

  @Test
  void anEmbeddedConnectorIsARunOfItsOwn() throws Exception {
    Path out = temporary.resolve("embedded");
    Object[] asked = {
      "evaluate", "pocket-captions", "--on", "nocaps", "--data", root, "--beams", 1, "--threads", 1
    };
    Cli without = Cli.run(asked);
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.err()).contains("--out is missing");
    for (int time = 1; time <= 2; time++) {
      Cli cli = Cli.run(Stream.concat(Stream.of(asked), Stream.of("--out", out)).toArray());
      assertThat(cli.code()).as(cli.err()).isZero();
      JsonNode record = JSON.readTree(out.resolve("run.json").toFile());
      assertThat(record.path("connector").path("name").asText()).isEqualTo("pocket-captions");
      assertThat(record.path("sessions")).hasSize(time);
      assertThat(out.resolve("evaluations/nocaps-val-captions.json")).exists();
    }
    Cli other =
        Cli.run("evaluate", "pocket-answers", "--on", "nocaps", "--data", root, "--out", out);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("holds a run of other weights than pocket-answers");
  }

  @Test
  void wrongUseIsOneSentence() {
    Cli prompt = evaluate("--clip-prompt", "x");
    assertThat(prompt.code()).isEqualTo(2);
    assertThat(prompt.err()).contains("--clip-prompt belongs to --clip");
    Cli model = evaluate("--clip", temporary.resolve("none"));
    assertThat(model.code()).isEqualTo(2);
    assertThat(model.err())
        .contains("none is no folder of a model of images and texts")
        .hasLineCount(1); // no progress, no warning: this comes before all work
    Cli out = evaluate("--out", temporary.resolve("other"));
    assertThat(out.code()).isEqualTo(2);
    assertThat(out.err()).contains("--out and --set are for a recipe").hasLineCount(1);
    Cli set =
        Cli.run("evaluate", "pocket-captions", "--on", "nocaps", "--data", root, "--set", "a=1");
    assertThat(set.code()).isEqualTo(2);
    assertThat(set.err())
        .contains("--set is for a recipe, but pocket-captions is an embedded connector")
        .hasLineCount(1);
    Cli split = Cli.run("evaluate", run, "--on", "nocaps", "--split", "third", "--data", root);
    assertThat(split.code()).isEqualTo(2);
    assertThat(split.err()).contains("third");
  }
}
