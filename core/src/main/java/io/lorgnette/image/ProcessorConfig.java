package io.lorgnette.image;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Reads {@code preprocessor_config.json}, in its older and newer spellings. */
final class ProcessorConfig {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A known kind, with what holds where the file is silent: the defaults of the Hugging Face class
   * of that name.
   *
   * @param plainSizeIsShortestEdge what a {@code size} without a name for its number means
   * @param crop 0 where this kind does not crop
   */
  private record Kind(
      String className,
      boolean plainSizeIsShortestEdge,
      int size,
      int crop,
      Filter filter,
      Normalization normalization) {}

  private static final List<Kind> KINDS =
      List.of(
          new Kind("CLIPImageProcessor", true, 224, 224, Filter.BICUBIC, Normalization.CLIP),
          new Kind("BlipImageProcessor", false, 384, 0, Filter.BICUBIC, Normalization.CLIP),
          new Kind("SiglipImageProcessor", false, 224, 0, Filter.BICUBIC, Normalization.HALF),
          new Kind("ViTImageProcessor", false, 224, 0, Filter.BILINEAR, Normalization.HALF),
          new Kind("DeiTImageProcessor", false, 256, 224, Filter.BICUBIC, Normalization.IMAGENET),
          new Kind("BeitImageProcessor", false, 256, 224, Filter.BICUBIC, Normalization.HALF),
          new Kind("BitImageProcessor", true, 224, 224, Filter.BICUBIC, Normalization.CLIP),
          new Kind("LlavaImageProcessor", true, 224, 224, Filter.BICUBIC, Normalization.CLIP));

  private final Path file;
  private final JsonNode json;
  private final Kind kind;

  private ProcessorConfig(Path file, JsonNode json) {
    this.file = file;
    this.json = json;
    String key =
        json.has("image_processor_type") ? "image_processor_type" : "feature_extractor_type";
    String name = json.path(key).asText();
    // Older files say FeatureExtractor; the suffixes name the library's implementation.
    String plain =
        name.replaceFirst("(Fast|Pil)$", "").replace("FeatureExtractor", "ImageProcessor");
    kind =
        KINDS.stream()
            .filter(k -> k.className.equals(plain))
            .findFirst()
            .orElseThrow(() -> problem("has the processor \"" + name + "\" in " + key, known()));
  }

  private static String known() {
    return KINDS.stream().map(Kind::className).collect(Collectors.joining(", ", "known are ", ""));
  }

  static ImageProcessor read(Path file) {
    JsonNode json;
    try {
      json = JSON.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      String place = e.getLocation() == null ? "" : " in line " + e.getLocation().getLineNr();
      throw new InputException(
          file + " is not valid JSON" + place + "; restore the file that came with the model", e);
    } catch (IOException e) {
      throw new InputException(
          file + " can not be read; give the path of a preprocessor_config.json", e);
    }
    if (!json.isObject()) {
      throw new InputException(
          file + " holds no JSON object; give the path of a preprocessor_config.json");
    }
    return new ProcessorConfig(file, json).processor();
  }

  private ImageProcessor processor() {
    List<ImageStep> steps = new ArrayList<>();
    Normalization normalization = normalization();
    boolean pads = kind.className.equals("LlavaImageProcessor");
    if (flag("do_pad", pads)) {
      if (!pads) {
        throw problem("sets do_pad", "only LlavaImageProcessor pads");
      }
      int[] colour = normalization.meanColour();
      steps.add(new ImageStep.PadToSquare(colour[0], colour[1], colour[2]));
    }
    if (!flag("do_resize", true)) {
      throw problem("sets do_resize to false", "a vision encoder needs one size");
    }
    steps.add(resize());
    if (flag("do_center_crop", kind.crop != 0)) {
      steps.add(new ImageStep.CenterCrop(square("crop_size", kind.crop)));
    }
    try {
      return new ImageProcessor(steps, normalization);
    } catch (IllegalArgumentException e) {
      throw problem("does not describe a square picture: " + e.getMessage(), "check size and crop");
    }
  }

  private ImageStep resize() {
    Filter filter = filter();
    JsonNode size = json.path("size");
    boolean shortestEdge = size.has("shortest_edge");
    if (!size.isObject()) {
      shortestEdge = kind.plainSizeIsShortestEdge;
    }
    if (!shortestEdge) {
      return new ImageStep.Squash(square("size", kind.size), filter);
    }
    int edge =
        size.isObject()
            ? positive(size.get("shortest_edge"), "size.shortest_edge")
            : square("size", kind.size);
    return new ImageStep.ResizeShortestEdge(edge, filter);
  }

  private Filter filter() {
    if (!json.hasNonNull("resample")) {
      return kind.filter;
    }
    int number = json.get("resample").asInt(-1);
    return Arrays.stream(Filter.values())
        .filter(f -> f.pillowNumber() == number)
        .findFirst()
        .orElseThrow(
            () ->
                problem(
                    "has resample " + json.get("resample"),
                    "2 (bilinear) or 3 (bicubic) are known"));
  }

  private Normalization normalization() {
    double scale = flag("do_rescale", true) ? number("rescale_factor") : 1;
    if (!flag("do_normalize", true)) {
      return new Normalization(scale, new double[3], new double[] {1, 1, 1});
    }
    try {
      return new Normalization(
          scale,
          triple("image_mean", kind.normalization.mean()),
          triple("image_std", kind.normalization.std()));
    } catch (IllegalArgumentException e) {
      throw problem("has a bad image_mean or image_std", e.getMessage());
    }
  }

  private double number(String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return Normalization.UNIT_SCALE;
    }
    if (!value.isNumber() || !(value.asDouble() > 0)) {
      throw problem("has " + key + " " + value, "a positive number was expected");
    }
    return value.asDouble();
  }

  private double[] triple(String key, double[] otherwise) {
    JsonNode values = json.path(key);
    if (values.isMissingNode() || values.isNull()) {
      return otherwise;
    }
    double[] triple = new double[3];
    for (int i = 0; i < 3; i++) {
      if (values.size() != 3 || !values.get(i).isNumber()) {
        throw problem("has " + key + " " + values, "three numbers were expected");
      }
      triple[i] = values.get(i).asDouble();
    }
    return triple;
  }

  private boolean flag(String key, boolean otherwise) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      throw problem("has " + key + " " + value, "true or false was expected");
    }
    return value.booleanValue();
  }

  /** A plain number, or height and width that are equal. */
  private int square(String key, int otherwise) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isObject()) {
      return positive(value, key);
    }
    int height = positive(value.path("height"), key + ".height");
    int width = positive(value.path("width"), key + ".width");
    if (height != width) {
      throw problem("has " + key + " " + value, "a square was expected");
    }
    return height;
  }

  private int positive(JsonNode value, String key) {
    if (!value.canConvertToInt() || value.intValue() < 1 || value.intValue() > 16_384) {
      throw problem(
          "has " + key + " " + (value.isMissingNode() ? "missing" : value),
          "a whole number of pixels was expected");
    }
    return value.intValue();
  }

  private InputException problem(String what, String expected) {
    return new InputException(file + " " + what + "; " + expected);
  }
}
