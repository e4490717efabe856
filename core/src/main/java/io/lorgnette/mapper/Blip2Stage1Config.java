package io.lorgnette.mapper;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * What BLIP-2's first stage trains (Li et al. 2023), described: a Q-Former that reads, the norm of
 * the image's features, and the heads of its three losses.
 *
 * @param qformer with a text side, whose last word begins a text to be written
 * @param jointWidth J, width of the space in which images and texts are compared
 */
public record Blip2Stage1Config(QFormerConfig qformer, int jointWidth) {

  private static final int PUBLISHED_JOINT_WIDTH = 256;
  private static final String WORDS = "Qformer.bert.embeddings.word_embeddings.weight";
  private static final String HEAD = "Qformer.cls.predictions.";

  /** What a LAVIS checkpoint holds of other parts. */
  private static final String ENCODER = "visual_encoder\\..*";

  /**
   * Checks the sizes.
   *
   * @throws IllegalArgumentException if there is no text side or no joint space
   */
  public Blip2Stage1Config {
    if (qformer.text() == null || qformer.text().vocabulary() < 2) {
      throw new IllegalArgumentException(
          "BLIP-2's first stage needs a Q-Former that reads words and has one that begins a text");
    }
    if (jointWidth < 1) {
      throw new IllegalArgumentException("jointWidth must be at least 1 but is " + jointWidth);
    }
  }

  /** The published sizes for an image encoder's width: 1408 for ViT-g, 1024 for ViT-L. */
  public static Blip2Stage1Config base(int imageWidth) {
    return new Blip2Stage1Config(
        QFormerConfig.base(imageWidth).withText(QFormerConfig.TextSide.BERT_WITH_BEGIN),
        PUBLISHED_JOINT_WIDTH);
  }

  /** The word that begins a text to be written, {@code [DEC]}: the last one. */
  public int begin() {
    return qformer.text().vocabulary() - 1;
  }

  /**
   * LAVIS' names. The encoder, if it is there, is passed over; the tied output matrix must be that
   * of the words.
   */
  public KeyMap keys() {
    KeyMap keys = trunk();
    MatchHeads.name(keys, MatchHeads.Form.LAVIS, jointWidth, qformer.width());
    keys.add("temperature", "temp");
    return keys;
  }

  /** LAVIS' names of all but the heads that compare. */
  KeyMap trunk() {
    int d = qformer.width();
    KeyMap keys = QFormerKeys.of(qformer, QFormerKeys.Form.LAVIS);
    linear(keys, "word_head.dense", HEAD + "transform.dense", d);
    norm(keys, "word_head.norm", HEAD + "transform.LayerNorm", d);
    keys.add("word_head.bias", HEAD + "bias", qformer.text().vocabulary());
    norm(keys, "image_norm", "ln_vision", qformer.imageWidth());
    keys.alias(WORDS, HEAD + "decoder.weight");
    keys.alias(HEAD + "bias", HEAD + "decoder.bias");
    return keys.ignore(ENCODER);
  }

  /**
   * Hugging Face's names for retrieval ({@code Blip2ForImageTextRetrieval}), which has neither the
   * head of words nor a temperature; the features' norm is the encoder's last one there.
   */
  public KeyMap hubKeys() {
    KeyMap keys = QFormerKeys.of(qformer, QFormerKeys.Form.BLIP2);
    norm(keys, "image_norm", "vision_model.post_layernorm", qformer.imageWidth());
    MatchHeads.name(keys, MatchHeads.Form.BLIP2, jointWidth, qformer.width());
    return keys.ignore("vision_model\\.(?!post_layernorm\\.).*");
  }

  private static void linear(KeyMap keys, String own, String stored, long width) {
    keys.add(own + ".weight", stored + ".weight", width, width);
    keys.add(own + ".bias", stored + ".bias", width);
  }

  private static void norm(KeyMap keys, String own, String stored, long width) {
    keys.add(own + ".weight", stored + ".weight", width);
    keys.add(own + ".bias", stored + ".bias", width);
  }

  /** Trained parameters, computed from the sizes. */
  public long parameterCount() {
    return keys().parameterCount();
  }

  /** A model to be trained from scratch, in F32, the same on every machine. */
  public Blip2Stage1 create(long seed, Device device) {
    return of(Parameters.of(Blip2Stage1Init.draw(this, seed, device)));
  }

  /**
   * A model to be trained whose text side is a BERT's, and so is the queries' feed-forward; the
   * rest is drawn.
   *
   * @param bert with one word less than this model, such as {@code bert-base-uncased}
   * @throws io.lorgnette.error.InputException listing the tensors that do not fit
   */
  public Blip2Stage1 createFrom(Checkpoint bert, long seed, Device device) {
    return of(Parameters.of(Blip2Stage1Init.fromBert(this, bert, seed, device)));
  }

  /**
   * Reads a checkpoint of LAVIS.
   *
   * @throws io.lorgnette.error.InputException listing the tensors that do not fit
   */
  public Blip2Stage1 read(Checkpoint checkpoint, Dtype dtype, Device device) {
    return of(Parameters.of(keys().read(checkpoint, dtype, device)));
  }

  /** A model of given weights, by the own names of {@link #keys}, which it owns from then on. */
  public Blip2Stage1 of(Parameters parameters) {
    return new Blip2Stage1(this, parameters);
  }

  /** All that a state dict of LAVIS holds, the tied and the constant tensors included; views. */
  Map<String, Tensor> stored(Map<String, Tensor> own) {
    Map<String, Tensor> stored = keys().write(own);
    stored.put(HEAD + "decoder.weight", stored.get(WORDS));
    stored.put(HEAD + "decoder.bias", stored.get(HEAD + "bias"));
    int positions = qformer.text().positions();
    stored.put(
        "Qformer.bert.embeddings.position_ids",
        Tensors.range(positions, Device.CPU).view(1, positions));
    return stored;
  }
}
