package io.lorgnette.published;

import io.lorgnette.error.InputException;
import io.lorgnette.language.HfConfig;
import io.lorgnette.language.HfFields;
import io.lorgnette.mapper.MlpConfig;
import io.lorgnette.nn.Activation;
import java.util.OptionalInt;

/**
 * A LLaVA-1.5 in Hugging Face's form, described: what its {@code config.json} says beside the
 * vision encoder.
 *
 * @param fields all of the file
 * @param text fields of the language model
 * @param imageWidth Di
 * @param activation between the projector's linear maps
 * @param bias whether they have biases
 * @param output the encoder's choice of features
 * @param imageToken the token whose places the image takes
 */
record LlavaConfig(
    HfFields fields,
    HfFields text,
    int imageWidth,
    Activation activation,
    boolean bias,
    String output,
    OptionalInt imageToken) {

  private static final int USUAL_LAYER = -2;
  private static final int USUAL_TOKEN = 32_000;

  static LlavaConfig read(HfFields config) {
    HfFields vision = config.object("vision_config");
    String tower = vision.text("model_type", "clip_vision_model");
    if (!tower.equals("clip_vision_model")) {
      throw new InputException(
          config.file()
              + " has a vision encoder of type '"
              + tower
              + "'; of LLaVA those with clip_vision_model are supported");
    }
    boolean act = config.json().hasNonNull("projector_hidden_act");
    return new LlavaConfig(
        config,
        TextDefaults.of(config, "llama"),
        vision.integer("hidden_size", 768),
        act ? config.activation("projector_hidden_act") : Activation.GELU,
        config.flag("multimodal_projector_bias", true),
        output(config),
        OptionalInt.of(config.integer("image_token_index", USUAL_TOKEN)));
  }

  private static String output(HfFields config) {
    int layer = config.integer("vision_feature_layer", USUAL_LAYER);
    if (layer >= 0) {
      throw config.wrong("vision_feature_layer", "a layer counted from the last, below 0");
    }
    String strategy = config.text("vision_feature_select_strategy", "default");
    String patches =
        switch (strategy) {
          case "default" -> "-patches";
          case "full" -> "";
          default ->
              throw config.wrong("vision_feature_select_strategy", "\"default\" or \"full\"");
        };
    return (layer == -1 ? "last" : "layer" + layer) + patches;
  }

  /** The projector for so many visual tokens. */
  MlpConfig mapper(int tokens) {
    int width = HfConfig.of(text).width();
    return new MlpConfig(imageWidth, width, tokens, 2, activation, bias);
  }
}
