package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class PrefixAssemblyTest {

  private static final long NONE = -100;

  @Test
  void putsPrefixPromptTargetAndPaddingInARow() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1)) {
      LanguageModel lm = tiny.get().lm();
      Tensor prefix = TinyBackbones.features(2, 3).narrow(1, 0, 2).repeat(1, 1, 2).narrow(2, 0, 24);
      List<Text> texts =
          List.of(
              new Text(1, new int[] {7, 8}, new int[] {9}),
              new Text(0, new int[] {}, new int[] {5, 6}),
              new Text(1, new int[] {}, new int[] {4}));

      PrefixAssembly input = PrefixAssembly.of(lm, prefix, texts);

      assertThat(Tensors.shape(input.embeddings())).containsExactly(3, 2 + 3, 24);
      assertThat(input.labels())
          .containsExactly(
              NONE, NONE, NONE, NONE, 9, //
              NONE, NONE, 5, 6, NONE, //
              NONE, NONE, 4, NONE, NONE);
      int[] images = {1, 0, 1};
      long[][] words = {{7, 8, 9}, {5, 6, 0}, {4, 0, 0}};
      for (int row = 0; row < 3; row++) {
        Tensor expected =
            Tensors.cat(0, prefix.select(0, images[row]), lm.embed(Tensors.ofLongs(words[row], 3)));
        assertThat(Tensors.toFloats(input.embeddings().select(0, row)))
            .as("row " + row)
            .isEqualTo(Tensors.toFloats(expected));
      }
    }
  }

  @Test
  void refusesIdsOutsideTheVocabularyAndTextsWithoutTargetOrImage() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1)) {
      LanguageModel lm = tiny.get().lm();
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
