package io.lorgnette.verify;

import io.lorgnette.language.DecoderLabels;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** One pass of a language model of either kind over embeddings, beside what is recorded of it. */
final class TextPass {

  private static final String LOGITS = "logits";

  private final TextModel lm;
  private final Recording recording;
  private final Comparison comparison;

  TextPass(TextModel lm, Recording recording, Comparison comparison) {
    this.lm = lm;
    this.recording = recording;
    this.comparison = comparison;
  }

  /**
   * Compares hidden states, logits and loss.
   *
   * @param prefix before the recorded names
   * @param embeddings {@code [B, T, D]}
   * @param mask {@code [B, T]}, 1 where a token is real; or null
   * @param labels the recorded ones, or null
   * @return the loss, or null without labels
   */
  Tensor compare(String prefix, Tensor embeddings, Tensor mask, Tensor labels) {
    return lm instanceof EncoderDecoder model
        ? compare(model, prefix, embeddings, mask, labels)
        : compare((LanguageModel) lm, prefix, embeddings, mask, labels);
  }

  private Tensor compare(
      LanguageModel model, String prefix, Tensor embeddings, Tensor mask, Tensor labels) {
    List<Tensor> states = model.hiddenStates(embeddings, mask, null);
    for (int i = 0; i < states.size(); i++) {
      comparison.features(prefix + "hidden_states." + i, states.get(i), mask);
    }
    Tensor last = states.get(states.size() - 1);
    if (recording.hasAny(prefix + LOGITS)) {
      Tensor logits = model.logits(last);
      comparison.features(prefix + LOGITS, logits, mask);
      comparison.margins(prefix + LOGITS + ".margin", logits, mask);
    }
    if (labels == null) {
      return null;
    }
    long[] ids = labels(labels, embeddings.size(1));
    Tensor loss = NextTokenLoss.mean(model, last, ids);
    comparison.loss(prefix + "loss", loss);
    return loss;
  }

  /** Labels for every position: those of a text alone end where the embeddings do. */
  private static long[] labels(Tensor labels, long columns) {
    long missing = columns - labels.size(1);
    Tensor all = labels;
    if (missing > 0) {
      Tensor ignored = torch.full(new long[] {labels.size(0), missing}, ignore());
      all = Tensors.cat(1, Tensors.to(ignored, Dtype.I64), labels);
    }
    return Tensors.toLongs(all);
  }

  private static Scalar ignore() {
    return new Scalar((double) NextTokenLoss.IGNORE);
  }

  private Tensor compare(
      EncoderDecoder model, String prefix, Tensor embeddings, Tensor mask, Tensor labels) {
    Tensor given = recording.longsOrNull("decoder_input_ids");
    if (given == null && labels == null) {
      return null;
    }
    DecoderLabels targets = labels == null ? null : targets(model, labels);
    Tensor inputs = given == null ? targets.inputs() : given;
    Map<String, Tensor> stages = model.stages(embeddings, mask, inputs);
    stages.forEach(
        (name, x) ->
            comparison.features(prefix + name, x, name.startsWith("encoder_") ? mask : null));
    comparison.margins(prefix + LOGITS + ".margin", stages.get(LOGITS), null);
    if (targets == null) {
      return null;
    }
    String last = "decoder_hidden_states." + model.config().decoder().layers();
    Tensor loss = targets.loss(stages.get(last), 0);
    comparison.loss(prefix + "loss", loss);
    return loss;
  }

  private static DecoderLabels targets(EncoderDecoder model, Tensor labels) {
    return new DecoderLabels(model, Tensors.toLongs(labels), Math.toIntExact(labels.size(1)));
  }

  /** The recorded labels, or null; ids of words or -100. */
  Tensor labels(String name) {
    Tensor labels = recording.longsOrNull(name);
    if (labels == null) {
      return null;
    }
    boolean words =
        Arrays.stream(Tensors.toLongs(labels))
            .allMatch(id -> id == NextTokenLoss.IGNORE || (id >= 0 && id < lm.vocabulary()));
    if (labels.dim() != 2 || !words) {
      throw recording.wrong(name, "holds what is no row of labels");
    }
    return labels;
  }
}
