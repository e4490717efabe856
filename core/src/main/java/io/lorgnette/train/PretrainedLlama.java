package io.lorgnette.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.HfConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A LLaMA that learns to predict the next token. */
final class PretrainedLlama implements Pretrained {

  private final LanguageModel master; // F32, trained
  private final LanguageModel template; // in the format of the run: lends its tables
  private final PretrainTokens tokens;
  private final Numerics numerics;

  /**
   * First weights, or those to go on from.
   *
   * @param start folder of a model, or null
   */
  PretrainedLlama(
      PretrainModel.Llama shape, PretrainTokens tokens, Path start, long seed, Numerics numerics) {
    this.tokens = tokens;
    this.numerics = numerics;
    DecoderConfig config = shape.config(tokens.size());
    this.master =
        start == null
            ? LanguageModel.random(config, seed, numerics.device())
            : started(start, config, numerics);
    master.parameters().trainable(true);
    this.template =
        LanguageModel.of(
            config,
            master.parameters().copyTo(numerics.format(), numerics.device()),
            master.identity());
  }

  private static LanguageModel started(Path start, DecoderConfig config, Numerics numerics) {
    LanguageModel model = LanguageModel.load(start, Dtype.F32, numerics.device());
    if (!model.config().equals(config)) {
      throw new InputException(
          start + " holds a model of another shape than the recipe's: " + model.config());
    }
    return model;
  }

  @Override
  public Map<String, Tensor> trained() {
    return master.parameters().asMap();
  }

  @Override
  public boolean fromDocuments() {
    return false;
  }

  @Override
  public long predictions(int length) {
    return length - 1L;
  }

  @Override
  public Tensor loss(Map<String, Tensor> leaves, long[] ids, long[] draws, boolean sum) {
    LanguageModel lm =
        (numerics.format() == Dtype.F32 ? master : template)
            .with(Parameters.of(PretrainTask.converted(leaves, numerics.format())));
    int rows = draws.length;
    Tensor block = Tensors.to(Tensors.ofLongs(ids, rows, ids.length / rows), numerics.device());
    Tensor hidden = lm.hidden(lm.embed(block));
    return sum ? NextTokenLoss.sum(lm, hidden, ids) : NextTokenLoss.mean(lm, hidden, ids);
  }

  @Override
  public long parameterCount() {
    return master.config().parameterCount();
  }

  @Override
  public ObjectNode config() {
    return HfConfig.llamaJson(master.config(), tokens.eos());
  }

  @Override
  public Map<String, Tensor> stored() {
    return master.config().keys().write(trained());
  }

  @Override
  public byte[] tokenizer() {
    return tokens.json();
  }

  @Override
  public void close() {
    template.close();
    master.close();
  }
}
