package io.lorgnette.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderLabels;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.language.TextInfilling;
import io.lorgnette.language.TextRows;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A BART that learns to write texts of which spans are masked. */
final class PretrainedBart implements Pretrained {

  /** A buffer of every BART, zeros here: it is stored with the model and not trained. */
  private static final String BUFFER = "head.bias";

  private final EncoderDecoder master; // F32, trained
  private final Tensor buffer; // in the format of the run
  private final PretrainTokens tokens;
  private final TextInfilling infilling;
  private final Numerics numerics;

  /**
   * First weights, or those to go on from.
   *
   * @param tokens with the mask
   * @param start folder of a model, or null
   */
  PretrainedBart(
      PretrainModel.Bart shape, PretrainTokens tokens, Path start, long seed, Numerics numerics) {
    this.tokens = tokens;
    this.infilling = shape.infilling();
    this.numerics = numerics;
    Device device = numerics.device();
    EncoderDecoderConfig config = shape.config(tokens.size(), tokens.eos(), tokens.pad());
    this.master =
        start == null
            ? EncoderDecoder.random(config, seed, device)
            : started(start, config, numerics);
    this.buffer = Scope.release(Tensors.zeros(numerics.format(), device, 1, config.vocabulary()));
    trained().values().forEach(tensor -> tensor.requires_grad_(true));
  }

  private static EncoderDecoder started(
      Path start, EncoderDecoderConfig config, Numerics numerics) {
    EncoderDecoder model = EncoderDecoder.load(start, Dtype.F32, numerics.device());
    if (!model.config().equals(config)) {
      throw new InputException(
          start + " holds a model of another shape than the recipe's: " + model.config());
    }
    return model;
  }

  @Override
  public Map<String, Tensor> trained() {
    Map<String, Tensor> all = new LinkedHashMap<>(master.parameters().asMap());
    all.remove(BUFFER);
    return all;
  }

  @Override
  public boolean fromDocuments() {
    return true;
  }

  @Override
  public long predictions(int length) {
    return length;
  }

  @Override
  public Tensor loss(Map<String, Tensor> leaves, long[] ids, long[] draws, boolean sum) {
    Map<String, Tensor> all = PretrainTask.converted(leaves, numerics.format());
    all.put(BUFFER, buffer);
    EncoderDecoder model = master.with(Parameters.of(all));
    int rows = draws.length;
    int length = ids.length / rows;
    long[][] corrupted = new long[rows][];
    for (int i = 0; i < rows; i++) {
      long[] text = Arrays.copyOfRange(ids, i * length, (i + 1) * length);
      corrupted[i] = infilling.corrupt(text, draws[i], tokens.mask());
    }
    TextRows source = TextRows.of(corrupted, tokens.pad(), numerics.device()); // [R, S]
    Tensor mask = source.real();
    DecoderLabels labels = new DecoderLabels(model, ids, length);
    Tensor encoded = model.encode(model.embed(source.ids()), mask);
    Tensor hidden = model.decode(model.embed(labels.inputs()), model.memory(encoded, mask));
    Tensor mean = labels.loss(hidden, 0);
    return sum ? mean.mul(new Scalar((double) labels.count())) : mean;
  }

  @Override
  public long parameterCount() {
    return master.config().parameterCount();
  }

  @Override
  public ObjectNode config() {
    return HfEncoderDecoderConfig.bartJson(master.config(), tokens.eos());
  }

  @Override
  public Map<String, Tensor> stored() {
    return master.config().keys().write(master.parameters().asMap());
  }

  @Override
  public byte[] tokenizer() {
    return tokens.json();
  }

  @Override
  public void close() {
    buffer.close();
    master.close();
  }
}
