package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Written captions of five pictures by the embedded model, ranked against a slow computation. */
class DataCaptionFilterTest {

  @TempDir static Path root;
  private static Path space;

  @BeforeAll
  static void write() throws Exception {
    space = root.resolve("space");
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 5; i++) {
      Pictures.draw(root.resolve("pictures/%d.png".formatted(i)), i);
      lines.append("{\"image\": \"%1$d.png\", \"caption\": \"Discs number %1$d.\"}\n".formatted(i));
    }
    Files.writeString(root.resolve("pictures/2.png"), "no picture");
    Files.writeString(root.resolve("set.jsonl"), lines);
    Files.writeString(
        root.resolve("set.yaml"), "{kind: jsonl, file: set.jsonl, images: [pictures]}");
    new SmallJoint(space).close();
  }

  private static Cli filter(String out, Object... options) {
    List<Object> all =
        new ArrayList<>(
            List.of("data", "caption-filter", root.resolve("set.yaml"), "--data", root));
    all.addAll(List.of("--clip", space, "--out", root.resolve(out), "--max-tokens", 8));
    all.addAll(List.of("--threads", 1, "--format", "f32", "--json"));
    all.addAll(Arrays.asList(options));
    return Cli.run(all.toArray());
  }

  private static List<JsonNode> lines(Path file, int from) throws Exception {
    List<JsonNode> all = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      all.add(new ObjectMapper().readTree(line));
    }
    return all.subList(from, all.size());
  }

  private static List<String> texts(JsonNode list) {
    List<String> texts = new ArrayList<>();
    list.forEach(one -> texts.add(one.isTextual() ? one.asText() : one.path("text").asText()));
    return texts;
  }

  @Test
  void originalAndWrittenCaptionsAreRankedTogetherAndTheBestKept() throws Exception {
    Cli cli = filter("boot", "--captions", 4, "--keep", 2);
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode said = new ObjectMapper().readTree(cli.out());
    List<JsonNode> ranked = lines(root.resolve("boot/captions.jsonl"), 1);
    List<JsonNode> kept = lines(root.resolve("boot/kept.jsonl"), 0);
    assertThat(ranked).hasSize(5);
    assertThat(kept).hasSize(4);
    assertThat(ranked.get(2).path("error").asText()).contains("2.png");
    int original = 0;
    int next = 0;
    Set<String> different = new LinkedHashSet<>();
    try (SmallJoint joint = new SmallJoint(space)) {
      for (int i = 0; i < 5; i++) {
        if (i == 2) {
          continue;
        }
        float[] image = joint.image(root.resolve("pictures/%d.png".formatted(i)));
        List<String> candidates = texts(ranked.get(i).path("captions"));
        assertThat(candidates).hasSizeBetween(2, 5).contains("Discs number " + i + ".");
        for (JsonNode candidate : ranked.get(i).path("captions")) {
          String text = candidate.path("text").asText();
          assertThat(candidate.path("score").asDouble())
              .isCloseTo(SmallJoint.cosine(image, joint.text(text)), within(1e-5));
          assertThat(candidate.path("synthetic").asBoolean())
              .isNotEqualTo(text.startsWith("Discs"));
        }
        assertThat(candidates).doesNotHaveDuplicates();
        different.addAll(candidates);
        List<Double> scores = new ArrayList<>();
        ranked.get(i).path("captions").forEach(c -> scores.add(c.path("score").asDouble()));
        assertThat(scores).isSortedAccordingTo(Comparator.reverseOrder());
        JsonNode line = kept.get(next++);
        assertThat(line.path("image").asText()).isEqualTo(i + ".png");
        assertThat(texts(line.path("captions"))).isEqualTo(candidates.subList(0, 2));
        original += candidates.subList(0, 2).contains("Discs number " + i + ".") ? 1 : 0;
      }
    }
    assertThat(different).hasSizeGreaterThan(8);
    assertThat(said.path("original").asInt()).isEqualTo(original);
    assertThat(said.path("synthetic").asInt()).isEqualTo(8 - original);
    assertThat(said.path("broken").asInt()).isEqualTo(1);
    assertThat(root.resolve("boot/kept.yaml")).content().contains("file: \"boot/kept.jsonl\"");
    // Begun again from a torn file, the same; with another seed, something else.
    byte[] whole = Files.readAllBytes(root.resolve("boot/captions.jsonl"));
    Files.write(root.resolve("boot/captions.jsonl"), Arrays.copyOf(whole, whole.length - 20));
    assertThat(filter("boot", "--captions", 4, "--keep", 1).code()).isZero();
    assertThat(root.resolve("boot/captions.jsonl")).hasBinaryContent(whole);
    assertThat(lines(root.resolve("boot/kept.jsonl"), 0).get(0).path("captions")).hasSize(1);
    Cli other = filter("boot", "--captions", 4, "--seed", 2);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("other settings");
  }

  @Test
  void aBeamSearchWritesAsManyAsItHasBeams() throws Exception {
    Cli cli = filter("beams", "--captions", 2, "--beams", 2, "--keep", 3);
    assertThat(cli.code()).as(cli.err()).isZero();
    for (JsonNode line : lines(root.resolve("beams/kept.jsonl"), 0)) {
      assertThat(line.path("captions")).hasSize(3);
    }
    assertThat(filter("no", "--captions", 3, "--beams", 2).err()).contains("as many beams");
    assertThat(filter("no", "--top-p", 0).err()).contains("--top-p");
  }
}
