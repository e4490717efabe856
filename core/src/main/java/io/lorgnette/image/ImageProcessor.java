package io.lorgnette.image;

import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes a picture into the input of a vision encoder: a list of {@linkplain ImageStep steps} that
 * ends in a square, then {@linkplain Normalization normalisation}.
 *
 * <p>Every step works on bytes and rounds to bytes, as Pillow does; this is the arithmetic of the
 * models' published evaluations. Immutable and thread-safe.
 */
public final class ImageProcessor {

  private final List<ImageStep> steps;
  private final Normalization normalization;
  private final int size;

  /**
   * A processor of its own.
   *
   * @param steps what is done in turn; must end in a square, so the last must be a crop or a squash
   * @throws IllegalArgumentException if they do not end in a square of known size, or crop more
   *     than the step before leaves
   */
  public ImageProcessor(List<ImageStep> steps, Normalization normalization) {
    this.steps = List.copyOf(steps);
    this.normalization = normalization;
    this.size = finalSize(this.steps);
  }

  /** Shortest edge to {@code size}, bicubic, centre crop, CLIP's mean and deviation. */
  public static ImageProcessor clip(int size) {
    return new ImageProcessor(
        List.of(
            new ImageStep.ResizeShortestEdge(size, Filter.BICUBIC), new ImageStep.CenterCrop(size)),
        Normalization.CLIP);
  }

  /** Straight to the square, bicubic, CLIP's mean and deviation: BLIP, BLIP-2, MiniGPT-4. */
  public static ImageProcessor blip(int size) {
    return squash(size, Filter.BICUBIC, Normalization.CLIP);
  }

  /** Padded to a square with CLIP's mean colour, then as {@link #clip}: LLaVA-1.5. */
  public static ImageProcessor llavaPad(int size) {
    int[] colour = Normalization.CLIP.meanColour();
    return new ImageProcessor(
        List.of(
            new ImageStep.PadToSquare(colour[0], colour[1], colour[2]),
            new ImageStep.ResizeShortestEdge(size, Filter.BICUBIC),
            new ImageStep.CenterCrop(size)),
        Normalization.CLIP);
  }

  /** Straight to the square, bicubic, to -1..1. */
  public static ImageProcessor siglip(int size) {
    return squash(size, Filter.BICUBIC, Normalization.HALF);
  }

  /**
   * Shortest edge to {@code size / 0.875} rounded down, bicubic, centre crop, ImageNet's mean and
   * deviation: the usual evaluation of image classifiers, which loses the margins.
   */
  public static ImageProcessor imagenet(int size) {
    return cropped(size, Filter.BICUBIC, Normalization.IMAGENET);
  }

  /** Straight to the square, bicubic, ImageNet's mean and deviation: nothing is cut off. */
  public static ImageProcessor imagenetSquash(int size) {
    return squash(size, Filter.BICUBIC, Normalization.IMAGENET);
  }

  /** As {@link #imagenet(int)} with another kernel and normalisation. */
  public static ImageProcessor cropped(int size, Filter filter, Normalization normalization) {
    return new ImageProcessor(
        List.of(
            new ImageStep.ResizeShortestEdge((int) (size / 0.875), filter),
            new ImageStep.CenterCrop(size)),
        normalization);
  }

  /** As {@link #imagenetSquash(int)} with another kernel and normalisation. */
  public static ImageProcessor squash(int size, Filter filter, Normalization normalization) {
    return new ImageProcessor(List.of(new ImageStep.Squash(size, filter)), normalization);
  }

  /**
   * Reads a processor's file: a {@code preprocessor_config.json} of the Hugging Face libraries
   * (CLIP, BLIP, SigLIP, ViT, DeiT, BEiT, BiT, which DINOv2 uses too, ConvNeXt and LLaVA; where it
   * names none, by {@code model_type} of the {@code config.json} beside it), a {@code config.json}
   * of timm with {@code pretrained_cfg}, or an {@code open_clip_config.json}, whose {@code
   * preprocess_cfg} may be missing. For SigLIP 2 without fixed size see {@link NaflexProcessor}.
   *
   * @throws InputException if the file can not be read, or asks for a kind of processor or a
   *     setting that is not known
   */
  public static ImageProcessor fromConfig(Path file) {
    ProcessorFile read = ProcessorFile.read(file);
    if (read.has("preprocess_cfg") || read.has("model_cfg")) {
      return TrainerConfig.openClip(read);
    }
    if (read.has("pretrained_cfg") || read.has("architecture")) {
      return TrainerConfig.timm(read);
    }
    return ProcessorConfig.read(read);
  }

