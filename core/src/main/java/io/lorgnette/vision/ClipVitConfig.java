package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import io.lorgnette.weights.Checkpoint;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shape of the vision transformer of CLIP (Radford et al. 2021), and which of its tokens are the
 * features.
 *
 * @param imageSize S, pixels
 * @param patch side of a patch, pixels
 * @param width Di
 * @param layers number of blocks
 * @param heads h
 * @param hidden width of the feed-forward
 * @param activation of the feed-forward: quick GELU in OpenAI's models, GELU in OpenCLIP's
 * @param normEpsilon of layer norms
 * @param projection width of the joint space of images and texts; 0 if the checkpoint is without
 * @param skippedLayers blocks at the end that the features do not go through: 0 for the last hidden
 *     state, 1 for the penultimate
 * @param classToken whether the class token is the first of the features
 */
public record ClipVitConfig(
    int imageSize,
    int patch,
    int width,
    int layers,
    int heads,
    int hidden,
    Activation activation,
    double normEpsilon,
    int projection,
    int skippedLayers,
    boolean classToken) {

  public ClipVitConfig {
    int[] sizes = {imageSize, patch, width, layers, heads, hidden};
    String[] names = {"image_size", "patch_size", "hidden_size", "num_hidden_layers"};
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < 1) {
        String name =
            i < names.length ? names[i] : i == 4 ? "num_attention_heads" : "intermediate_size";
        throw new IllegalArgumentException(name + " must be at least 1 but is " + sizes[i]);
      }
    }
    if (patch > imageSize) {
      throw new IllegalArgumentException(
          "patch_size " + patch + " is larger than image_size " + imageSize);
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "hidden_size " + width + " is no multiple of num_attention_heads " + heads);
    }
    if (!(normEpsilon > 0)) {
      throw new IllegalArgumentException("layer_norm_eps must be above 0 but is " + normEpsilon);
    }
    if (projection < 0) {
      throw new IllegalArgumentException("projection_dim must not be below 0 but is " + projection);
    }
    if (skippedLayers < 0 || skippedLayers >= layers) {
      throw new IllegalArgumentException(
          "of " + layers + " layers " + skippedLayers + " can not be skipped");
    }
  }

  private static final Pattern OUTPUT = Pattern.compile("(?:last|layer-(\\d{1,4}))(-patches)?");

  private static ClipVitConfig openAi(
      int imageSize, int patch, int width, int layers, int projection) {
    return new ClipVitConfig(
        imageSize,
        patch,
        width,
        layers,
        width / 64,
        4 * width,
        Activation.QUICK_GELU,
        1e-5,
        projection,
        0,
        true);
  }

  /** CLIP ViT-B/32: 87,456,000 parameters without projection. */
  public static ClipVitConfig vitB32() {
    return openAi(224, 32, 768, 12, 0);
  }

  /** CLIP ViT-B/16: 85,799,424 parameters without projection. */
  public static ClipVitConfig vitB16() {
    return openAi(224, 16, 768, 12, 0);
  }

  /** CLIP ViT-L/14: 303,179,776 parameters without projection. */
  public static ClipVitConfig vitL14() {
    return openAi(224, 14, 1024, 24, 0);
  }

  /** CLIP ViT-L/14 at 336 pixels: 303,507,456 parameters without projection. */
  public static ClipVitConfig vitL14At336() {
    return openAi(336, 14, 1024, 24, 0);
  }

  /** The same model with a projection to a joint space, or with 0 without. */
  public ClipVitConfig withProjection(int newProjection) {
    return new ClipVitConfig(
        imageSize,
        patch,
        width,
        layers,
        heads,
        hidden,
        activation,
        normEpsilon,
        newProjection,
        skippedLayers,
        classToken);
  }

  /** The same model with another choice of features. */
  public ClipVitConfig withOutput(int newSkippedLayers, boolean withClassToken) {
    return new ClipVitConfig(
        imageSize,
        patch,
        width,
        layers,
        heads,
        hidden,
        activation,
        normEpsilon,
        projection,
        newSkippedLayers,
        withClassToken);
  }

  /**
   * The same model with the choice of features that has the {@linkplain #outputName name}.
   *
   * @throws InputException if no choice has
   */
  public ClipVitConfig withOutput(String name) {
    Matcher matcher = OUTPUT.matcher(name);
    if (matcher.matches()) {
      int fromEnd = matcher.group(1) == null ? 1 : Integer.parseInt(matcher.group(1));
      if (fromEnd >= 1 && fromEnd <= layers) {
        return withOutput(fromEnd - 1, matcher.group(2) == null);
      }
    }
    throw new InputException(
        "a CLIP encoder has no output '"
            + name
            + "'; choose last or layer-2 to layer-"
            + layers
            + ", with -patches added to drop the class token");
  }

  /** N. */
  public int tokens() {
    return patches() + (classToken ? 1 : 0);
  }

  int patches() {
    return (imageSize / patch) * (imageSize / patch);
  }

  /**
   * Parameters of the published model, with its last norm and, where it has one, its projection.
   */
  public long parameterCount() {
    return ClipVitKeys.huggingFace(this, "").parameterCount();
  }

  /** One line for people and identities. */
  public String describe() {
    return "clip-vit "
        + imageSize
        + "px patch"
        + patch
        + " width"
        + width
        + " layers"
        + layers
        + " heads"
        + heads
        + " ffn"
        + hidden
        + " "
        + activation.name().toLowerCase(Locale.ROOT)
        + " eps "
        + normEpsilon;
  }

  /**
   * {@code last} or {@code layer-2} for the penultimate and so on; {@code -patches} is added where
   * the class token is dropped.
   */
  public String outputName() {
    return (skippedLayers == 0 ? "last" : "layer-" + (skippedLayers + 1))
        + (classToken ? "" : "-patches");
  }

  /**
   * From a Hugging Face configuration, of the vision part alone or of the pair; what the file does
   * not say is as that library has it.
   *
   * @param hasProjection whether the checkpoint has one
   */
  static ClipVitConfig from(ConfigFile file, boolean hasProjection) {
    ConfigFile vision = file.has("vision_config") ? file.object("vision_config") : file;
    String name = vision.text("hidden_act", "quick_gelu");
    Activation activation = Activation.named(name);
    if (activation == null) {
      throw vision.wrong("hidden_act", "is " + name, "quick_gelu or gelu");
    }
    ConfigFile projected = file.has("projection_dim") ? file : vision;
    int projection = hasProjection ? projected.integer("projection_dim", 512) : 0;
    if (vision.integer("num_channels", 3) != 3) {
      throw vision.wrong("num_channels", "is " + vision.integer("num_channels"), "3");
    }
    try {
      return new ClipVitConfig(
          vision.integer("image_size", 224),
          vision.integer("patch_size", 32),
          vision.integer("hidden_size", 768),
          vision.integer("num_hidden_layers", 12),
          vision.integer("num_attention_heads", 12),
          vision.integer("intermediate_size", 3072),
          activation,
          vision.number("layer_norm_eps", 1e-5),
          projection,
          0,
          true);
    } catch (IllegalArgumentException e) {
      throw vision.wrong(e);
    }
  }

  /**
   * From the shapes in a checkpoint under OpenAI's names, which come without a configuration: heads
   * are 64 wide and the activation is quick GELU.
   *
   * @throws InputException if a tensor that tells a size is missing
   */
  public static ClipVitConfig ofOpenAi(Checkpoint checkpoint) {
    List<Long> patches = checkpoint.info("visual.conv1.weight").shape(); // [Di, 3, p, p]
    long positions = checkpoint.info("visual.positional_embedding").shape().get(0);
    int projection = checkpoint.info("visual.proj").shape().get(1).intValue();
    Set<String> names = checkpoint.names();
    int layers = 0;
    while (names.contains("visual.transformer.resblocks." + layers + ".ln_1.weight")) {
      layers++;
    }
    int patch = patches.get(3).intValue();
    int side = (int) Math.round(Math.sqrt(positions - 1.0)) * patch;
    return openAi(side, patch, patches.get(0).intValue(), layers, projection);
  }
}
