package io.lorgnette.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.train.PretrainRecipe;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeakCheckTest {

  @TempDir Path folder;
  private DataRoots roots;

  @BeforeEach
  void draw() throws IOException {
    roots = new DataRoots(Optional.of(folder), Optional.empty());
    picture("test/COCO_val2014_000000000042.png", 1, 120);
    picture("test/1.png", 2, 120);
    picture("train/000000000042.png", 1, 90);
    picture("train/1.png", 3, 120);
    Files.writeString(
        folder.resolve("test.jsonl"),
        """
        {"image": "COCO_val2014_000000000042.png", "captions": ["A red dog.", "Two boats"]}
        {"image": "1.png", "caption": "A barn."}
        """);
    Files.writeString(
        folder.resolve("train.jsonl"),
        """
        {"image": "000000000042.png", "caption": "x"}
        {"image": "1.png", "caption": "y"}
        """);
  }

  private void picture(String name, long seed, int size) throws IOException {
    Random random = new Random(seed);
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    for (int i = 0; i < 30; i++) {
      g.setColor(new Color(random.nextInt(0x1000000)));
      double x = random.nextDouble() * size;
      double y = random.nextDouble() * size;
      g.fillOval((int) x - size / 4, (int) y - size / 4, size / 2, size / 2);
    }
    g.dispose();
    Files.createDirectories(folder.resolve(name).getParent());
    ImageIO.write(image, "png", folder.resolve(name).toFile());
  }

  private static DatasetSpec spec(String name) {
    String yaml = "{kind: jsonl, name: %1$s, file: %1$s.jsonl, images: [%1$s]}";
    return RecipeReader.readText(yaml.replace("%1$s", name), "test", List.of(), DatasetSpec::read)
        .value();
  }

  @Test
  void aTestPictureInTheTrainingDataIsNamedAndAnotherOfTheSameNameIsNot() {
    try (Dataset test = Datasets.open(spec("test"), roots, Problems.strict())) {
      assertThat(LeakCheck.pictures(test, List.of(spec("train")), roots))
          .containsExactly(
              "1 of the 2 test images, first COCO_val2014_000000000042.png, are in train (train),"
                  + " which this run was trained or stopped by: the scores are not those of unseen"
                  + " images.");
      assertThat(LeakCheck.pictures(test, List.of(spec("test")), roots))
          .singleElement()
          .asString()
          .startsWith("2 of the 2 test images");
      assertThat(LeakCheck.pictures(test, List.of(spec("gone")), roots))
          .singleElement()
          .asString()
          .startsWith("Whether this run has seen the test images can not be told: Data set gone");
      assertThat(LeakCheck.pictures(test, List.of(), roots)).isEmpty();
    }
  }

  @Test
  void namesOfCocoAreTheirNumber() {
    assertThat(LeakCheck.key("val2014/COCO_val2014_000000000042.jpg")).isEqualTo("42");
    assertThat(LeakCheck.key("000000000042.png")).isEqualTo("42");
    assertThat(LeakCheck.key("a/0a1b.jpg")).isEqualTo("0a1b");
    assertThat(LeakCheck.key("000.jpg")).isEqualTo("0");
  }

  private static PretrainRecipe recipe(String files) {
    String yaml =
        """
        model: {width: 32, layers: 1, heads: 2, hidden: 64}
        tokenizer: pocket
        length: 16
        rows: 2
        text: [{name: photos, kind: captions, files: [%s], keywords: true}]
        """;
    return RecipeReader.readText(yaml.replace("%s", files), "test", List.of(), PretrainRecipe::read)
        .value();
  }

  @Test
  void referencesThatTheLanguageModelReadAreCounted() throws IOException {
    Files.writeString(folder.resolve("seen.txt"), "a RED dog\nsomething else\na red dog .\n");
    Files.writeString(folder.resolve("unseen.txt"), "something else\n");
    try (Dataset test = Datasets.open(spec("test"), roots, Problems.strict())) {
      assertThat(LeakCheck.captions(test, "small", recipe("seen.txt"), roots))
          .contains(
              "1 of the 3 different references of this split are in the text that the language"
                  + " model small has read (photos): its sentences may be remembered ones.");
      assertThat(LeakCheck.captions(test, "small", recipe("unseen.txt"), roots)).isEmpty();
      assertThat(LeakCheck.captions(test, "small", recipe("gone.txt"), roots))
          .contains(
              "Whether the language model small has read the references can not be told: the text"
                  + " photos is not below the data folder.");
    }
  }
}
