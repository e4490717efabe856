package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A pair of towers that place images and texts in one space: CLIP (Radford et al. 2021) or SigLIP
 * (Zhai et al. 2023). Similar ones are near: the cosine is the CLIP score.
 *
 * <p>Compared with Hugging Face's {@code CLIPModel} and {@code SiglipModel} and with OpenCLIP.
 * Weights do not change: one pair serves many threads.
 *
 * <p>Legend: I images, T texts, S image size, L tokens of a text, J joint space.
 */
public final class DualEncoder implements AutoCloseable {

  private final ImageTower images;
  private final TextTower texts;
  private final double scale;
  private final double bias;
  private final boolean sigmoid;

  private DualEncoder(
      ImageTower images, TextTower texts, double scale, double bias, boolean sigmoid) {
    this.images = images;
    this.texts = texts;
    this.scale = scale;
    this.bias = bias;
    this.sigmoid = sigmoid;
  }

  /**
   * Loads a pair from a folder with {@code config.json} of CLIP, SigLIP or SigLIP 2, or with {@code
   * open_clip_config.json}, and its processor and weights.
   *
   * @throws InputException if a file is absent or broken, or the kind is no pair
   */
  public static DualEncoder load(Path folder, Dtype dtype, Device device) {
    if (JointFolder.is(folder)) {
      return JointFolder.load(folder, dtype, device);
    }
    return load(folder, VisionEncoders.processor(folder), dtype, device);
  }

  /** As {@link #load(Path, Dtype, Device)}, with a processor given instead of read. */
  public static DualEncoder load(
      Path folder, ImageProcessor processor, Dtype dtype, Device device) {
    TextTowerConfig text = textConfig(folder);
    if (OpenClipFolder.is(folder)) {
      try (Checkpoint checkpoint = OpenClipFolder.read(folder).open()) {
        return pair(folder, processor, text, checkpoint, dtype, device);
      }
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return pair(folder, processor, text, checkpoint, dtype, device);
    }
  }