  /**
   * Reads the processor of a model's folder, from the first of these files that is there: {@code
   * preprocessor_config.json}, {@code open_clip_config.json}, {@code config.json} of timm.
   *
   * @throws InputException as {@link #fromConfig}, or if there is none
   */
  public static ImageProcessor load(Path folder) {
    for (String name : List.of("preprocessor_config.json", "open_clip_config.json")) {
      if (Files.isRegularFile(folder.resolve(name))) {
        return fromConfig(folder.resolve(name));
      }
    }
    Path config = folder.resolve("config.json");
    if (Files.isRegularFile(config) && ProcessorFile.read(config).has("architecture")) {
      return fromConfig(config);
    }
    throw new InputException(
        folder
            + ": has no preprocessor_config.json, no open_clip_config.json and no config.json of"
            + " timm; fetch the file that came with the model");
  }

  /** Width and height of the square in pixels. */
  public int size() {
    return size;
  }

  public List<ImageStep> steps() {
    return steps;
  }

  public Normalization normalization() {
    return normalization;
  }

  /** Pixel values {@code [3, S, S]}, planar. */
  public float[] process(RgbImage image) {
    float[] out = new float[3 * size * size];
    process(image, out, 0);
    return out;
  }

  /**
   * Writes pixel values {@code [3, S, S]} into {@code out} from {@code offset} on: one picture of a
   * batch {@code [B, 3, S, S]}.
   */
  public void process(RgbImage image, float[] out, int offset) {
    normalization.apply(resizedAndCropped(image), out, offset);
  }

  /** Pixel values of several pictures, {@code [B, 3, S, S]}, worked on by all processors. */
  public float[] process(List<RgbImage> images) {
    int each = 3 * size * size;
    float[] out = new float[Math.multiplyExact(images.size(), each)];
    IntStream.range(0, images.size())
        .parallel()
        .forEach(i -> process(images.get(i), out, i * each));
    return out;
  }

  /** What the model sees, before normalisation: {@code S x S} pixels. */
  public RgbImage resizedAndCropped(RgbImage image) {
    RgbImage current = image;
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i) instanceof ImageStep.ResizeShortestEdge resize
          && i + 1 < steps.size()
          && steps.get(i + 1) instanceof ImageStep.Crop crop) {
        current = resize.applyThenCrop(current, crop);
        i++;
      } else {
        current = steps.get(i).apply(current);
      }
    }
    return current;
  }

  /** All settings as a stable string, for cache keys and run records. */
  public String identity() {
    return steps.stream().map(ImageStep::identity).collect(Collectors.joining(";"))
        + ";"
        + normalization.identity();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImageProcessor that && identity().equals(that.identity());
  }

  @Override
  public int hashCode() {
    return identity().hashCode();
  }

  @Override
  public String toString() {
    return identity();
  }

  private static int finalSize(List<ImageStep> steps) {
    int square = 0;
    int atLeast = 0;
    for (ImageStep step : steps) {
      if (step instanceof ImageStep.Squash squash) {
        square = squash.size();
        atLeast = square;
      } else if (step instanceof ImageStep.ResizeShortestEdge resize) {
        square = 0;
        atLeast = resize.size();
      } else if (step instanceof ImageStep.ResizeLongestEdge) {
        square = 0;
        atLeast = 1;
      } else if (step instanceof ImageStep.CropOrPad crop) {
        square = crop.size();
        atLeast = square;
      } else if (step instanceof ImageStep.Crop crop) {
        if (crop.size() > atLeast) {
          throw new IllegalArgumentException(
              crop.identity() + " is larger than the " + atLeast + " pixels before it");
        }
        square = crop.size();
        atLeast = square;
      }
    }
    if (square == 0) {
      throw new IllegalArgumentException("the steps do not end in a square: " + steps);
    }
    return square;
  }
}
