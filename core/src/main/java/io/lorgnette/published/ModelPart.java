package io.lorgnette.published;

import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.HfConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.MlpConfig;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.EncoderShape;
import io.lorgnette.vision.TextTowerConfig;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One part of a published model, told by its configuration alone: no weights are read.
 *
 * @param role what it does in the model
 * @param architecture in one line
 * @param parameters of it
 */
public record ModelPart(String role, String architecture, long parameters) {

  private static final String CONFIG = "config.json";

  /**
   * The parts of the model in a folder or a GGUF file, in the order of the way through it.
   *
   * @throws InputException if its {@code config.json} is absent, broken or of an unknown kind
   */
  public static List<ModelPart> read(Path folder) {
    Path file = folder.resolve(CONFIG);
    if (!Files.exists(file) && Files.exists(folder.resolve("open_clip_config.json"))) {
      return List.of(encoder(VisionEncoders.shape(folder)), text(folder));
    }
    HfFields config = HfFields.ofModel(folder);
    return switch (config.text("model_type", "")) {
      case "gpt2", "gpt_neo", "gptj", "opt", "llama", "mistral", "qwen2", "qwen3", "t5", "bart" ->
          List.of(language(config));
      case "clip", "siglip", "siglip2" ->
          List.of(encoder(VisionEncoders.shape(folder)), text(folder));
      case "blip-2", "instructblip" -> blip2(folder, config);
      case "llava" -> llava(folder, config);
      default -> List.of(encoder(VisionEncoders.shape(folder)));
    };
  }

  private static ModelPart encoder(EncoderShape shape) {
    String line =
        shape.description()
            + "; "
            + shape.imageSize()
            + " pixels -> "
            + shape.tokens()
            + " tokens of width "
            + shape.width();
    return new ModelPart("vision encoder", line, shape.parameters());
  }

  private static ModelPart text(Path folder) {
    TextTowerConfig text = DualEncoder.textConfig(folder);
    return new ModelPart("text encoder", text.describe(), text.parameterCount());
  }

  private static ModelPart language(HfFields config) {
    if (TextModel.isEncoderDecoder(config)) {
      EncoderDecoderConfig c = HfEncoderDecoderConfig.of(config.file(), config.json());
      String line =
          name(c.family())
              + ", "
              + c.encoder().layers()
              + " + "
              + c.decoder().layers()
              + " layers of width "
              + c.width()
              + ", "
              + c.encoder().heads()
              + " heads, feed-forward "
              + c.encoder().hidden()
              + ", "
              + c.vocabulary()
              + " tokens";
      return new ModelPart("language model", line, c.parameterCount());
    }
    DecoderConfig c = HfConfig.of(config);
    String line =
        name(c.family())
            + ", "
            + c.layers()
            + " layers of width "
            + c.inner()
            + ", "
            + c.heads()
            + " heads, feed-forward "
            + c.hidden()
            + ", "
            + c.vocabulary()
            + " tokens, "
            + c.positions()
            + " positions";
    return new ModelPart("language model", line, c.parameterCount());
  }

  private static String name(Enum<?> family) {
    return family.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static List<ModelPart> blip2(Path folder, HfFields fields) {
    ModelPart encoder = encoder(VisionEncoders.shape(folder));
    Blip2Config config = Blip2Config.read(fields);
    QFormerConfig q = config.qformer();
    String line =
        q.queries()
            + " queries, "
            + q.layers()
            + " layers of width "
            + q.width()
            + (q.text() == null ? "" : ", reads texts of " + q.text().vocabulary() + " tokens");
    if (Blip2Matcher.describes(fields)) {
      long parameters = Blip2Matcher.keys(config).parameterCount();
      return List.of(encoder, new ModelPart("Q-Former and heads", line, parameters));
    }
    long parameters = config.mapper().parameterCount();
    return List.of(
        encoder,
        new ModelPart("Q-Former", line + " -> " + config.mapper().outputWidth(), parameters),
        language(config.text()));
  }

  private static List<ModelPart> llava(Path folder, HfFields fields) {
    EncoderShape shape = VisionEncoders.shapeOfPart(folder, "vision_config");
    LlavaConfig config = LlavaConfig.read(fields);
    boolean patches = config.output().endsWith("-patches"); // without the class token
    MlpConfig mapper = config.mapper(shape.tokens() - (patches ? 1 : 0));
    String line =
        mapper.depth()
            + " linear maps, "
            + mapper.inputWidth()
            + " -> "
            + mapper.outputWidth()
            + ", of each of "
            + mapper.prefixLength()
            + " tokens ("
            + config.output()
            + ")";
    return List.of(
        encoder(shape),
        new ModelPart("projector", line, mapper.parameterCount()),
        language(config.text()));
  }
}