  /**
   * Loads a space that {@link JointSpace#save} wrote onto the encoder that it was trained with.
   *
   * @param encoder it is closed with the pair, or at once if this fails
   * @throws InputException if a file is absent or broken, or the space is another encoder's
   */
  public static DualEncoder over(VisionEncoder encoder, Path folder, Dtype dtype, Device device) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      JointConfig config = JointConfig.read(folder, encoder.identity());
      JointSpace space = JointSpace.load(config, checkpoint, dtype, device);
      double scale = Math.exp(scalar(checkpoint, "logit_scale"));
      return new DualEncoder(new JointImages(encoder, space), space.texts(), scale, 0, false);
    } catch (RuntimeException e) {
      encoder.close();
      throw e;
    }
  }

  /**
   * Reads the text tower's sizes from a pair's configuration; weights need not be there.
   *
   * @throws InputException if a file is absent or broken, or the kind is no pair
   */
  public static TextTowerConfig textConfig(Path folder) {
    if (OpenClipFolder.is(folder)) {
      return OpenClipFolder.read(folder).text();
    }
    ConfigFile config = VisionEncoders.config(folder);
    return switch (config.text("model_type")) {
      case "clip", "siglip", "siglip2" -> TextTowerConfig.from(config, true);
      default ->
          throw config.wrong(
              "model_type",
              "is " + config.text("model_type"),
              "a model of images and texts: clip, siglip or siglip2");
    };
  }

  private static DualEncoder pair(
      Path folder,
      ImageProcessor processor,
      TextTowerConfig text,
      Checkpoint checkpoint,
      Dtype dtype,
      Device device) {
    ImageTower images = (ImageTower) VisionEncoders.load(folder, processor, dtype, device);
    return pair(images, text, checkpoint, dtype, device);
  }

  /**
   * A pair with the weights of a checkpoint under OpenAI's names, which come without a
   * configuration.
   *
   * @param processor what makes pixels, of the size that the weights are for
   * @throws InputException if the checkpoint is of another form or the processor of another size
   */
  public static DualEncoder ofOpenAi(
      Checkpoint checkpoint, ImageProcessor processor, Dtype dtype, Device device) {
    TextTowerConfig text = TextTowerConfig.ofOpenAi(checkpoint);
    if (checkpoint.names().contains(ClipVitKeys.VISUAL + "proj")) {
      ClipVitConfig vit = ClipVitConfig.ofOpenAi(checkpoint);
      VisionEncoders.checkSize(checkpoint.path(), vit.imageSize(), processor);
      ClipVit images = ClipVit.of(vit, checkpoint, processor, dtype, device);
      return pair(images, text, checkpoint, dtype, device);
    }
    ClipResNetConfig resNet = ClipResNetConfig.ofOpenAi(checkpoint);
    VisionEncoders.checkSize(checkpoint.path(), resNet.imageSize(), processor);
    ClipResNet images = ClipResNet.of(resNet, checkpoint, processor, dtype, device);
    return pair(images, text, checkpoint, dtype, device);
  }

  /** Takes over the image tower. */
  private static DualEncoder pair(
      ImageTower images,
      TextTowerConfig config,
      Checkpoint checkpoint,
      Dtype dtype,
      Device device) {
    try {
      boolean sigmoid = config.kind() == TextTowerConfig.Kind.SIGLIP;
      double scale = Math.exp(scalar(checkpoint, "logit_scale"));
      double bias = sigmoid ? scalar(checkpoint, "logit_bias") : 0;
      if (images.embedWidth() != config.projection()) {
        throw new InputException(
            checkpoint.path()
                + " places images in a space of "
                + images.embedWidth()
                + " dimensions and texts in one of "
                + config.projection()
                + "; correct its configuration");
      }
      TextTower texts = TextTower.of(config, checkpoint, dtype, device);
      return new DualEncoder(images, texts, scale, bias, sigmoid);
    } catch (RuntimeException e) {
      images.close();
      throw e;
    }
  }

  private static double scalar(Checkpoint checkpoint, String name) {
    if (checkpoint.info(name).elements() != 1) {
      throw new InputException(
          checkpoint.path()
              + " has "
              + name
              + " of shape "
              + checkpoint.info(name).shape()
              + "; expected one number");
    }
    try (Scope scope = Scope.open()) {
      return Tensors.value(checkpoint.get(name));
    }
  }

  /** The vision encoder, which can serve as one by itself; it is closed with the pair. */
  public ImageTower images() {
    return images;
  }

  /** The text tower; it is closed with the pair. */
  public TextTower texts() {
    return texts;
  }

  /** Images as vectors of length 1: {@code [I, 3, S, S] -> [I, J]}, F32. */
  public Tensor imageEmbeds(Tensor pixels) {
    return normalized(images.imageEmbeds(pixels));
  }

  /**
   * Pictures of any shape as vectors of length 1: {@code [I, J]}, F32.
   *
   * @throws IllegalArgumentException if the vision encoder does not take such
   */
  public Tensor imageEmbeds(PatchBatch pictures) {
    if (images instanceof SiglipVit siglip) {
      return normalized(siglip.imageEmbeds(pictures));
    }
    throw new IllegalArgumentException("CLIP takes squares, not patches");
  }

  /**
   * Texts as vectors of length 1, F32.
   *
   * @param ids {@code [T, L]}, see {@link TextTower#ids}
   * @param mask {@code [T, L]}, 1 at text, or null
   * @return {@code [T, J]}
   */
  public Tensor textEmbeds(Tensor ids, Tensor mask) {
    return normalized(texts.textEmbeds(ids, mask));
  }

  private static Tensor normalized(Tensor x) {
    return JointTexts.unit(Tensors.to(x, Dtype.F32));
  }

  /**
   * The cosine of every image with every text, the CLIP score: {@code [I, T]}.
   *
   * @param imageEmbeds of {@link #imageEmbeds}, {@code [I, J]}
   * @param textEmbeds of {@link #textEmbeds}, {@code [T, J]}
   */
  public static Tensor cosines(Tensor imageEmbeds, Tensor textEmbeds) {
    return torch.matmul(imageEmbeds, textEmbeds.t());
  }

  /**
   * The cosine of the i-th image with the i-th text: {@code [I]}, for {@code I = T}.
   *
   * @throws IllegalArgumentException if they are not equally many
   */
  public static Tensor pairCosines(Tensor imageEmbeds, Tensor textEmbeds) {
    if (imageEmbeds.size(0) != textEmbeds.size(0)) {
      throw new IllegalArgumentException(
          imageEmbeds.size(0) + " images do not pair with " + textEmbeds.size(0) + " texts");
    }
    return imageEmbeds.mul(textEmbeds).sum(new long[] {1}, false, null);
  }

  /** The model's own scores of every image with every text, cosines scaled: {@code [I, T]}. */
  public Tensor logits(Tensor imageEmbeds, Tensor textEmbeds) {
    return cosines(imageEmbeds, textEmbeds).mul(new Scalar(scale)).add(new Scalar(bias));
  }

  /**
   * What the model was trained to tell from its scores: for SigLIP the probability of each pair by
   * itself, for CLIP the probability of each text for an image, given that one of them is its.
   *
   * @param logits {@code [I, T]}
   * @return {@code [I, T]}
   */
  public Tensor probabilities(Tensor logits) {
    return sigmoid ? torch.sigmoid(logits) : torch.softmax(logits, 1);
  }

  /** What cosines are multiplied with. */
  public double scale() {
    return scale;
  }

  /** What is then added; 0 for CLIP. */
  public double bias() {
    return bias;
  }

  /**
   * The stages of one pass over images and texts: {@code text_last_hidden_state}, {@code
   * text_pooled} (projected, not normalised), {@code image_embeds}, {@code text_embeds}, {@code
   * logits_per_image}, {@code logits_per_text}.
   */
  public Map<String, Tensor> stages(Tensor pixels, Tensor ids, Tensor mask) {
    try (Scope scope = Scope.open()) {
      return kept(scope, stagesWith(ids, mask, imageEmbeds(pixels)));
    }
  }

  /** As {@link #stages(Tensor, Tensor, Tensor)}, for pictures of any shape. */
  public Map<String, Tensor> stages(PatchBatch pictures, Tensor ids, Tensor mask) {
    try (Scope scope = Scope.open()) {
      return kept(scope, stagesWith(ids, mask, imageEmbeds(pictures)));
    }
  }

  private static Map<String, Tensor> kept(Scope scope, Map<String, Tensor> stages) {
    stages.values().forEach(scope::keep);
    return stages;
  }

  private Map<String, Tensor> stagesWith(Tensor ids, Tensor mask, Tensor image) {
    Map<String, Tensor> stages = new LinkedHashMap<>();
    Tensor states = texts.encode(ids, mask);
    Tensor pooled = texts.projected(ids, states);
    Tensor text = normalized(pooled);
    Tensor logits = logits(image, text);
    stages.put("text_last_hidden_state", states);
    stages.put("text_pooled", pooled);
    stages.put("image_embeds", image);
    stages.put("text_embeds", text);
    stages.put("logits_per_image", logits);
    stages.put("logits_per_text", logits.t());
    return stages;
  }

  /** Parameters of both towers and of the scale, and for SigLIP of the bias. */
  public long parameterCount() {
    return images.parameterCount() + texts.config().parameterCount() + (sigmoid ? 2 : 1);
  }

  @Override
  public void close() {
    images.close();
    texts.close();
  }
}
