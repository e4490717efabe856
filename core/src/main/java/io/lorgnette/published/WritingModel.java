package io.lorgnette.published;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Prompt;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A published vision-language model that writes: images and a text in, a text out. Immutable: one
 * loaded model serves many threads.
 */
public sealed interface WritingModel extends AutoCloseable permits Blip2Model, LlavaModel {

  /**
   * Loads {@code config.json}, {@code preprocessor_config.json} and the weights beside them.
   *
   * @throws InputException if they do not describe a supported model
   */
  static WritingModel load(Path folder, Dtype dtype, Device device) {
    return load(folder, Precision.of(dtype), device);
  }

  /**
   * As {@link #load(Path, Dtype, Device)}, the language model's matrices kept in fewer bits
   * perhaps; encoder and mapper are kept in the format that is computed in.
   */
  static WritingModel load(Path folder, Precision weights, Device device) {
    return load(
        folder,
        ImageProcessor.fromConfig(folder.resolve("preprocessor_config.json")),
        weights,
        device);
  }

  /** As {@link #load(Path, Dtype, Device)}, with a processor given instead of read. */
  static WritingModel load(Path folder, ImageProcessor processor, Dtype dtype, Device device) {
    return load(folder, processor, Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Precision, Device)}, with a processor given instead of read. */
  static WritingModel load(
      Path folder, ImageProcessor processor, Precision weights, Device device) {
    HfFields config = HfFields.read(folder.resolve("config.json"));
    String type = config.text("model_type", "");
    return switch (type) {
      case "blip-2", "instructblip" -> Blip2Model.load(folder, processor, weights, device);
      case "llava" -> LlavaModel.load(folder, processor, weights, device);
      default ->
          throw new InputException(
              config.file()
                  + " has model_type '"
                  + type
                  + "'; the vision-language models supported are blip-2, instructblip and llava");
    };
  }

  /** The vision encoder; it is closed with the model. */
  VisionEncoder encoder();

  /** The mapper; it is closed with the model. */
  Mapper mapper();

  /** The language model; it is closed with the model. */
  TextModel language();

  /** Where in a text stands what was seen. */
  ImagePlaces places();

  /** What the language model reads of each image: {@code [I, P, D]}. */
  Tensor see(ImageTextBatch batch);

  /**
   * The stages from pixels to what the language model reads, in their order, by names that are
   * those of a reference's recorded outputs.
   */
  Map<String, Tensor> stages(ImageTextBatch batch);

  /** Each text as a prompt, with what was seen in its places. */
  default List<Prompt> prompts(ImageTextBatch batch) {
    return places().prompts(batch.ids(), batch.mask(), see(batch));
  }

  /** The fields by which the language model's authors want it to be generated from, if its own. */
  HfFields generationFields();

  /** Parameters of all parts. */
  default long parameterCount() {
    return encoder().parameterCount()
        + mapper().config().parameterCount()
        + language().parameters().count();
  }

  @Override
  default void close() {
    encoder().close();
    mapper().close();
    language().close();
  }
}
