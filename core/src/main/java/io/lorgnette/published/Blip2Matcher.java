package io.lorgnette.published;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.language.HfFields;
import io.lorgnette.mapper.ImageTextModel;
import io.lorgnette.mapper.MatchHeads;
import io.lorgnette.mapper.QFormer;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerKeys;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * BLIP-2 after its first stage (Li et al. 2023) as Hugging Face publishes it: tells whether a text
 * fits an image, by a Q-Former that sees and reads both (ITM), or by comparing what it made of each
 * (ITC).
 *
 * <p>Checked against Hugging Face's {@code Blip2ForImageTextRetrieval}. Immutable: one loaded model
 * serves many threads.
 *
 * <p>Legend: see the package; J width of the joint space, Q queries.
 */
public final class Blip2Matcher implements AutoCloseable {

  private final VisionEncoder encoder;
  private final QFormer qformer;
  private final MatchHeads heads;
  private final Parameters parameters;

  private Blip2Matcher(VisionEncoder encoder, QFormerConfig config, Parameters parameters) {
    this.encoder = encoder;
    this.parameters = parameters;
    this.qformer = new QFormer(config, parameters);
    this.heads = new MatchHeads(config.queries(), parameters);
  }

  /**
   * Loads {@code config.json}, {@code preprocessor_config.json} and the weights beside them.
   *
   * @throws io.lorgnette.error.InputException if they do not describe such a model
   */
  public static Blip2Matcher load(Path folder, Dtype dtype, Device device) {
    return load(
        folder,
        ImageProcessor.fromConfig(folder.resolve("preprocessor_config.json")),
        dtype,
        device);
  }

  /** As {@link #load(Path, Dtype, Device)}, with a processor given instead of read. */
  public static Blip2Matcher load(
      Path folder, ImageProcessor processor, Dtype dtype, Device device) {
    HfFields fields = HfFields.read(folder.resolve("config.json"));
    Blip2Config config = Blip2Config.read(fields);
    if (config.qformer().text() == null) {
      throw new InputException(
          fields.file()
              + " has a Q-Former that reads no text; a model that writes is loaded as one");
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Opened opened = new Opened()) {
      VisionEncoder encoder = opened.add(VisionEncoders.load(folder, processor, dtype, device));
      Map<String, Tensor> own =
          keys(config).ignore("vision_model\\..*").read(checkpoint, Dtype.F32, device);
      opened.keep();
      return new Blip2Matcher(encoder, config.qformer(), Parameters.of(own));
    }
  }

  /** Whether a {@code config.json} is that of this form of BLIP-2. */
  public static boolean describes(HfFields config) {
    return config.text("model_type", "").equals("blip-2")
        && config.json().path("architectures").path(0).asText().endsWith("ImageTextRetrieval");
  }

  /** The names of all but the encoder. */
  static KeyMap keys(Blip2Config config) {
    KeyMap keys = QFormerKeys.of(config.qformer(), QFormerKeys.Form.BLIP2);
    MatchHeads.name(keys, MatchHeads.Form.BLIP2, config.jointWidth(), config.qformer().width());
    return keys;
  }

  /** Words that the Q-Former reads. */
  public int vocabulary() {
    return qformer.config().text().vocabulary();
  }

  /** The vision encoder; it is closed with the model. */
  public VisionEncoder encoder() {
    return encoder;
  }

  /**
   * Scores of the i-th image with the i-th text.
   *
   * @param pixels {@code [B, 3, S, S]}
   * @param ids {@code [B, T]}
   * @param mask {@code [B, T]}, 1 where a token is real; or null
   * @return {@code [B, 2]}: against and for a match; their softmax is its probability
   */
  public Tensor match(Tensor pixels, Tensor ids, Tensor mask) {
    return onFeatures().match(encoder.encode(pixels), ids, mask);
  }

  /** Each image as Q vectors of length 1: {@code [I, 3, S, S] -> [I, Q, J]}. */
  public Tensor imageEmbeds(Tensor pixels) {
    return onFeatures().imageEmbeds(encoder.encode(pixels));
  }

  /**
   * Each text as a vector of length 1.
   *
   * @param ids {@code [B, T]}
   * @param mask {@code [B, T]}, 1 where a token is real; or null
   * @return {@code [B, J]}
   */
  public Tensor textEmbeds(Tensor ids, Tensor mask) {
    return onFeatures().textEmbeds(ids, mask);
  }

  /**
   * The same on features that {@link #encoder} has given, for retrieval among images that are
   * encoded once. It lives as long as this model.
   */
  public ImageTextModel onFeatures() {
    return new OnFeatures(qformer, heads, Tensors.device(parameters.get("queries")));
  }

  private record OnFeatures(QFormer qformer, MatchHeads heads, Device device)
      implements ImageTextModel {

    @Override
    public Tensor imageEmbeds(Tensor features) {
      return heads.images(qformer.see(features, Dropout.NONE));
    }

    @Override
    public Tensor textEmbeds(Tensor ids, Tensor mask) {
      return heads.texts(qformer.read(ids, mask, Dropout.NONE));
    }

    @Override
    public Tensor match(Tensor features, Tensor ids, Tensor mask) {
      return heads.match(qformer.seeAndRead(features, ids, mask, Dropout.NONE));
    }
  }

  /**
   * All results by names that are those of a reference's recorded outputs: {@code itm_hidden},
   * {@code itm_logits}, {@code itc_image_embeds}, {@code itc_text_embeds}, {@code
   * itc_logits_per_image}, {@code itc_logits_per_text}, after those of the encoder.
   */
  public Map<String, Tensor> stages(Tensor pixels, Tensor ids, Tensor mask) {
    Map<String, Tensor> stages = new LinkedHashMap<>();
    encoder.stages(pixels).forEach((name, x) -> stages.put("vision_" + name, x));
    Tensor features = stages.get("vision_last_hidden_state");
    Tensor states = qformer.seeAndRead(features, ids, mask, Dropout.NONE);
    stages.put("itm_hidden", states);
    stages.put("itm_logits", heads.match(states));
    Tensor seen = qformer.see(features, Dropout.NONE);
    Tensor images = heads.images(seen);
    Tensor texts = textEmbeds(ids, mask);
    Tensor near = MatchHeads.nearness(images, texts);
    stages.put("itc_image_embeds", images);
    stages.put("itc_text_embeds", texts);
    stages.put("itc_logits_per_image", near);
    stages.put("itc_logits_per_text", near.t());
    return stages;
  }

  /** Parameters of all parts. */
  public long parameterCount() {
    return encoder.parameterCount() + parameters.count();
  }

  @Override
  public void close() {
    encoder.close();
    parameters.close();
  }
}
