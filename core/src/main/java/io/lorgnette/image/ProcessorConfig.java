package io.lorgnette.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads {@code preprocessor_config.json}, in its older and newer spellings. */
final class ProcessorConfig {

  private static final String LLAVA = "LlavaImageProcessor";
  private static final String BEIT = "BeitImageProcessor";
  private static final String CONVNEXT = "ConvNextImageProcessor";

  /** From this size on ConvNeXt's processor squashes instead of cropping. */
  private static final int CONVNEXT_SQUASHES = 384;

  /**
   * A known kind, with what holds where the file is silent: the defaults of the Hugging Face class
   * of that name.
   *
   * @param models {@code model_type} of models that use it, for files that do not name it
   * @param plainSizeIsShortestEdge what a {@code size} without a name for its number means
   * @param crop 0 where this kind does not crop
   */
  private record Kind(
      String className,
      List<String> models,
      boolean plainSizeIsShortestEdge,
      int size,
      int crop,
      Filter filter,
      Normalization normalization) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind(
              "CLIPImageProcessor",
              List.of("clip", "clip_vision_model", "llava"),
              true,
              224,
              224,
              Filter.BICUBIC,
              Normalization.CLIP),
          new Kind(
              "BlipImageProcessor",
              List.of("blip", "blip-2", "instructblip"),
              false,
              384,
              0,
              Filter.BICUBIC,
              Normalization.CLIP),
          new Kind(
              "SiglipImageProcessor",
              List.of("siglip", "siglip_vision_model"),
              false,
              224,
              0,
              Filter.BICUBIC,
              Normalization.HALF),
          new Kind(
              "ViTImageProcessor",
              List.of("vit"),
              false,
              224,
              0,
              Filter.BILINEAR,
              Normalization.HALF),
          new Kind(
              "DeiTImageProcessor",
              List.of("deit"),
              false,
              256,
              224,
              Filter.BICUBIC,
              Normalization.HALF),
          new Kind(BEIT, List.of("beit"), false, 256, 224, Filter.BICUBIC, Normalization.HALF),
          new Kind(
              "BitImageProcessor",
              List.of("bit", "dinov2"),
              true,
              224,
              224,
              Filter.BICUBIC,
              Normalization.CLIP),
          new Kind(
              CONVNEXT,
              List.of("convnext", "convnextv2", "resnet"),
              true,
              384,
              0,
              Filter.BILINEAR,
              Normalization.HALF),
          new Kind(LLAVA, List.of(), true, 224, 224, Filter.BICUBIC, Normalization.CLIP));

  /** Keys that are read here, and keys that do not touch the pixels of one picture. */
  private static final Set<String> KEYS =
      Set.of(
          "image_processor_type",
          "feature_extractor_type",
          "processor_class",
          "auto_map",
          "do_convert_rgb",
          "do_resize",
          "size",
          "resample",
          "do_center_crop",
          "crop_size",
          "do_rescale",
          "rescale_factor",
          "do_normalize",
          "image_mean",
          "image_std",
          "do_pad",
          "data_format",
          "input_data_format",
          "return_tensors",
          "device",
          "disable_grouping",
          "default_to_square",
          "do_reduce_labels",
          "reduce_labels",
          "model_input_names",
          "image_seq_length",
          "num_image_tokens",
          "_valid_processor_keys",
          "_name_or_path",
          "_commit_hash",
          "transformers_version");

  private final ProcessorFile file;
  private final Kind kind;

  private ProcessorConfig(ProcessorFile file) {
    this.file = file;
    String key =
        file.has("image_processor_type") ? "image_processor_type" : "feature_extractor_type";
    String name = file.text(key);
    if (name.startsWith("Siglip2ImageProcessor")) {
      throw file.problem(
          "makes patches of a picture in its own shape", "an encoder of squares can not take them");
    }
    kind =
        (name.isEmpty() ? ofModel() : ofClass(name))
            .orElseThrow(
                () -> file.problem("has the processor \"" + name + "\" in " + key, known()));
  }

  private static Optional<Kind> ofClass(String name) {
    // Older files say FeatureExtractor; the suffixes name the library's implementation.
    String plain =
        name.replaceFirst("(Fast|Pil)$", "").replace("FeatureExtractor", "ImageProcessor");
    return KINDS.stream().filter(k -> k.className.equals(plain)).findFirst();
  }

  /** By the model's kind, for a file that names no processor. */
  private Optional<Kind> ofModel() {
    Path config = file.beside("config.json");
    if (!Files.isRegularFile(config)) {
      return Optional.empty();
    }
    String type = ProcessorFile.read(config).text("model_type");
    return KINDS.stream().filter(k -> k.models.contains(type)).findFirst();
  }

  private static String known() {
    return KINDS.stream().map(Kind::className).collect(Collectors.joining(", ", "known are ", ""));
  }

  static ImageProcessor read(ProcessorFile file) {
    return new ProcessorConfig(file).processor();
  }

  private ImageProcessor processor() {
    List<String> known = new ArrayList<>(KEYS);
    if (kind.className.equals(CONVNEXT)) {
      known.add("crop_pct");
    }
    file.only(known);
    requireWhatReleasesDifferIn();
    List<ImageStep> steps = new ArrayList<>();
    Normalization normalization = normalization(file, kind.normalization);
    boolean pads = kind.className.equals(LLAVA);
    if (file.flag("do_pad", pads)) {
      if (!pads) {
        throw file.problem("sets do_pad", "only LlavaImageProcessor pads");
      }
      int[] colour = normalization.meanColour();
      steps.add(new ImageStep.PadToSquare(colour[0], colour[1], colour[2]));
    }
    if (!file.flag("do_resize", true)) {
      throw file.problem("sets do_resize to false", "a vision encoder needs one size");
    }
    if (kind.className.equals(CONVNEXT)) {
      steps.addAll(convNext());
    } else {
      steps.add(resize());
    }
    if (file.flag("do_center_crop", kind.crop != 0)) {
      steps.add(new ImageStep.CenterCrop(file.square("crop_size", kind.crop)));
    }
    try {
      return new ImageProcessor(steps, normalization);
    } catch (IllegalArgumentException e) {
      throw file.problem(
          "does not describe a square picture: " + e.getMessage(), "check size and crop");
    }
  }

  /** Where a file is silent about these, releases of the library fill in different values. */
  private void requireWhatReleasesDifferIn() {
    List<String> needed =
        switch (kind.className) {
          case BEIT -> List.of("size", "do_center_crop");
          case CONVNEXT -> List.of("resample");
          default -> List.of();
        };
    for (String key : needed) {
      if (!file.has(key)) {
        throw file.problem(
            "does not say " + key,
            "releases of the library differ in what that means, so add the value to the file");
      }
    }
  }

  private ImageStep resize() {
    Filter filter = filter(file, kind.filter);
    JsonNode size = file.get("size");
    boolean shortestEdge = size.has("shortest_edge");
    if (!size.isObject()) {
      shortestEdge = kind.plainSizeIsShortestEdge;
    }
    if (!shortestEdge) {
      return new ImageStep.Squash(file.square("size", kind.size), filter);
    }
    return new ImageStep.ResizeShortestEdge(shortestEdge(), filter);
  }

  private int shortestEdge() {
    JsonNode size = file.get("size");
    return size.isObject()
        ? file.positive(size.path("shortest_edge"), "size.shortest_edge")
        : file.square("size", kind.size);
  }

  private List<ImageStep> convNext() {
    Filter filter = filter(file, kind.filter);
    int size = shortestEdge();
    if (size >= CONVNEXT_SQUASHES) {
      return List.of(new ImageStep.Squash(size, filter));
    }
    double part = file.positiveNumber("crop_pct", 224 / 256.0);
    return List.of(
        new ImageStep.ResizeShortestEdge((int) (size / part), filter),
        new ImageStep.CenterCrop(size));
  }

  static Filter filter(ProcessorFile file, Filter otherwise) {
    if (!file.has("resample")) {
      return otherwise;
    }
    int number = file.get("resample").asInt(-1);
    return Arrays.stream(Filter.values())
        .filter(f -> f.pillowNumber() == number)
        .findFirst()
        .orElseThrow(
            () ->
                file.problem(
                    "has resample " + file.get("resample"),
                    "2 (bilinear) or 3 (bicubic) are known"));
  }

  static Normalization normalization(ProcessorFile file, Normalization otherwise) {
    double scale =
        file.flag("do_rescale", true)
            ? file.positiveNumber("rescale_factor", Normalization.UNIT_SCALE)
            : 1;
    if (!file.flag("do_normalize", true)) {
      return new Normalization(scale, new double[3], new double[] {1, 1, 1});
    }
    return file.normalization(scale, "image_mean", "image_std", otherwise);
  }
}
