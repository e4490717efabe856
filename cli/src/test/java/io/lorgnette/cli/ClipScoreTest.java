package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CLIPScore from the command line against a slow computation, on five postcards. */
class ClipScoreTest {

  private static final List<String> SAID =
      List.of("A red house.", "two dogs", "Boats at night!", "a tree", "a man");

  @TempDir Path folder;
  private Path pictures;
  private Path references;
  private Path results;
  private Path other;

  @BeforeEach
  void draw() throws Exception {
    Path root = Postcards.writeTo(folder, new Postcards.Sizes(5, 0, 0), 5, (done, total) -> {});
    pictures = root.resolve("train");
    StringBuilder images = new StringBuilder();
    StringBuilder captions = new StringBuilder();
    StringBuilder results = new StringBuilder();
    StringBuilder other = new StringBuilder();
    List<Path> files = files();
    for (int i = 0; i < 5; i++) {
      images.append(",{\"id\":%d,\"file_name\":\"%s\"}".formatted(i, files.get(i).getFileName()));
      for (int k = 0; k < 1 + i % 2; k++) {
        captions.append(
            ",{\"id\":%d,\"image_id\":%d,\"caption\":\"%s\"}".formatted(9 * i + k, i, said(i, k)));
      }
      results.append(",{\"image_id\":%d,\"caption\":\"%s\"}".formatted(i, SAID.get(i)));
      other.append(",{\"image_id\":%d,\"caption\":\"a cat\"}".formatted(i));
    }
    references =
        Files.writeString(
            folder.resolve("refs.json"),
            "{\"images\":[%s],\"annotations\":[%s]}"
                .formatted(images.substring(1), captions.substring(1)));
    this.results = write("results.json", results);
    this.other = write("other.json", other);
  }

  private Path write(String name, StringBuilder list) throws Exception {
    return Files.writeString(folder.resolve(name), "[" + list.substring(1) + "]");
  }

  private static String said(int image, int number) {
    return number == 0 ? "A picture of a thing" : SAID.get((image + 1) % 5);
  }

  private List<Path> files() throws Exception {
    try (var files = Files.list(pictures)) {
      return files.sorted().toList();
    }
  }

  @Test
  void equalsASlowComputationAndNamesTheModel() throws Exception {
    Path space = folder.resolve("space");
    Path csv = folder.resolve("scores.csv");
    List<Double> expected = new ArrayList<>();
    List<Double> withReferences = new ArrayList<>();
    try (SmallJoint joint = new SmallJoint(space)) {
      for (int i = 0; i < 5; i++) {
        float[] caption = joint.text(written(SAID.get(i)));
        double fits = 2.5 * Math.max(0, SmallJoint.cosine(joint.image(files().get(i)), caption));
        double agrees = 0;
        for (int k = 0; k < 1 + i % 2; k++) {
          float[] reference = joint.text(written(said(i, k)));
          agrees = Math.max(agrees, SmallJoint.cosine(caption, reference));
        }
        expected.add(fits);
        withReferences.add(fits + agrees == 0 ? 0 : 2 * fits * agrees / (fits + agrees));
      }
    }
    assertThat(expected).anyMatch(score -> score > 0.01);
    Object[] score = {
      "score", "--refs", references, "--results", results, "--clip", space, "--images", pictures
    };
    JsonNode node = json(score, "--per-image", csv, "--against", other);
    assertThat(node.path("corpus").path("CLIPScore").asDouble())
        .isCloseTo(mean(expected), within(1e-5));
    assertThat(node.path("corpus").path("RefCLIPScore").asDouble())
        .isCloseTo(mean(withReferences), within(1e-5));
    assertThat(node.path("variants").path("CLIPScore").asText())
        .isEqualTo(space + ", prompt \"A photo depicts \"");
    assertThat(node.path("intervals").path("RefCLIPScore").size()).isEqualTo(2);
    assertThat(node.path("against").has("CLIPScore")).isTrue();
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.get(0)).endsWith(",CLIPScore,RefCLIPScore");
    for (int i = 0; i < 5; i++) {
      String[] cells = lines.get(i + 1).split(",", -1);
      assertThat(Double.parseDouble(cells[cells.length - 2]))
          .isCloseTo(expected.get(i), within(1e-5));
      assertThat(Double.parseDouble(cells[cells.length - 1]))
          .isCloseTo(withReferences.get(i), within(1e-5));
    }
    JsonNode plain = json(score, "--clip-prompt", "");
    assertThat(plain.path("variants").path("CLIPScore").asText()).endsWith("no prompt");
    assertThat(plain.path("corpus").path("CLIPScore").asDouble())
        .isNotCloseTo(mean(expected), within(1e-7));
  }

  private static String written(String caption) {
    return "A photo depicts " + caption;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private static JsonNode json(Object[] first, Object... more) throws Exception {
    List<Object> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(more));
    all.add("--json");
    Cli cli = Cli.run(all.toArray());
    assertThat(cli.code()).as(cli.err()).isZero();
    return new ObjectMapper().readTree(cli.out());
  }

  @Test
  void saysWhatIsMissing() throws Exception {
    Path space = folder.resolve("space");
    new SmallJoint(space).close();
    assertThat(fails("--clip", space)).contains("--images");
    assertThat(fails("--images", pictures)).contains("--clip");
    assertThat(fails("--clip-prompt", "x")).contains("--clip");
    assertThat(fails("--clip", folder.resolve("none"), "--images", pictures))
        .contains("none is no folder of a model of images and texts");
    Files.delete(files().get(3));
    assertThat(fails("--clip", space, "--images", pictures)).contains("image 3 (", "is not in");
    assertThat(fails("--clip", space, "--images", references)).contains("folders, .tar and .zip");
  }

  private String fails(Object... options) {
    List<Object> all =
        new ArrayList<>(List.of("score", "--refs", references, "--results", results));
    all.addAll(List.of(options));
    Cli cli = Cli.run(all.toArray());
    assertThat(cli.code()).isEqualTo(2);
    return cli.err();
  }
}
