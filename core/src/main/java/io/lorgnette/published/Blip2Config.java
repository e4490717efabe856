package io.lorgnette.published;

import io.lorgnette.error.InputException;
import io.lorgnette.language.HfConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.mapper.QFormerMapperConfig;
import java.util.OptionalInt;

/**
 * A BLIP-2 or InstructBLIP in Hugging Face's form, described: what its {@code config.json} says
 * beside the vision encoder, which {@link io.lorgnette.vision.VisionEncoders} reads.
 *
 * @param qformer sizes of the Q-Former
 * @param text fields of the language model
 * @param imageToken the token whose places the image takes; absent in older releases, where it
 *     stands before the text
 * @param jointWidth of the space in which the form for retrieval compares images and texts
 */
record Blip2Config(QFormerConfig qformer, HfFields text, OptionalInt imageToken, int jointWidth) {

  static Blip2Config read(HfFields config) {
    boolean instruct = config.text("model_type", "").equals("instructblip");
    HfFields q = config.object("qformer_config");
    TextSide side =
        instruct || q.flag("use_qformer_text_input", false)
            ? new TextSide(
                q.integer("vocab_size", TextSide.BERT.vocabulary()),
                q.integer("max_position_embeddings", TextSide.BERT.positions()))
            : null;
    int imageWidth = config.object("vision_config").integer("hidden_size", 1408);
    QFormerConfig usual = QFormerConfig.base(imageWidth);
    try {
      QFormerConfig qformer =
          new QFormerConfig(
              config.integer("num_query_tokens", usual.queries()),
              q.integer("hidden_size", usual.width()),
              q.integer("num_hidden_layers", usual.layers()),
              q.integer("num_attention_heads", usual.heads()),
              q.integer("intermediate_size", usual.hidden()),
              q.integer("cross_attention_frequency", usual.crossEvery()),
              imageWidth,
              side,
              q.json().hasNonNull("hidden_act") ? q.activation("hidden_act") : usual.activation(),
              q.number("layer_norm_eps", usual.normEpsilon()),
              q.number("hidden_dropout_prob", usual.dropout()));
      OptionalInt token =
          config.json().hasNonNull("image_token_index")
              ? OptionalInt.of(config.integer("image_token_index"))
              : OptionalInt.empty();
      int joint = config.integer("image_text_hidden_size", 256);
      return new Blip2Config(qformer, TextDefaults.of(config, "opt"), token, joint);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          config.file() + " describes an impossible Q-Former: " + e.getMessage(), e);
    }
  }

  /** The Q-Former and the linear map behind it. */
  QFormerMapperConfig mapper() {
    return new QFormerMapperConfig(qformer, textWidth(), false);
  }

  private int textWidth() {
    return TextModel.isEncoderDecoder(text)
        ? HfEncoderDecoderConfig.of(text.file(), text.json()).width()
        : HfConfig.of(text).width();
  }
}
