package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.method.Prompts;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectorTextsTest {

  @TempDir Path folder;

  @Test
  void readsCaptionsAndAnswersThatEndInTheStop() {
    try (SmallWorld world = new SmallWorld(folder)) {
      Tokenizer tokenizer = world.backbones.tokenizer();
      Prompts prompts = new Prompts(world.backbones.tokenizer());
      ConnectorTexts texts =
          new ConnectorTexts(
              List.of(world.dataset("train.jsonl", 4)),
              Set.of(TextKind.CAPTIONS, TextKind.QUESTIONS),
              prompts,
              64);

      assertThat(texts.places()).isEqualTo(12);
      assertThat(IntStream.range(0, 12).map(texts::texts))
          .containsExactly(3, 3, 3, 3, 0, 3, 3, 3, 3, 3, 3, 3);
      long target = 0;
      for (int image = 0; image < 12; image++) {
        if (texts.texts(image) > 0) {
          for (Text text : texts.read(image, 7)) {
            assertThat(text.image()).isEqualTo(7);
            assertThat(text.target()[text.target().length - 1]).isEqualTo(prompts.stop());
            target += text.target().length;
          }
        }
      }
      assertThat(texts.counts()).isEqualTo(new ConnectorTexts.Counts(11, 22, 11, target, 0, 0));
      List<Text> dog = texts.read(0, 0);
      assertThat(tokenizer.decode(dog.get(0).target(), false)).isEqualTo("A dog.");
      assertThat(tokenizer.decode(dog.get(1).target(), false)).isEqualTo("The dog.");
      assertThat(tokenizer.decode(dog.get(2).prompt(), false))
          .isEqualTo("Please answer the question. Question: What? Answer:");
      assertThat(tokenizer.decode(dog.get(2).target(), false)).isEqualTo(" dog.");
    }
  }

  @Test
  void leavesOutWhatIsTooLongAndCountsIt() {
    try (SmallWorld world = new SmallWorld(folder)) {
      world.write(
          "long.jsonl",
          line -> line.contains("dog") ? line.replace("the", "the ".repeat(40)) : line);
      ConnectorTexts texts =
          new ConnectorTexts(
              List.of(world.dataset("long.jsonl")),
              Set.of(TextKind.CAPTIONS),
              new Prompts(world.backbones.tokenizer()),
              20);
      assertThat(texts.counts().tooLong()).isEqualTo(6);
      assertThat(texts.counts().captions()).isEqualTo(18);
      assertThat(texts.texts(0)).isEqualTo(1);
      assertThat(texts.texts(1)).isEqualTo(2);
    }
  }

  /** A vocabulary in which the full stop after a boat is no token of its own. */
  @Test
  void leavesOutWhatDoesNotEndInTheStopTokenAndCountsIt() {
    String json =
        "{\"version\": \"1.0\", \"model\": {\"type\": \"WordLevel\", \"unk_token\": \"?\","
            + " \"vocab\": {\"?\": 0, \".\": 1, \"A\": 2, \"The\": 3, \"dog\": 4, \"boat.\": 5}},"
            + " \"pre_tokenizer\": {\"type\": \"Split\", \"pattern\": {\"Regex\":"
            + " \"boat\\\\.|\\\\w+|\\\\.\"}, \"behavior\": \"Removed\", \"invert\": true}}";
    try (SmallWorld world = new SmallWorld(folder);
        Tokenizer tokenizer = Tokenizer.load(json.getBytes(StandardCharsets.UTF_8), "words")) {
      Prompts prompts = new Prompts(tokenizer);
      assertThat(prompts.caption("A dog.")).containsExactly(2, 4, 1);
      assertThat(prompts.caption("A boat.")).containsExactly(2, 5);
      ConnectorTexts texts =
          new ConnectorTexts(
              List.of(world.dataset("train.jsonl")), Set.of(TextKind.CAPTIONS), prompts, 20);
      assertThat(texts.counts().withoutStop()).isEqualTo(12);
      assertThat(texts.counts().captions()).isEqualTo(12);
      assertThat(texts.counts().images()).isEqualTo(6);
    }
  }

  @Test
  void saysWhenThereIsNothingToLearn() {
    try (SmallWorld world = new SmallWorld(folder)) {
      world.write(
          "mute.jsonl", line -> line.replaceAll("\"answers\": \\[[^]]*\\]", "\"answers\": []"));
      assertThatThrownBy(
              () ->
                  new ConnectorTexts(
                      List.of(world.dataset("mute.jsonl")),
                      Set.of(TextKind.QUESTIONS),
                      new Prompts(world.backbones.tokenizer()),
                      64))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("jsonl have no questions to learn");
    }
  }

  @Test
  void learnsEveryAnswerByTheShareOfThePeopleWhoGaveIt() {
    try (SmallWorld world = new SmallWorld(folder)) {
      Prompts prompts = new Prompts(world.backbones.tokenizer());
      ConnectorTexts texts =
          new ConnectorTexts(
              List.of(world.dataset("train.jsonl")),
              Set.of(TextKind.QUESTIONS),
              AnswerKind.ALL,
              prompts,
              40);
      List<Text> dog = texts.read(0, 7);
      assertThat(dog).extracting(Text::weight).containsExactly(2 / 3.0, 1 / 3.0);
      assertThat(dog.get(0).target()).isEqualTo(prompts.answer("dog"));
      assertThat(dog.get(1).target()).isEqualTo(prompts.answer("thing"));
      assertThat(dog).extracting(Text::image).containsOnly(7);
      assertThat(texts.counts().questions()).isEqualTo(12);
    }
  }
}
