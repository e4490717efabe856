package io.lorgnette.method;

import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.mapper.MaplMapper;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;

/** A small pair with random weights and a real tokenizer. */
public final class TinyBackbones implements AutoCloseable {

  public static final int TOKENS = 5;
  public static final int WIDTH = 20;
  public static final int LM_WIDTH = 24;
  public static final int PREFIX = 4;

  private final Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"));
  private final LanguageModel lm;
  private final Backbones backbones;

  public TinyBackbones(long seed) {
    this(seed, "tiny-lm");
  }

  public TinyBackbones(long seed, String name) {
    lm =
        LanguageModel.random(
            DecoderConfig.smallLlama(tokenizer.vocabularySize(), LM_WIDTH, 2, 2, 48, 96),
            seed,
            Device.CPU);
    EncoderSpec encoder =
        new EncoderSpec("tiny-encoder", "random:1", "resize 8", WIDTH, TOKENS, 1000);
    backbones = Backbones.of(encoder, name, lm, tokenizer);
  }

  public LanguageModel lm() {
    return lm;
  }

  public Backbones get() {
    return backbones;
  }

  /** A fresh mapper between them, without dropout. */
  public static MaplMapper mapper(long seed) {
    return config(0).create(seed, Device.CPU);
  }

  /** A system with such a mapper. */
  public static MaplSizes sizes(double dropout) {
    return MaplSizes.of(config(dropout));
  }

  public static MaplConfig config(double dropout) {
    return new MaplConfig(WIDTH, 32, LM_WIDTH, PREFIX, 2, 4, 64, dropout, true);
  }

  /** Features of images, {@code [images, TOKENS, WIDTH]}. */
  public static Tensor features(int images, long seed) {
    Random random = new Random(seed);
    float[] values = new float[images * TOKENS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.ofFloats(values, images, TOKENS, WIDTH);
  }

  @Override
  public void close() {
    lm.close();
    tokenizer.close();
  }
}
