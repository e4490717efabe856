package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.pocket.postcards.Postcards;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataCommandTest {

  @TempDir static Path root;
  private static List<Path> pictures;

  @BeforeAll
  static void draw() throws Exception {
    Path cards =
        Postcards.writeTo(
            root.resolve("cards"), new Postcards.Sizes(4, 0, 0), 9, (done, total) -> {});
    try (Stream<Path> files = Files.list(cards.resolve("train"))) {
      pictures = files.sorted().toList();
    }
  }

  private static void text(String name, String text) throws Exception {
    Files.createDirectories(root.resolve(name).getParent());
    Files.writeString(root.resolve(name), text);
  }

  private static JsonNode json(Cli cli) throws Exception {
    return new ObjectMapper().readTree(cli.out());
  }

  @Test
  void everySetIsListedWithItsSplits() throws Exception {
    Cli cli = Cli.run("data", "list");
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("flickr8k", "train *", "30,000", "GQA 1.2, balanced");
    JsonNode all = json(Cli.run("data", "list", "--json"));
    assertThat(all).hasSizeGreaterThan(12);
    JsonNode first = all.get(0);
    assertThat(first.path("name").asText()).isEqualTo("flickr8k");
    assertThat(first.path("splits").get(0).path("captions").asInt()).isEqualTo(30_000);
    assertThat(first.path("splits").get(0).has("questions")).isFalse();
  }

  @Test
  void whatIsThereIsCountedAndDecodedAndWhatIsMissingSaid() throws Exception {
    text(
        "vizwiz_vqa/val.json",
        """
        [{"image": "a.jpg", "question": "What?", "answers": [{"answer": "box"}], "answerable": 1},
         {"image": "b.jpg", "question": "Why?", "answers": [{"answer": "box"}], "answerable": 1},
         {"image": "c.jpg", "question": "Why?", "answers": [{"answer": "box"}], "answerable": 1}]
        """);
    Files.createDirectories(root.resolve("vizwiz_vqa/val"));
    Files.copy(pictures.get(0), root.resolve("vizwiz_vqa/val/a.jpg"));
    Files.writeString(root.resolve("vizwiz_vqa/val/b.jpg"), "no picture");
    Cli cli = Cli.run("data", "check", "vizwiz-vqa", root);
    assertThat(cli.code()).isEqualTo(1);
    assertThat(cli.out())
        .contains(
            "train: not complete, 0 images, 0 pictures",
            "Data set vizwiz-vqa: the annotation file is missing",
            "dev: not complete, 3 images, 3 questions, 2 pictures, 1 decoded",
            "the files hold 3 questions; the makers' have 4319: this is a part.",
            "the pictures of 1 images are missing.",
            "b.jpg");
    JsonNode node = json(Cli.run("data", "check", "vizwiz-vqa", root, "--split=dev", "--json"));
    assertThat(node.path("complete").asBoolean(true)).isFalse();
    JsonNode split = node.path("splits").get(0);
    assertThat(split.path("questions").asInt()).isEqualTo(3);
    assertThat(split.path("withAnswers").asInt()).isEqualTo(3);
    assertThat(split.path("decoded").asInt()).isEqualTo(1);
    assertThat(split.path("expected").path("questions").asInt()).isEqualTo(4319);
    assertThat(split.path("missing")).hasSize(4);
    assertThat(json(Cli.run("data", "check", "vizwiz-vqa", root, "--decode=0", "--json")))
        .isNotNull();
  }

  @Test
  void wrongNamesAreOneSentence() {
    Cli unknown = Cli.run("data", "check", "flicker8k", root);
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("There is no data set flicker8k").hasLineCount(1);
    Cli split = Cli.run("data", "check", "nocaps", root, "--split", "train");
    assertThat(split.code()).isEqualTo(2);
    assertThat(split.err()).contains("nothing to check").hasLineCount(1);
    Cli none = Cli.run("data", "check", "nocaps", root.resolve("gone"));
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("gone is not there").hasLineCount(1);
    Cli bare = Cli.run("data", "duplicates", "flickr8k", "nocaps:dev", "--data", root);
    assertThat(bare.code()).isEqualTo(2);
    assertThat(bare.err()).contains("write NAME:SPLIT").hasLineCount(1);
  }

  @Test
  void copiesOfPicturesAndCaptionsAreFound() throws Exception {
    Files.createDirectories(root.resolve("one"));
    Files.createDirectories(root.resolve("two"));
    Files.copy(pictures.get(0), root.resolve("one/a.jpg"));
    Files.copy(pictures.get(1), root.resolve("one/b.jpg"));
    Files.copy(pictures.get(2), root.resolve("two/c.jpg"));
    // The same picture as a PNG of half the size.
    var image = ImageIO.read(pictures.get(1).toFile());
    var half =
        new java.awt.image.BufferedImage(112, 112, java.awt.image.BufferedImage.TYPE_INT_RGB);
    var g = half.createGraphics();
    g.drawImage(image.getScaledInstance(112, 112, java.awt.Image.SCALE_AREA_AVERAGING), 0, 0, null);
    g.dispose();
    ImageIO.write(half, "png", root.resolve("two/d.png").toFile());
    text(
        "one.jsonl",
        """
        {"image": "a.jpg", "caption": "A barn."}
        {"image": "b.jpg", "caption": "Two boats."}
        """);
    text(
        "two.jsonl",
        """
        {"image": "c.jpg", "caption": "two boats"}
        {"image": "d.png", "caption": "A tree."}
        """);
    for (String name : List.of("one", "two")) {
      text(
          name + ".yaml",
          "{kind: jsonl, name: %1$s, file: %1$s.jsonl, images: [%1$s]}\n".formatted(name));
    }
    Object[] command = {
      "data",
      "duplicates",
      root.resolve("one.yaml"),
      root.resolve("two.yaml"),
      "--data",
      root,
      "--json"
    };
    JsonNode node = json(Cli.run(command));
    assertThat(node.path("pictures")).hasSize(1);
    assertThat(node.path("pictures").get(0).path("first").asText()).isEqualTo("b.jpg");
    assertThat(node.path("pictures").get(0).path("second").asText()).isEqualTo("d.png");
    assertThat(node.path("captions")).hasSize(1);
    assertThat(node.path("captions").get(0).path("second").asText()).isEqualTo("c.jpg");
    Object[] text = java.util.Arrays.copyOf(command, command.length - 1);
    Cli people = Cli.run(text);
    assertThat(people.code()).isZero();
    assertThat(people.out())
        .contains(
            "1 pairs of pictures of one:train and two:train within 10 of 128 bits",
            "b.jpg  d.png",
            "1 of 2 captions of two:train are in one:train",
            "b.jpg  c.jpg  two boats");
  }
}
