package io.lorgnette.image;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Reads how the libraries timm ({@code config.json} with {@code pretrained_cfg}) and open_clip
 * ({@code open_clip_config.json} with {@code preprocess_cfg}) evaluate: torchvision's steps on
 * Pillow pictures, whose crop rounds otherwise than that of Hugging Face.
 */
final class TrainerConfig {

  private TrainerConfig() {}

  /** What timm's {@code create_transform} makes for evaluation. */
  static ImageProcessor timm(ProcessorFile whole) {
    // Older files have the same keys without the level between.
    ProcessorFile file = whole.has("pretrained_cfg") ? whole.in("pretrained_cfg") : whole;
    int size = inputSize(file);
    Filter filter = file.filterByName("interpolation", Filter.BICUBIC);
    double part = file.positiveNumber("crop_pct", 0.875);
    if (part > 1) {
      throw file.problem("has crop_pct " + part, "a part of the picture, at most 1, was expected");
    }
    int scaled = (int) Math.floor(size / part);
    Normalization normalization =
        file.normalization(Normalization.UNIT_SCALE, "mean", "std", Normalization.IMAGENET);
    ImageStep crop = new ImageStep.EvenCrop(size);
    String mode = file.has("crop_mode") ? file.text("crop_mode") : "center";
    return new ImageProcessor(
        switch (mode) {
          case "center" -> List.of(new ImageStep.ResizeShortestEdge(scaled, filter), crop);
          case "squash" -> List.of(new ImageStep.Squash(scaled, filter), crop);
          case "border" -> {
            int[] fill = new int[3];
            for (int c = 0; c < 3; c++) {
              fill[c] = (int) Math.rint(255 * normalization.mean()[c]);
            }
            yield List.of(
                new ImageStep.ResizeLongestEdge(scaled, filter),
                new ImageStep.CropOrPad(size, fill[0], fill[1], fill[2]));
          }
          default ->
              throw file.problem(
                  "has crop_mode " + file.get("crop_mode"), "center, squash or border are known");
        },
        normalization);
  }

  private static int inputSize(ProcessorFile file) {
    JsonNode size = file.get("input_size");
    if (size.size() != 3 || size.get(0).asInt() != 3 || !size.get(1).equals(size.get(2))) {
      throw file.problem(
          "has input_size " + (size.isMissingNode() ? "missing" : size),
          "[3, S, S] of a square was expected");
    }
    return file.positive(size.get(1), "input_size");
  }

  /** What open_clip's {@code image_transform} makes for evaluation. */
  static ImageProcessor openClip(ProcessorFile whole) {
    ProcessorFile file = whole.in("preprocess_cfg");
    file.only(List.of("size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color"));
    if (file.has("mode") && !file.text("mode").equals("RGB")) {
      throw file.problem("has mode " + file.get("mode"), "RGB is known");
    }
    JsonNode fromModel = whole.in("model_cfg").in("vision_cfg").get("image_size");
    int size =
        file.square(
            "size", fromModel.isMissingNode() ? 224 : file.positive(fromModel, "image_size"));
    Filter filter = file.filterByName("interpolation", Filter.BICUBIC);
    Normalization normalization =
        file.normalization(Normalization.UNIT_SCALE, "mean", "std", Normalization.CLIP);
    String mode = file.has("resize_mode") ? file.text("resize_mode") : "shortest";
    return new ImageProcessor(
        switch (mode) {
          case "shortest" ->
              List.of(new ImageStep.ResizeShortestEdge(size, filter), new ImageStep.EvenCrop(size));
          case "longest" -> {
            int fill = file.get("fill_color").asInt(0);
            if (fill < 0 || fill > 255) {
              throw file.problem("has fill_color " + fill, "0 to 255 was expected");
            }
            yield List.of(
                new ImageStep.ResizeLongestEdge(size, filter),
                new ImageStep.CropOrPad(size, fill, fill, fill));
          }
          case "squash" -> List.of(new ImageStep.Squash(size, filter));
          default ->
              throw file.problem(
                  "has resize_mode " + file.get("resize_mode"),
                  "shortest, longest or squash are known");
        },
        normalization);
  }
}
