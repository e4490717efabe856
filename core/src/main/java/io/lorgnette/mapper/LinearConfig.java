package io.lorgnette.mapper;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;

/**
 * One linear map from visual tokens to embeddings, described, in the forms of LiMBeR, MAGMA, Frozen
 * and MiniGPT-4. Each has a factory method.
 *
 * @param inputWidth Di, width of the features
 * @param outputWidth Do, width of the language model's embeddings
 * @param tokens N, visual tokens of an image, 1 for a pooled encoder
 * @param joined neighbouring tokens that are put side by side before the map, a divisor of {@code
 *     tokens}
 * @param split embeddings that the map makes of each token, or of those joined
 * @param norm whether a layer norm stands behind the map
 * @param dropout share of the map's outputs dropped in training, from 0 to below 1
 * @param names whose names the tensors have in files
 */
public record LinearConfig(
    int inputWidth,
    int outputWidth,
    int tokens,
    int joined,
    int split,
    boolean norm,
    double dropout,
    Names names)
    implements MapperConfig {

  /** Who names the tensors of a file. */
  public enum Names {
    /** A file with this map alone: {@code weight} and {@code bias}. */
    LIMBER("", ""),
    /** A whole MAGMA, whose language model and encoder are passed over. */
    MAGMA("image_prefix.proj", "(lm|image_prefix\\.enc)\\..*"),
    /** Nothing was released; the encoder is trained too and may be beside the map. */
    FROZEN("proj", "encoder\\..*"),
    /** A file with this map alone. */
    MINIGPT4("llama_proj", "");

    private final String linear; // or empty for a map without a name
    private final String others; // of the system, passed over

    Names(String linear, String others) {
      this.linear = linear;
      this.others = others;
    }

    /** The name of a norm, which stands beside the map. */
    private String norm() {
      return linear.substring(0, linear.lastIndexOf('.') + 1) + "ln";
    }
  }

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the field that does not fit
   */
  public LinearConfig {
    Checks.positive("inputWidth", inputWidth);
    Checks.positive("outputWidth", outputWidth);
    Checks.positive("tokens", tokens);
    Checks.positive("joined", joined);
    Checks.positive("split", split);
    Checks.dropout(dropout);
    if (tokens % joined != 0) {
      throw new IllegalArgumentException(
          "tokens " + tokens + " is no multiple of joined " + joined);
    }
    if ((long) tokens / joined * split > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "split " + split + " makes more embeddings than can be counted");
    }
  }

  /** LiMBeR's (Merullo et al. 2023): each token by itself, with dropout 0.1. */
  public static LinearConfig limber(int inputWidth, int outputWidth, int tokens) {
    return new LinearConfig(inputWidth, outputWidth, tokens, 1, 1, false, 0.1, Names.LIMBER);
  }

  /** MAGMA's image prefix (Eichenberg et al. 2022): LiMBeR's map with a layer norm behind it. */
  public static LinearConfig magma(int inputWidth, int outputWidth, int tokens) {
    return new LinearConfig(inputWidth, outputWidth, tokens, 1, 1, true, 0.1, Names.MAGMA);
  }

  /**
   * Frozen's (Tsimpoukelli et al. 2021): a pooled vector becomes several embeddings.
   *
   * @param embeddings for each image, 2 in the paper
   */
  public static LinearConfig frozen(int inputWidth, int outputWidth, int embeddings) {
    return new LinearConfig(inputWidth, outputWidth, 1, 1, embeddings, false, 0, Names.FROZEN);
  }

  /**
   * MiniGPT-4's (Zhu et al. 2023): what each query of a Q-Former has seen, by itself; or without a
   * Q-Former, patches of which neighbours are joined.
   *
   * @param joined 1 with a Q-Former, 4 without
   */
  public static LinearConfig miniGpt4(int inputWidth, int outputWidth, int tokens, int joined) {
    return new LinearConfig(inputWidth, outputWidth, tokens, joined, 1, false, 0, Names.MINIGPT4);
  }

  /** The same map with another dropout. */
  public LinearConfig withDropout(double share) {
    return new LinearConfig(inputWidth, outputWidth, tokens, joined, split, norm, share, names);
  }

  @Override
  public int prefixLength() {
    return tokens / joined * split;
  }

  /** The {@link Names} that are chosen. */
  @Override
  public KeyMap keys() {
    KeyMap map = new KeyMap();
    String dot = names.linear.isEmpty() ? "" : ".";
    long out = (long) split * outputWidth;
    map.add("out.weight", names.linear + dot + "weight", out, (long) joined * inputWidth);
    map.add("out.bias", names.linear + dot + "bias", out);
    if (norm) {
      NamedLayers.norm(map, "norm", names.norm(), outputWidth);
    }
    return map.ignore(names.others);
  }

  @Override
  public LinearMapper create(long seed, Device device) {
    KeyMap keys = keys();
    return of(Parameters.of(Initial.draw(keys, seed, device, Initial.asPyTorch(keys))));
  }

  @Override
  public LinearMapper of(Parameters parameters) {
    return new LinearMapper(this, parameters);
  }
}
