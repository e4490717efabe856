package io.lorgnette.vision;

import io.lorgnette.weights.Checkpoint;
import java.util.Locale;

/**
 * Shape of the text tower beside a vision encoder: CLIP's (Radford et al. 2021), which looks back
 * only, or SigLIP's (Zhai et al. 2023), which looks both ways.
 *
 * @param kind of which family it is
 * @param vocabulary number of tokens known
 * @param positions most tokens of a text; SigLIP's texts have exactly that many
 * @param tower its blocks
 * @param projection J, width of the joint space; 0 if a tower of CLIP is without
 * @param endToken the token whose place stands for a text of CLIP: the first of it; or 0 for the
 *     place of the largest id
 * @param padToken what fills texts up
 */
public record TextTowerConfig(
    Kind kind,
    int vocabulary,
    int positions,
    TowerShape tower,
    int projection,
    int endToken,
    int padToken) {

  /** The families. */
  public enum Kind {
    CLIP,
    SIGLIP
  }

  /**
   * The published configurations of OpenAI's models say that texts end with token 2, but they end
   * with the largest id: Hugging Face takes that 2 as a sign to look for it.
   */
  private static final int LEGACY_END = 2;

  public TextTowerConfig {
    Sizes.positive("vocab_size", vocabulary);
    Sizes.positive("max_position_embeddings", positions);
    Sizes.notNegative("projection_dim", projection);
    Sizes.notNegative("eos_token_id", endToken);
    Sizes.notNegative("pad_token_id", padToken);
    if (kind == Kind.SIGLIP && projection == 0) {
      throw new IllegalArgumentException("a text tower of SigLIP has a projection_size above 0");
    }
  }

  /**
   * From a Hugging Face configuration of a pair or of the text part alone; what the file does not
   * say is as that library has it.
   *
   * @param hasProjection whether the checkpoint has one
   */
  static TextTowerConfig from(ConfigFile file, boolean hasProjection) {
    ConfigFile text = file.has("text_config") ? file.object("text_config") : file;
    try {
      if (file.text("model_type").startsWith("siglip")) {
        TowerShape tower = TowerShape.from(text, TowerShape.siglip(768, 12, 12, 3072));
        return new TextTowerConfig(
            Kind.SIGLIP,
            text.integer("vocab_size", 32_000),
            text.integer("max_position_embeddings", 64),
            tower,
            text.integer("projection_size", tower.width()),
            0,
            text.integer("pad_token_id", 1));
      }
      ConfigFile projected = file.has("projection_dim") ? file : text;
      int end = text.integer("eos_token_id", 49_407);
      return new TextTowerConfig(
          Kind.CLIP,
          text.integer("vocab_size", 49_408),
          text.integer("max_position_embeddings", 77),
          TowerShape.from(text, TowerShape.openAi(512, 12)),
          hasProjection ? projected.integer("projection_dim", 512) : 0,
          end == LEGACY_END ? 0 : end,
          text.integer("pad_token_id", 1));
    } catch (IllegalArgumentException e) {
      throw text.wrong(e);
    }
  }

  /**
   * From the shapes in a checkpoint under OpenAI's names, which come without a configuration: heads
   * are 64 wide, the activation is quick GELU, and texts end with the largest id.
   *
   * @throws io.lorgnette.error.InputException if a tensor that tells a size is missing
   */
  public static TextTowerConfig ofOpenAi(Checkpoint checkpoint) {
    int width = checkpoint.info("ln_final.weight").shape().get(0).intValue();
    return new TextTowerConfig(
        Kind.CLIP,
        checkpoint.info("token_embedding.weight").shape().get(0).intValue(),
        checkpoint.info("positional_embedding").shape().get(0).intValue(),
        TowerShape.openAi(width, TowerKeys.openAiLayers(checkpoint, "")),
        checkpoint.info("text_projection").shape().get(1).intValue(),
        0,
        0);
  }

  /** Parameters, the projection included. */
  public long parameterCount() {
    return TextTowerKeys.huggingFace(this, "").parameterCount();
  }

  /** One line for people and identities. */
  public String describe() {
    return kind.name().toLowerCase(Locale.ROOT)
        + "-text vocabulary"
        + vocabulary
        + " positions"
        + positions
        + " "
        + tower.describe()
        + (kind == Kind.SIGLIP ? "" : endToken == 0 ? " ends at largest" : " ends at " + endToken);
  }
}
