package io.lorgnette.mapper;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.weights.KeyMap;

/**
 * BLIP-2's way from an image to a language model, described: a Q-Former and one linear map.
 *
 * @param qformer sizes of the Q-Former
 * @param outputWidth Do, width of the language model's embeddings
 * @param imageNorm whether the features first pass a norm that is trained too ({@code ln_vision}),
 *     as in LAVIS; in Hugging Face's form it is the encoder's own last norm
 */
public record QFormerMapperConfig(QFormerConfig qformer, int outputWidth, boolean imageNorm)
    implements MapperConfig {

  static final double IMAGE_NORM_EPSILON = 1e-5;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there is no output
   */
  public QFormerMapperConfig {
    Checks.positive("outputWidth", outputWidth);
  }

  /** What BLIP-2's second stage trains between two backbones, published sizes. */
  public static QFormerMapperConfig between(int inputWidth, int outputWidth) {
    return new QFormerMapperConfig(QFormerConfig.base(inputWidth), outputWidth, true);
  }

  @Override
  public int inputWidth() {
    return qformer.imageWidth();
  }

  @Override
  public int prefixLength() {
    return qformer.queries();
  }

  /**
   * Hugging Face's names in a whole BLIP-2, or with a text side InstructBLIP. The other parts of
   * the model are passed over.
   */
  @Override
  public KeyMap keys() {
    boolean reads = qformer.text() != null;
    KeyMap keys =
        QFormerKeys.of(qformer, reads ? QFormerKeys.Form.INSTRUCT_BLIP : QFormerKeys.Form.BLIP2);
    linear(keys, "language_projection");
    if (imageNorm) {
      norm(keys, "vision_model.post_layernorm");
    }
    String encoder = imageNorm ? "vision_model\\.(?!post_layernorm\\.).*" : "vision_model\\..*";
    return keys.ignore(encoder + "|language_model\\..*");
  }

  /**
   * LAVIS' names. The encoder, the language model and what only the first stage trains are passed
   * over.
   *
   * @param projection name of the linear map: {@code opt_proj}, {@code t5_proj} or {@code llm_proj}
   */
  public KeyMap lavisKeys(String projection) {
    KeyMap keys = QFormerKeys.of(qformer, QFormerKeys.Form.LAVIS);
    linear(keys, projection);
    if (imageNorm) {
      norm(keys, "ln_vision");
    }
    return keys.ignore("(visual_encoder|opt_model|t5_model|llm_model)\\..*");
  }

  /**
   * All but the linear map, under LAVIS' names: what of BLIP-2's first stage the second goes on
   * with. What reads and writes text there is passed over.
   */
  public KeyMap eyesKeys() {
    KeyMap keys = QFormerKeys.of(qformer, QFormerKeys.Form.LAVIS);
    norm(keys, "ln_vision");
    String layer = "encoder\\.layer\\.\\d+\\.(intermediate|output)\\..*";
    return keys.ignore(
        "Qformer\\.(bert\\.(embeddings\\.(word|position)_.*|"
            + layer
            + ")|cls\\..*)|(vision_proj|text_proj|itm_head|visual_encoder|opt_proj|t5_proj|llm_proj|llama_proj)\\..*|temp");
  }

  /** The same under Hugging Face's names, which connectors of BLIP-2 have. */
  public KeyMap hubEyesKeys() {
    KeyMap keys = QFormerKeys.of(qformer, QFormerKeys.Form.BLIP2);
    norm(keys, "vision_model.post_layernorm");
    return keys.ignore("(vision_model\\.(?!post_layernorm)|language_).*");
  }

  private void linear(KeyMap keys, String stored) {
    keys.add("out.weight", stored + ".weight", outputWidth, qformer.width());
    keys.add("out.bias", stored + ".bias", outputWidth);
  }

  private void norm(KeyMap keys, String stored) {
    keys.add("image_norm.weight", stored + ".weight", qformer.imageWidth());
    keys.add("image_norm.bias", stored + ".bias", qformer.imageWidth());
  }

  @Override
  public QFormerMapper create(long seed, Device device) {
    return of(Parameters.of(NormalInit.draw(keys(), seed, device)));
  }

  @Override
  public QFormerMapper of(Parameters parameters) {
    return new QFormerMapper(this, parameters);
  }
}
