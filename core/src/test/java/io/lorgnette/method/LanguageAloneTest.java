package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;

/** The language model's own loss, against its probabilities taken one by one. */
class LanguageAloneTest {

  @Test
  void agreesWithProbabilitiesTakenOneByOne() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.mapper(2))) {
      LanguageModel lm = tiny.lm();
      int begin = tiny.get().tokenizer().idOf("<|endoftext|>").orElseThrow();
      int[] prompt = {60, 61};
      int[] target = {40, 41, 13};
      Tensor row = lm.embed(Tensors.ofLongs(new long[] {begin, 60, 61}, 1, 3));
      double sum = 0;
      for (int id : target) {
        Tensor logits = lm.logits(lm.hidden(row)).select(1, row.size(1) - 1);
        sum -= Tensors.toFloats(torch.log_softmax(logits, 1))[id];
        row = Tensors.cat(1, row, lm.embed(Tensors.ofLongs(new long[] {id}, 1, 1)));
      }
      List<Text> texts = List.of(new Text(0, prompt, target));
      TrainingBatch batch = new TrainingBatch(TinyBackbones.features(1, 3), texts);
      double alone = Tensors.value(LanguageAlone.loss(mapl, batch));
      assertThat(alone).isCloseTo(sum / target.length, within(1e-5));
      // What is seen counts for the system, not for the language model alone.
      TrainingBatch other = batch.with(TinyBackbones.features(1, 4));
      assertThat(Tensors.value(LanguageAlone.loss(mapl, other))).isEqualTo(alone);
    }
  }

  @Test
  void leavesOutWhatTheLanguageModelDoesNotKnow() {
    try (Scope scope = Scope.open();
        TinyBackbones tiny = new TinyBackbones(1);
        Mapl mapl = Mapl.of(tiny.get(), TinyBackbones.mapper(2))) {
      int added = tiny.lm().vocabulary();
      List<Text> texts = List.of(new Text(0, new int[] {added, 60}, new int[] {40, added + 1}));
      TrainingBatch batch =
          LanguageAlone.known(mapl, new TrainingBatch(TinyBackbones.features(1, 3), texts));
      assertThat(batch.texts().get(0).prompt()).containsExactly(60);
      assertThat(batch.texts().get(0).target()).containsExactly(40);
    }
  }
}
