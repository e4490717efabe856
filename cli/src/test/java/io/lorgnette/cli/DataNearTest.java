package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.image.ImageReader;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures compared by features, against a slow computation; one is the mirror of another. */
class DataNearTest {

  @TempDir Path root;

  private void set(String name, int count, int firstSeed) throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < count; i++) {
      Pictures.draw(root.resolve(name + "/" + name + i + ".png"), firstSeed + i);
      lines.append("{\"image\": \"%s%d.png\", \"caption\": \"%1$s %2$d\"}\n".formatted(name, i));
    }
    Files.writeString(root.resolve(name + ".jsonl"), lines);
    Files.writeString(
        root.resolve(name + ".yaml"),
        "{kind: jsonl, name: %1$s, file: %1$s.jsonl, images: [%1$s]}".formatted(name));
  }

  private static float[] mean(VisionEncoder encoder, Path picture) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      int side = encoder.processor().size();
      float[] pixels = encoder.processor().process(ImageReader.read(picture));
      return Tensors.toFloats(
          encoder.encode(Tensors.ofFloats(pixels, 1, 3, side, side)).mean(1).view(-1));
    }
  }

  private Cli duplicates(Object... options) {
    List<Object> all = new ArrayList<>(List.of("data", "duplicates", root.resolve("one.yaml")));
    all.addAll(List.of(root.resolve("two.yaml"), "--data", root));
    all.addAll(Arrays.asList(options));
    return Cli.run(all.toArray());
  }

  @Test
  void aMirrorIsFoundByFeaturesAndNotByTheHash() throws Exception {
    set("one", 5, 0);
    set("two", 4, 50);
    BufferedImage image = ImageIO.read(root.resolve("one/one3.png").toFile());
    BufferedImage mirror = new BufferedImage(80, 60, BufferedImage.TYPE_INT_RGB);
    mirror.createGraphics().drawImage(image, 80, 0, -80, 60, null);
    ImageIO.write(mirror, "png", root.resolve("two/two2.png").toFile());
    Map<String, Double> cosines = new TreeMap<>();
    try (VisionEncoder encoder = VisionEncoders.load(Pocket.vision(), Dtype.F32, Device.CPU)) {
      List<float[]> ones = new ArrayList<>();
      List<float[]> twos = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        ones.add(mean(encoder, root.resolve("one/one" + i + ".png")));
      }
      for (int j = 0; j < 4; j++) {
        twos.add(mean(encoder, root.resolve("two/two" + j + ".png")));
      }
      for (int pair = 0; pair < 20; pair++) {
        float[] a = ones.get(pair / 4);
        float[] b = twos.get(pair % 4);
        double cosine =
            SmallJoint.cosine(a, b) / Math.sqrt(SmallJoint.cosine(a, a) * SmallJoint.cosine(b, b));
        cosines.put("one%d.png two%d.png".formatted(pair / 4, pair % 4), cosine);
      }
    }
    List<Double> sorted = cosines.values().stream().sorted().toList();
    double least = (sorted.get(14) + sorted.get(15)) / 2; // between the fifth and the sixth
    Cli cli = duplicates("--vision", "pocket", "--cosine", least, "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode node = new ObjectMapper().readTree(cli.out());
    assertThat(node.path("pictures")).isEmpty();
    assertThat(node.path("near")).hasSize(5);
    for (JsonNode pair : node.path("near")) {
      String names = pair.path("first").asText() + " " + pair.path("second").asText();
      assertThat(pair.path("cosine").asDouble()).isCloseTo(cosines.get(names), within(1e-4));
    }
    JsonNode nearest = node.path("near").get(0);
    assertThat(nearest.path("first").asText()).isEqualTo("one3.png");
    assertThat(nearest.path("second").asText()).isEqualTo("two2.png");
    assertThat(nearest.path("distance").asInt()).isGreaterThan(10);
    assertThat(node.path("features").asText()).isEqualTo("pocket");
    Cli people = duplicates("--vision", "pocket", "--cosine", least);
    assertThat(people.out())
        .contains(
            "0 pairs of pictures of one:train and two:train within 10 of 128 bits",
            "5 pairs of pictures with a cosine of at least " + least + " by pocket",
            "one3.png  two2.png");
  }

  @Test
  void aJointSpaceComparesToo() throws Exception {
    set("one", 2, 0);
    set("two", 2, 1); // two0 is one1
    Path space = root.resolve("space");
    new SmallJoint(space).close();
    Cli cli = duplicates("--clip", space, "--cosine", 0.99999, "--json");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode near = new ObjectMapper().readTree(cli.out()).path("near");
    assertThat(near).hasSize(1);
    assertThat(near.get(0).path("first").asText()).isEqualTo("one1.png");
    assertThat(near.get(0).path("distance").asInt()).isZero();
    assertThat(duplicates("--clip", space, "--vision", "pocket").err()).contains("either");
    assertThat(duplicates("--clip", space, "--captions").err()).contains("captions only");
    assertThat(duplicates("--clip", space, "--cosine", 0).err()).contains("--cosine");
  }
}
