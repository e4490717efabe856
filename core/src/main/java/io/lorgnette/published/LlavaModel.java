package io.lorgnette.published;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.mapper.MlpMapper;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * LLaVA-1.5 (Liu et al. 2024) as Hugging Face publishes it: the patches that CLIP's last layer but
 * one gives, each mapped by two linear maps, in the places of image tokens of a LLaMA.
 *
 * <p>Checked stage by stage against Hugging Face's {@code LlavaForConditionalGeneration}.
 */
public final class LlavaModel implements WritingModel {

  private final VisionEncoder encoder;
  private final MlpMapper mapper;
  private final TextModel language;
  private final ImagePlaces places;
  private final HfFields config;

  private LlavaModel(
      VisionEncoder encoder, MlpMapper mapper, TextModel language, LlavaConfig config) {
    this.encoder = encoder;
    this.mapper = mapper;
    this.language = language;
    this.places = new ImagePlaces(config.imageToken());
    this.config = config.fields();
  }

  static LlavaModel load(Path folder, ImageProcessor processor, Precision weights, Device device) {
    Dtype dtype = weights.compute();
    LlavaConfig config = LlavaConfig.read(HfFields.read(folder.resolve("config.json")));
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Opened opened = new Opened()) {
      VisionEncoder encoder =
          opened.add(
              VisionEncoders.loadPart(
                  folder,
                  "vision_config",
                  "vision_tower.",
                  processor,
                  config.output(),
                  weights.denseIn(dtype),
                  device));
      MlpMapper mapper =
          opened.add((MlpMapper) config.mapper(encoder.tokens()).read(checkpoint, dtype, device));
      TextModel language =
          opened.add(
              TextModel.load(
                  config.text(),
                  checkpoint.under("language_model.").keptAs(weights),
                  dtype,
                  device));
      if (encoder.width() != mapper.config().inputWidth()) {
        throw new InputException(
            config.fields().file() + " has two widths for its vision encoder; correct the file");
      }
      opened.keep();
      return new LlavaModel(encoder, mapper, language, config);
    }
  }

  @Override
  public Tensor see(ImageTextBatch batch) {
    return mapper.map(encoder.encode(batch.pixels())); // [I, N, Di] -> [I, P, D]
  }

  /** {@code vision_features}, {@code projected}. */
  @Override
  public Map<String, Tensor> stages(ImageTextBatch batch) {
    Map<String, Tensor> stages = new LinkedHashMap<>();
    Tensor features = encoder.encode(batch.pixels());
    stages.put("vision_features", features);
    stages.put("projected", mapper.map(features));
    return stages;
  }

  @Override
  public VisionEncoder encoder() {
    return encoder;
  }

  @Override
  public Mapper mapper() {
    return mapper;
  }

  @Override
  public TextModel language() {
    return language;
  }

  @Override
  public ImagePlaces places() {
    return places;
  }

  @Override
  public HfFields generationFields() {
    return config;
  }
}
