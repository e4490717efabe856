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
  static final String CLIP_RESNET = "clip-resnet";

  /** The choice of output that is one token for a whole image. */
  public static final String ONE = "one";

  /** The name of an output without what makes its encoder a random one. */
  public static String learned(String output) {
    return RandomEncoder.isNamed(output) ? RandomEncoder.behind(output) : output;
  }

  private static final String CONFIG = "config.json";
  private static final String PROCESSOR = "preprocessor_config.json";
  private static final String WEIGHTS = "model.safetensors";

  private VisionEncoders() {}

  /**
   * Loads an encoder from a folder with {@code config.json}, {@code preprocessor_config.json} and
   * safetensors weights.
   *
   * <ul>
   *   <li>In the form of Hugging Face: CLIP, SigLIP and SigLIP 2 (the vision part or the pair),
   *       DINOv2 with and without registers, BEiT, and the encoder of BLIP-2 or InstructBLIP (alone
   *       or inside the model).
   *   <li>In the form of timm, whose {@code config.json} names an {@code architecture}: NF-ResNet
   *       and EfficientNet-lite. A {@code preprocessor_config.json} may be missing there.
   *   <li>With a {@code config.json} of our own: NF-ResNet, EfficientNet-lite, CLIP's ResNet, and
   *       {@linkplain EvaVit EVA} in the form of LAVIS.
   *   <li>In the form of OpenCLIP, with {@code open_clip_config.json}.
   * </ul>
   *
   * <p>Encoders that can take images of any size take those that the processor makes.
   *
   * @throws InputException if a file is absent or broken, the kind is unknown, or weights or
   *     processor do not fit the configuration
   */
  public static VisionEncoder load(Path folder, Dtype dtype, Device device) {
    return load(folder, Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Dtype, Device)}, its matrices kept in another form perhaps. */
  public static VisionEncoder load(Path folder, Precision precision, Device device) {
    return JointFolder.is(folder)
        ? load(JointFolder.encoder(folder), precision, device)
        : load(folder, processor(folder), Optional.empty(), precision, device);
  }

  /**
   * As {@link #load(Path, Dtype, Device)}, with a choice of features.
   *
   * @param output for transformers {@code last}, {@code layer-2} for the penultimate and so on,
   *     with {@code -patches} added to drop the class token; {@code embedding} for CLIP and SigLIP,
   *     {@code pooled} for others that have that; for CLIP's ResNet {@code grid} or {@code
   *     embedding}; for other convolutional networks {@code features} or {@code stage0}, {@code
   *     stage1}, ..., or {@code pooled} for NF-ResNet. For every kind {@link #ONE} is the one token
   *     that it has for a whole image, and {@link PixelEncoder#OUTPUT} leaves it out. With {@code
   *     -random} behind it, or {@code random} alone, its weights are in random order: a control
   */
  public static VisionEncoder load(Path folder, String output, Dtype dtype, Device device) {
    return load(folder, output, Precision.of(dtype), device);
  }

  /** As {@link #load(Path, String, Dtype, Device)}, its matrices kept in another form perhaps. */
  public static VisionEncoder load(Path folder, String output, Precision precision, Device device) {
    if (RandomEncoder.isNamed(output)) {
      String rest = RandomEncoder.behind(output);
      Dtype plain = precision.compute(); // a form in which numbers can change places
      return RandomEncoder.of(
          rest.isEmpty() ? load(folder, plain, device) : load(folder, rest, plain, device));
    }
    if (JointFolder.is(folder)) {
      return output.equals(ONE)
          ? JointFolder.images(folder, precision.compute(), device)
          : load(JointFolder.encoder(folder), output, precision, device);
    }
    ImageProcessor processor = processor(folder);
    if (output.equals(PixelEncoder.OUTPUT)) {
      return new PixelEncoder(processor);
    }
    if (!output.equals(ONE)) {
      return load(folder, processor, Optional.of(output), precision, device);
    }
    Optional<String> one = one(folder);
    VisionEncoder encoder = load(folder, processor, one, precision, device);
    return one.isPresent() ? encoder : new MeanEncoder(encoder);
  }

  /** How an encoder's one token for a whole image is called; empty where its tokens have a mean. */
  private static Optional<String> one(Path folder) {
    if (OpenClipFolder.is(folder)) {
      return Optional.of("embedding");
    }
    return switch (kind(config(folder))) {
      case "clip", "clip_vision_model", CLIP_RESNET -> Optional.of("embedding");
      case "siglip", "siglip_vision_model", "siglip2", "siglip2_vision_model" ->
          Optional.of("embedding");
      case NfResNetConfig.MODEL_TYPE, "dinov2", "dinov2_with_registers", "beit" ->
          Optional.of("pooled");
      default -> Optional.empty();
    };
  }

  /** As {@link #load(Path, Dtype, Device)}, with a processor given instead of read. */
  public static VisionEncoder load(
      Path folder, ImageProcessor processor, Dtype dtype, Device device) {
    return load(folder, processor, Optional.empty(), Precision.of(dtype), device);
  }

  /** As {@link #load(Path, Precision, Device)}, with a processor given instead of read. */
  public static VisionEncoder load(
      Path folder, ImageProcessor processor, Precision precision, Device device) {
    return load(folder, processor, Optional.empty(), precision, device);
  }

  private static VisionEncoder load(
      Path folder,
      ImageProcessor processor,
      Optional<String> output,
      Precision precision,
      Device device) {
    Dtype dtype = precision.compute();
    device.require();
    if (OpenClipFolder.is(folder)) {
      return OpenClipFolder.read(folder).load(processor, output, precision, device);
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder).keptAs(precision)) {
      return load(folder, config(folder), checkpoint, processor, output, dtype, device);
    }
  }

  /**
   * Loads the encoder of a larger model.
   *
   * @param object under which {@code config.json} describes it
   * @param prefix before the names of its tensors
   * @param output as in {@link #load(Path, String, Dtype, Device)}
   * @throws InputException as {@link #load(Path, Dtype, Device)}
   */
  public static VisionEncoder loadPart(
      Path folder,
      String object,
      String prefix,
      ImageProcessor processor,
      String output,
      Precision precision,
      Device device) {
    device.require();
    try (Checkpoint checkpoint = Checkpoint.open(folder).keptAs(precision)) {
      return load(
          folder,
          config(folder).object(object),
          checkpoint.under(prefix),
          processor,
          Optional.of(output),
          precision.compute(),
          device);
    }
  }

  private static VisionEncoder load(
      Path folder,
      ConfigFile config,
      Checkpoint checkpoint,
      ImageProcessor processor,
      Optional<String> output,
      Dtype dtype,
      Device device) {
    return switch (kind(config)) {
      case "clip", "clip_vision_model" -> {
        ClipVitConfig read = ClipVitConfig.from(config, ClipVitKeys.hasProjection(checkpoint));
        ClipVitConfig clip = output.map(read::withOutput).orElse(read);
        checkSize(folder, clip.imageSize(), processor);
        yield ClipVit.of(clip, checkpoint, processor, dtype, device);
      }
      case CLIP_RESNET -> {
        boolean hasPool = ClipResNetLayout.hasPool(checkpoint);
        ClipResNetConfig read = ClipResNetConfig.from(config, hasPool);
        ClipResNetConfig clip = output.map(read::withOutput).orElse(read);
        checkSize(folder, clip.imageSize(), processor);
        yield ClipResNet.of(clip, checkpoint, processor, dtype, device);
      }
      case "siglip", "siglip_vision_model", "siglip2", "siglip2_vision_model" -> {
        SiglipVitConfig read = SiglipVitConfig.from(config);
        SiglipVitConfig siglip = output.map(read::withOutput).orElse(read);
        checkSize(folder, siglip.imageSize(), processor);
        yield SiglipVit.of(siglip, checkpoint, processor, dtype, device);
      }
      case EFFICIENTNET_LITE -> {
        EfficientNetLiteConfig read =
            EfficientNetLiteConfig.from(config, size(config, Optional.of(processor)));
        EfficientNetLiteConfig lite = output.map(read::withOutput).orElse(read);
        checkSize(folder, lite.imageSize(), processor);
        yield EfficientNetLite.of(lite, checkpoint, processor, dtype, device);
      }
      case NfResNetConfig.MODEL_TYPE -> {
        NfResNetConfig read = NfResNetConfig.from(config, size(config, Optional.of(processor)));
        NfResNetConfig resNet = output.map(read::withOutput).orElse(read);
        checkSize(folder, resNet.imageSize(), processor);
        yield NfResNet.of(resNet, checkpoint, processor, dtype, device);
      }
      case EvaVit.MODEL_TYPE,
          "blip-2",
          "blip_2_vision_model",
          "instructblip",
          "instructblip_vision_model",
          "dinov2",
          "dinov2_with_registers",
          "beit" -> {
        VitConfig read = transformer(config, Beit.hasPooler(checkpoint));
        VitConfig sized = sized(config, read, Optional.of(processor));
        VitConfig vit = output.map(sized::withOutput).orElse(sized);
        yield VisionTransformer.of(vit, checkpoint, processor, dtype, device);
      }
      default -> throw unknownKind(config);
    };
  }

  /**
   * Reads an encoder's sizes from its configuration; weights need not be there. The projection to
   * the joint space of CLIP, which features do not go through, is not counted. The size of images
   * is that of {@code preprocessor_config.json}, where the encoder takes any and the file is there.
   *
   * @throws InputException if {@code config.json} is absent or broken or names an unknown kind
   */
  public static EncoderShape shape(Path folder) {
    if (JointFolder.is(folder)) {
      return JointFolder.shape(folder);
    }
    if (OpenClipFolder.is(folder)) {
      return OpenClipFolder.read(folder).shape();
    }
    return shape(folder, config(folder));
  }

  /** As {@link #shape}, of the encoder of a larger model, described under a key of its file. */
  public static EncoderShape shapeOfPart(Path folder, String object) {
    return shape(folder, config(folder).object(object));
  }

  private static EncoderShape shape(Path folder, ConfigFile file) {
    return switch (kind(file)) {
      case "clip", "clip_vision_model" -> ClipVitConfig.from(file, false).shape();
      case CLIP_RESNET -> ClipResNetConfig.from(file, file.has("output_dim")).shape();
      case "siglip", "siglip_vision_model", "siglip2", "siglip2_vision_model" ->
          SiglipVitConfig.from(file).shape();
      case EFFICIENTNET_LITE ->
          EfficientNetLiteConfig.from(file, size(file, findProcessor(folder, file))).shape();
      case NfResNetConfig.MODEL_TYPE ->
          NfResNetConfig.from(file, size(file, findProcessor(folder, file))).shape();
      case EvaVit.MODEL_TYPE,
          "blip-2",
          "blip_2_vision_model",
          "instructblip",
          "instructblip_vision_model",
          "dinov2",
          "dinov2_with_registers",
          "beit" ->
          sized(file, transformer(file, true), findProcessor(folder, file)).shape();
      default -> throw unknownKind(file);
    };
  }

  static ConfigFile config(Path folder) {
    return ConfigFile.read(folder.resolve(CONFIG));
  }

  /**
   * The kind that a file names by {@code model_type}, or by timm's {@code architecture}. One with
   * neither is of the one kind of our own whose keys it has.
   */
  private static String kind(ConfigFile config) {
    if (config.has("model_type")) {
      return config.text("model_type");
    }
    if (TimmConfig.is(config)) {
      return TimmConfig.kind(config);
    }
    if (config.isList("layers") && config.has("output_dim")) {
      return CLIP_RESNET;
    }
    if (config.has("stem_chs") && config.has("std_conv_eps")) {
      return NfResNetConfig.MODEL_TYPE;
    }
    if (config.has("embed_dim") && config.has("mlp_ratio")) {
      return EvaVit.MODEL_TYPE;
    }
    return config.has("stem") && config.has("stages") ? EFFICIENTNET_LITE : "";
  }

  private static VitConfig transformer(ConfigFile config, boolean hasPooler) {
    return switch (kind(config)) {
      case EvaVit.MODEL_TYPE -> EvaVit.from(config);
      case "dinov2", "dinov2_with_registers" -> Dinov2.from(config);
      case "beit" -> Beit.from(config, hasPooler);
      default -> Blip2Vit.from(config);
    };
  }

  /** For the size of image that the processor makes. */
  private static VitConfig sized(
      ConfigFile config, VitConfig read, Optional<ImageProcessor> processor) {
    try {
      return processor.map(p -> read.withImageSize(p.size())).orElse(read);
    } catch (IllegalArgumentException e) {
      throw config.wrong(e);
    }
  }

  /** The size of image by the file, which may leave it to the processor. */
  private static int size(ConfigFile config, Optional<ImageProcessor> processor) {
    return processor.isPresent() && !config.has("image_size")
        ? processor.get().size()
        : config.integer("image_size");
  }

  static ImageProcessor processor(Path folder) {
    return ImageProcessor.load(folder);
  }

  /** The processor, where the folder has to have none. */
  private static Optional<ImageProcessor> findProcessor(Path folder, ConfigFile config) {
    return Files.exists(folder.resolve(PROCESSOR)) || TimmConfig.is(config)
        ? Optional.of(ImageProcessor.load(folder))
        : Optional.empty();
  }

  private static InputException unknownKind(ConfigFile config) {
    return config.wrong(
        "model_type",
        config.has("model_type") ? "is " + config.text("model_type") : "is missing",
        "clip, clip_vision_model, siglip, siglip_vision_model, siglip2, siglip2_vision_model, "
            + "blip-2, instructblip, dinov2, dinov2_with_registers, beit, "
            + String.join(", ", EvaVit.MODEL_TYPE, NfResNetConfig.MODEL_TYPE, CLIP_RESNET)
            + " or "
            + EFFICIENTNET_LITE);
  }

  static void checkSize(Path folder, int size, ImageProcessor processor) {
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
