package io.lorgnette.image;

import java.nio.file.Path;
import java.util.List;

/**
 * Makes a picture into patches without changing its shape much: it is resized so that its patches
 * are as many as allowed, both edges being whole numbers of patches (SigLIP 2, NaFlex form).
 *
 * <p>Immutable and thread-safe.
 *
 * @param patchSize edge of a patch in pixels
 * @param maxPatches patches of a picture, at most
 */
public record NaflexProcessor(
    int patchSize, int maxPatches, Filter filter, Normalization normalization) {

  private static final List<String> KEYS =
      List.of(
          "image_processor_type",
          "processor_class",
          "do_convert_rgb",
          "do_resize",
          "resample",
          "do_rescale",
          "rescale_factor",
          "do_normalize",
          "image_mean",
          "image_std",
          "patch_size",
          "max_num_patches",
          "data_format",
          "input_data_format",
          "return_tensors",
          "device",
          "disable_grouping",
          "model_input_names",
          "auto_map");

  private static final double PRECISION = 1e-5;
  private static final double LARGEST_SCALE = 100;

  public NaflexProcessor {
    if (patchSize < 1 || patchSize > 1024 || maxPatches < 1 || maxPatches > 1 << 16) {
      throw new IllegalArgumentException(
          "patches of " + patchSize + " pixels, at most " + maxPatches + ", are not possible");
    }
  }

  /**
   * Patches of one picture.
   *
   * @param values {@code [maxPatches, patchSize * patchSize * 3]}; rows behind the picture's own
   *     patches are zero
   * @param rows of patches in the picture
   * @param columns of patches in the picture
   */
  @SuppressWarnings("ArrayRecordComponent") // On its way to a tensor.
  public record Patches(float[] values, int rows, int columns) {

    /** How many rows of {@link #values} hold a part of the picture. */
    public int count() {
      return rows * columns;
    }
  }

  /**
   * Reads the {@code preprocessor_config.json} of a Siglip2ImageProcessor.
   *
   * @throws io.lorgnette.error.InputException if it is of another kind, or asks for something that
   *     is not known
   */
  public static NaflexProcessor fromConfig(Path preprocessorConfig) {
    ProcessorFile file = ProcessorFile.read(preprocessorConfig);
    String name = file.text("image_processor_type");
    if (!name.matches("Siglip2ImageProcessor(Fast|Pil)?")) {
      throw file.problem(
          "has the processor \"" + name + "\" in image_processor_type",
          "Siglip2ImageProcessor was expected");
    }
    file.only(KEYS);
    if (!file.flag("do_resize", true)) {
      throw file.problem("sets do_resize to false", "patches need edges that they fill");
    }
    try {
      return new NaflexProcessor(
          file.has("patch_size") ? file.positive(file.get("patch_size"), "patch_size") : 16,
          file.has("max_num_patches")
              ? file.positive(file.get("max_num_patches"), "max_num_patches")
              : 256,
          ProcessorConfig.filter(file, Filter.BILINEAR),
          ProcessorConfig.normalization(file, Normalization.HALF));
    } catch (IllegalArgumentException e) {
      throw file.problem("does not fit: " + e.getMessage(), "check patch_size");
    }
  }

  /** Patches in the order of reading; in a patch pixel by pixel, red, green, blue. */
  public Patches process(RgbImage image) {
    double scale = scale(image);
    int height = edge(image.height(), scale);
    int width = edge(image.width(), scale);
    RgbImage resized = Resampler.resize(image, width, height, filter);
    float[] planes = new float[3 * width * height];
    normalization.apply(resized, planes, 0);
    int rows = height / patchSize;
    int columns = width / patchSize;
    float[] values = new float[Math.multiplyExact(maxPatches, 3 * patchSize * patchSize)];
    int to = 0;
    for (int patch = 0; patch < rows * columns; patch++) {
      int top = patch / columns * patchSize;
      int left = patch % columns * patchSize;
      for (int y = top; y < top + patchSize; y++) {
        for (int x = left; x < left + patchSize; x++) {
          for (int c = 0; c < 3; c++) {
            values[to++] = planes[(c * height + y) * width + x];
          }
        }
      }
    }
    return new Patches(values, rows, columns);
  }

  /** The largest scale at which the patches are not too many, by halving, as the reference does. */
  private double scale(RgbImage image) {
    double low = PRECISION / 10;
    double high = LARGEST_SCALE;
    while (high - low >= PRECISION) {
      double middle = (low + high) / 2;
      double patches =
          (edge(image.height(), middle) / (double) patchSize)
              * (edge(image.width(), middle) / (double) patchSize);
      if (patches <= maxPatches) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  private int edge(int pixels, double scale) {
    return (int) Math.max(patchSize, Math.ceil(pixels * scale / patchSize) * patchSize);
  }

  /** All settings as a stable string, for cache keys and run records. */
  public String identity() {
    return "naflex("
        + patchSize
        + ","
        + maxPatches
        + ","
        + filter.label()
        + ");"
        + normalization.identity();
  }
}
