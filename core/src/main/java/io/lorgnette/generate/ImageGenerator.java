package io.lorgnette.generate;

import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Lets the Q-Former itself write about images, as it learned by ITG in BLIP-2's first stage: no
 * language model is needed. What LAVIS' {@code generate} does is {@link #captions}.
 *
 * <p>Immutable; safe for use by several threads, each call having its own cache.
 */
public final class ImageGenerator {

  private static final int BEAMS = 3;
  private static final int SHORTEST = 10;
  private static final int LONGEST = 30;

  private final Blip2Stage1 model;
  private final Tokenizer tokenizer; // or null

  /**
   * A generator of ids and their text.
   *
   * @param tokenizer of the model, or null for ids alone; it stays the caller's to close
   */
  public ImageGenerator(Blip2Stage1 model, Tokenizer tokenizer) {
    this.model = model;
    this.tokenizer = tokenizer;
  }

  /**
   * LAVIS' settings: three beams, 10 to 30 tokens with the one that begins the text.
   *
   * @param end the token that ends a text, {@code [SEP]}
   */
  public static GenerationConfig captions(int end) {
    return GenerationConfig.beams(BEAMS, LONGEST - 1)
        .withLength(SHORTEST - 1, LONGEST - 1)
        .withEos(end);
  }

  /**
   * The texts about each image, {@link GenerationConfig#numReturn} of them, best first.
   *
   * @param features of an encoder, {@code [B, N, Di]}
   * @throws IllegalArgumentException if the settings exceed the model's positions or name an id
   *     that it does not have
   */
  public List<List<Generation>> generate(Tensor features, GenerationConfig config) {
    check(config);
    int images = Math.toIntExact(features.size(0));
    int[][] histories = new int[images][];
    Arrays.fill(histories, new int[] {model.config().begin()});
    int vocabulary = model.config().qformer().text().vocabulary();
    Texts texts = new Texts(tokenizer, config.stop());
    try (Tensors.NoGrad guard = Tensors.noGrad();
        DecodingBatch batch = begin(features, config.maxNewTokens())) {
      return Decoding.of(config, texts, (row, id) -> {}, batch, histories, null, vocabulary)
          .toTheEnd();
    }
  }

  private DecodingBatch begin(Tensor features, int newTokens) {
    try (Scope scope = Scope.open()) {
      return DecodingBatch.of(
          SeenSequences.begin(model, features, newTokens),
          model.config().qformer().text().vocabulary(),
          model.device());
    }
  }

  private void check(GenerationConfig config) {
    Blip2Stage1Config sizes = model.config();
    int positions = sizes.qformer().text().positions();
    if (config.maxNewTokens() > positions) {
      throw new IllegalArgumentException(
          config.maxNewTokens() + " tokens exceed the Q-Former's " + positions + " positions");
    }
    if (config.eos().stream().anyMatch(id -> id > sizes.begin())) {
      throw new IllegalArgumentException(
          "eos " + config.eos() + " has an id beyond the Q-Former's " + sizes.begin());
    }
  }
}
