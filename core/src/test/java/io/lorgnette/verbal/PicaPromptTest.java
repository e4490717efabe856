package io.lorgnette.verbal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Prompts character for character, written out by hand from the reference's script. */
class PicaPromptTest {

  @Test
  void withoutShots() {
    Told told = new Told("a dog on a beach", List.of("dog", "sand", "sea"));
    assertThat(PicaPrompt.of(List.of(), told.text(), "What animal is this?"))
        .isEqualTo(
            """
            Please answer the question according to the above context.
            ===
            Context: a dog on a beach. dog, sand, sea
            ===
            Q: What animal is this?
            A:""");
  }

  @Test
  void withShots() {
    List<PicaPrompt.Shot> shots =
        List.of(
            new PicaPrompt.Shot("A red boat.", "What colour is the boat?", "red"),
            new PicaPrompt.Shot("two men", "How many men?", "2"));
    assertThat(PicaPrompt.of(shots, "a cat", "Is it raining?"))
        .isEqualTo(
            """
            Please answer the question according to the above context.
            ===
            Context: A red boat.
            ===
            Q: What colour is the boat?
            A: red

            ===
            Context: two men
            ===
            Q: How many men?
            A: 2

            ===
            Context: a cat
            ===
            Q: Is it raining?
            A:""");
  }

  @Test
  void aGeneratedCaptionLosesItsFullStop() {
    assertThat(Told.of(" A dog runs . ", List.of()).text()).isEqualTo("A dog runs");
    assertThat(Told.of("A dog runs.", List.of("dog")).text()).isEqualTo("A dog runs. dog");
    assertThat(Told.of(".", List.of()).text()).isEmpty();
  }
}
