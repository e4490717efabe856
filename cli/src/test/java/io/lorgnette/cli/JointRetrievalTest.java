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
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Retrieval by a joint space from the command line, on twelve postcards. */
class JointRetrievalTest {

  private static final int IMAGES = 12;

  @TempDir static Path temporary;
  private static Path root;
  private static Path flickr;
  private static List<Path> pictures;
  private static final List<List<String>> CAPTIONS = new ArrayList<>();

  /** As Flickr8k's development split, with one or two captions each. */
  @BeforeAll
  static void draw() throws Exception {
    root = Postcards.writeTo(temporary, new Postcards.Sizes(IMAGES, 0, 0), 5, (done, all) -> {});
    flickr = Files.createDirectories(root.resolve("flickr8k/flickr8k-dev-000.tar"));
    try (Stream<Path> files = Files.list(root.resolve("train"))) {
      pictures = files.sorted().toList();
    }
    StringBuilder list = new StringBuilder();
    StringBuilder tokens = new StringBuilder();
    for (int i = 0; i < IMAGES; i++) {
      Path name = pictures.get(i).getFileName();
      Files.copy(pictures.get(i), flickr.resolve(name));
      list.append(name).append('\n');
      List<String> own = new ArrayList<>(List.of("Picture " + i + " of a series ."));
      if (i % 3 == 0) {
        own.add("The house number " + 7 * i + " in snow");
      }
      for (int k = 0; k < own.size(); k++) {
        tokens.append(name).append('#').append(k).append('\t').append(own.get(k)).append('\n');
      }
      CAPTIONS.add(own);
    }
    Files.writeString(root.resolve("flickr8k/Flickr8k.token.txt"), tokens);
    Files.writeString(root.resolve("flickr8k/Flickr_8k.devImages.txt"), list);
  }

  private static Cli retrieve(Object model, Object... more) {
    Object[] command = {
      "retrieve", model, "--on", "flickr8k", "--data", root, "--threads", "1", "--format", "f32"
    };
    return Cli.run(Stream.concat(Stream.of(command), Stream.of(more)).toArray());
  }

  @Test
  void equalsASlowComputation() throws Exception {
    Path space = temporary.resolve("space");
    List<float[]> seen = new ArrayList<>();
    List<float[]> said = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    try (SmallJoint joint = new SmallJoint(space)) {
      for (int i = 0; i < IMAGES; i++) {
        seen.add(joint.image(pictures.get(i)));
        for (String caption : CAPTIONS.get(i)) {
          said.add(joint.text(caption));
          owners.add(i);
        }
      }
    }
    Cli cli = retrieve(space, "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode found = new ObjectMapper().readTree(cli.out());
    assertThat(found.path("system").asText()).isEqualTo(space.toString());
    assertThat(found.path("images").asInt()).isEqualTo(IMAGES);
    assertThat(found.path("texts").asInt()).isEqualTo(said.size()).isEqualTo(16);
    assertThat(found.path("rerank").asInt(-1)).isZero();
    for (int k : new int[] {1, 5, 10}) {
      int texts = 0;
      for (int i = 0; i < IMAGES; i++) {
        texts += rank(seen.get(i), said, owners, i) < k ? 1 : 0;
      }
      int images = 0;
      List<Integer> own = Stream.iterate(0, i -> i + 1).limit(IMAGES).toList();
      for (int t = 0; t < said.size(); t++) {
        images += rank(said.get(t), seen, own, owners.get(t)) < k ? 1 : 0;
      }
      assertRecall(found.path("textRecall").path("@" + k), texts / (double) IMAGES);
      assertRecall(found.path("imageRecall").path("@" + k), images / (double) said.size());
    }
    // So many are right by chance alone that the two ways differ from 0 and 1.
    assertThat(found.path("imageRecall").path("@5").path("value").asDouble()).isBetween(0.1, 0.9);
  }

  /** How many wrong ones are at least as near as the nearest right one. */
  private static int rank(float[] asked, List<float[]> all, List<Integer> owners, int right) {
    double best = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < all.size(); i++) {
      best = owners.get(i) == right ? Math.max(best, SmallJoint.cosine(asked, all.get(i))) : best;
    }
    int before = 0;
    for (int i = 0; i < all.size(); i++) {
      before += owners.get(i) != right && SmallJoint.cosine(asked, all.get(i)) >= best ? 1 : 0;
    }
    return before;
  }

  private static void assertRecall(JsonNode recall, double expected) {
    double value = recall.path("value").asDouble(-1);
    assertThat(value).isCloseTo(expected, within(1e-9));
    assertThat(recall.path("low").asDouble(-1)).isBetween(0.0, value);
    assertThat(recall.path("high").asDouble(-1)).isBetween(value, 1.0);
  }

  @Test
  void namesTheEmbeddedSpaceForPeopleAndLeavesOutWhatIsBroken() throws Exception {
    Path broken = flickr.resolve(pictures.get(1).getFileName());
    byte[] whole = Files.readAllBytes(broken);
    try {
      Files.writeString(broken, "not a picture");
      Cli cli = retrieve("pocket-clip");
      assertThat(cli.code()).as(cli.err()).isZero();
      assertThat(cli.out())
          .startsWith("flickr8k dev: pocket-clip, 11 images, 15 captions, by nearness alone")
          .contains("caption of an image", "image of a caption");
      assertThat(cli.err()).contains("Left out: 1 ");
      Cli strict = retrieve("pocket-clip", "--strict");
      assertThat(strict.code()).isEqualTo(2);
      assertThat(strict.err()).contains("--strict");
    } finally {
      Files.write(broken, whole);
    }
  }

  @Test
  void wrongUseIsOneSentence() throws Exception {
    Cli rerank = retrieve("pocket-clip", "--rerank", "8");
    assertThat(rerank.code()).isEqualTo(2);
    assertThat(rerank.err()).contains("--rerank must be 0 with pocket-clip").hasLineCount(1);
    Cli negative = retrieve("pocket-clip", "--rerank", "-1");
    assertThat(negative.code()).isEqualTo(2);
    Cli none = retrieve(temporary.resolve("none"));
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("none is no folder of a model of images and texts");
    Path run = Files.createDirectories(temporary.resolve("connector-run"));
    Files.writeString(run.resolve("run.json"), "{}");
    Cli connector = retrieve(run);
    assertThat(connector.code()).isEqualTo(2);
    assertThat(connector.err())
        .contains("connector-run holds neither stage1.safetensors nor the folder clip")
        .hasLineCount(1);
  }
}
