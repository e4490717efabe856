package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Loads and saves encoders: the closed list of the kinds that {@code config.json} may name. */
public final class VisionEncoders {

  static final String EFFICIENTNET_LITE = "efficientnet-lite";

  private static final String CONFIG = "config.json";
  private static final String PROCESSOR = "preprocessor_config.json";
  private static final String WEIGHTS = "model.safetensors";

  private VisionEncoders() {}

  /**
   * Loads an encoder from a folder with {@code config.json}, {@code preprocessor_config.json} and
   * safetensors weights: CLIP in the form of Hugging Face (the vision part or the pair), or an
   * EfficientNet-lite.
   *
   * @throws InputException if a file is absent or broken, the kind is unknown, or weights or
   *     processor do not fit the configuration
   */
  public static VisionEncoder load(Path folder, Dtype dtype, Device device) {
    return load(folder, ImageProcessor.fromConfig(folder.resolve(PROCESSOR)), dtype, device);
  }

  /** As {@link #load(Path, Dtype, Device)}, its matrices kept in fewer bits perhaps. */
  public static VisionEncoder load(Path folder, Precision precision, Device device) {
    ImageProcessor processor = ImageProcessor.fromConfig(folder.resolve(PROCESSOR));
    return load(folder, processor, Optional.empty(), precision, device);
  }

  /**
   * As {@link #load(Path, Dtype, Device)}, with a choice of features.
   *
   * @param output for CLIP {@code last}, {@code layer-2} for the penultimate and so on, with {@code
   *     -patches} added to drop the class token; for EfficientNet-lite {@code features} or {@code
   *     stage0}, {@code stage1}, ...
   */
  public static VisionEncoder load(Path folder, String output, Dtype dtype, Device device) {
    ImageProcessor processor = ImageProcessor.fromConfig(folder.resolve(PROCESSOR));
    return load(folder, processor, Optional.of(output), Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Dtype, Device)}, with a processor given instead of read. */
  public static VisionEncoder load(
      Path folder, ImageProcessor processor, Dtype dtype, Device device) {
    return load(folder, processor, Optional.empty(), Precision.of(dtype), device);
  }

  private static VisionEncoder load(
      Path folder,
      ImageProcessor processor,
      Optional<String> output,
      Precision precision,
      Device device) {
    Dtype dtype = precision.compute();
    ConfigFile config = ConfigFile.read(folder.resolve(CONFIG));
    device.require();
    try (Checkpoint checkpoint = Checkpoint.open(folder).keptAs(precision)) {
      return switch (config.text("model_type")) {
        case "clip", "clip_vision_model" -> {
          ClipVitConfig read = ClipVitConfig.from(config, ClipVitKeys.hasProjection(checkpoint));
          ClipVitConfig clip = output.map(read::withOutput).orElse(read);
          checkSize(folder, clip.imageSize(), processor);
          yield ClipVit.of(clip, checkpoint, processor, dtype, device);
        }
        case EFFICIENTNET_LITE -> {
          EfficientNetLiteConfig read = EfficientNetLiteConfig.from(config);
          EfficientNetLiteConfig lite = output.map(read::withOutput).orElse(read);
          checkSize(folder, lite.imageSize(), processor);
          yield EfficientNetLite.of(lite, checkpoint, processor, dtype, device);
        }
        default -> throw unknownKind(config);
      };
    }
  }

  /**
   * Reads an encoder's sizes from its configuration; weights need not be there. The projection to
   * the joint space of CLIP, which features do not go through, is not counted.
   *
   * @throws InputException if {@code config.json} is absent or broken or names an unknown kind
   */
  public static EncoderShape shape(Path folder) {
    ConfigFile file = ConfigFile.read(folder.resolve(CONFIG));
    return switch (file.text("model_type")) {
      case "clip", "clip_vision_model" -> {
        ClipVitConfig c = ClipVitConfig.from(file, false);
        yield new EncoderShape(
            c.describe(), c.imageSize(), c.tokens(), c.width(), c.parameterCount());
      }
      case EFFICIENTNET_LITE -> {
        EfficientNetLiteConfig c = EfficientNetLiteConfig.from(file);
        yield new EncoderShape(
            c.describe(), c.imageSize(), c.tokens(), c.width(), c.parameterCount());
      }
      default -> throw unknownKind(file);
    };
  }

  private static InputException unknownKind(ConfigFile config) {
    return config.wrong(
        "model_type",
        "is " + config.text("model_type"),
        "clip, clip_vision_model or " + EFFICIENTNET_LITE);
  }

  private static void checkSize(Path folder, int size, ImageProcessor processor) {
    if (processor.size() != size) {
      throw new InputException(
          folder
              + " makes images of "
              + processor.size()
              + " pixels by "
              + PROCESSOR
              + ", but its encoder takes "
              + size
              + " by "
              + CONFIG
              + "; make the two agree");
    }
  }

  /**
   * Writes an encoder, tuned perhaps, as a folder that {@link #load(Path, Dtype, Device)} reads.
   * Its norms are folded into its convolutions.
   *
   * @param preprocessorConfig the file to go with it
   * @throws UncheckedIOException if the disk fails
   */
  public static void save(Path folder, EfficientNetLite encoder, Path preprocessorConfig) {
    Safetensors.write(folder.resolve(WEIGHTS), encoder.parameters().asMap(), Map.of());
    try {
      ConfigFile.write(folder.resolve(PROCESSOR), Files.readString(preprocessorConfig));
    } catch (IOException e) {
      throw new UncheckedIOException("can not read " + preprocessorConfig, e);
    }
    ConfigFile.write(folder.resolve(CONFIG), encoder.config().withFolded(true).toJson());
  }
}
