package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class PrefixAssemblyTest {

  private static final Text ASKED = new Text(1, new int[] {7, 8}, new int[] {9});
  private static final Text CAPTION = new Text(0, new int[] {}, new int[] {5, 6});
  private static final Text SHORT = new Text(1, new int[] {}, new int[] {4});

  private static Tensor prefix() {
    return TinyBackbones.features(2, 3).narrow(1, 0, 2).repeat(1, 1, 2).narrow(2, 0, 24);
  }

  @Test
  void textsOfAnImageStandBehindOnePrefix() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1)) {
      LanguageModel lm = tiny.lm();
      PrefixAssembly input = PrefixAssembly.of(lm, prefix(), List.of(ASKED, CAPTION, SHORT));

      // Row 0: prefix, 5 6, padding; row 1: prefix, 7 8 9, 4.
      assertThat(Tensors.shape(input.embeddings())).containsExactly(2, 2 + 4, 24);
      assertThat(input.from()).containsExactly(1, 2, 6 + 3, 6 + 1);
      assertThat(input.targets()).containsExactly(5, 6, 9, 4);
      assertThat(Tensors.toLongs(input.positions()))
          .containsExactly(0, 1, 2, 3, 2, 2, 0, 1, 2, 3, 4, 2);
      assertThat(Tensors.toLongs(input.allowed().select(0, 1)))
          .containsExactly(
              1, 0, 0, 0, 0, 0, //
              1, 1, 0, 0, 0, 0, //
              1, 1, 1, 0, 0, 0, //
              1, 1, 1, 1, 0, 0, //
              1, 1, 1, 1, 1, 0, //
              1, 1, 0, 0, 0, 1);
      Tensor words = lm.embed(Tensors.ofLongs(new long[] {7, 8, 9, 4}, 4));
      assertThat(Tensors.toFloats(input.embeddings().select(0, 1)))
          .isEqualTo(Tensors.toFloats(Tensors.cat(0, prefix().select(0, 1), words)));
    }
  }

  @Test
  void sharingAPrefixChangesNoPrediction() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1)) {
      LanguageModel lm = tiny.lm();
      List<Text> texts = List.of(ASKED, CAPTION, SHORT);
      PrefixAssembly shared = PrefixAssembly.of(lm, prefix(), texts);
      double together = loss(lm, shared) * shared.targets().length;
      double alone = 0;
      for (Text text : texts) {
        Tensor own = prefix().narrow(0, text.image(), 1);
        PrefixAssembly single =
            PrefixAssembly.of(lm, own, List.of(new Text(0, text.prompt(), text.target())));
        assertThat(single.allowed()).isNull();
        alone += loss(lm, single) * text.target().length;
      }
      assertThat(together).isCloseTo(alone, within(1e-5 * alone));
    }
  }

  private static double loss(LanguageModel lm, PrefixAssembly input) {
    return Tensors.value(
        NextTokenLoss.meanAt(lm, input.hidden(lm), input.from(), input.targets(), 0));
  }

  @Test
  void refusesIdsOutsideTheVocabularyAndTextsWithoutTargetOrImage() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1)) {
      LanguageModel lm = tiny.lm();
      int size = lm.config().vocabulary();
      Tensor prefix = Tensors.ofFloats(new float[2 * 24], 1, 2, 24);
      assertThatThrownBy(
              () ->
                  PrefixAssembly.of(
                      lm, prefix, List.of(new Text(0, new int[] {}, new int[] {size}))))
          .hasMessageContaining("token id " + size);
      assertThatThrownBy(() -> new Text(0, new int[] {1}, new int[] {}))
          .isInstanceOf(IllegalArgumentException.class);
      Tensor features = TinyBackbones.features(1, 1);
      assertThatThrownBy(
              () -> new TrainingBatch(features, List.of(new Text(1, new int[] {}, new int[] {2}))))
          .hasMessageContaining("image 1");
    }
  }
}
