package io.lorgnette.method;

import io.lorgnette.image.RgbImage;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Lifetime;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.JointFolder;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures and sentences as vectors of one space, in plain Java arrays: CLIP or SigLIP with its
 * tokenizer, or a joint space of our own on its encoder. Safe for use by several threads, until it
 * is closed.
 *
 * <p>Legend: I images, T texts, J joint space.
 *
 * @since 0.1
 */
public final class JointEmbedder implements AutoCloseable {

  private static final int IMAGES = 16;
  private static final int TEXTS = 64;

  private final Lifetime lifetime = new Lifetime("this joint space");
  private final String name;
  private final String identity;
  private final DualEncoder pair;
  private final Tokenizer tokenizer;

  private JointEmbedder(String name, String identity, DualEncoder pair, Tokenizer tokenizer) {
    this.name = name;
    this.identity = identity;
    this.pair = pair;
    this.tokenizer = tokenizer;
  }

  /**
   * Loads a pair: CLIP or SigLIP, or a {@link io.lorgnette.vision.JointFolder}.
   *
   * @param name for people
   * @param folder with configuration, processor, weights and tokenizer
   * @throws io.lorgnette.error.InputException if a file is absent or broken, or the kind is no pair
   */
  public static JointEmbedder load(String name, Path folder, Dtype dtype, Device device) {
    Tokenizer tokenizer = Tokenizer.load(folder);
    try {
      DualEncoder pair = DualEncoder.load(folder, dtype, device);
      String identity =
          pair.images().identity() + space(folder) + " tokenizer " + tokenizer.sha256();
      return new JointEmbedder(name, identity + " in " + dtype, pair, tokenizer);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  /** A joint space of our own has weights besides the encoder's. */
  private static String space(Path folder) {
    if (!JointFolder.is(folder)) {
      return "";
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      return " joint space " + checkpoint.sha256();
    }
  }

  /** What people call the model. */
  public String name() {
    return name;
  }

  /** Of weights, tokenizer and number format; equal ones give equal vectors on one machine. */
  public String identity() {
    return identity;
  }

  /** Pictures as vectors of length 1, {@code [I][J]}. */
  public float[][] images(List<RgbImage> pictures) {
    List<float[]> vectors = new ArrayList<>();
    int side = pair.images().processor().size();
    for (int from = 0; from < pictures.size(); from += IMAGES) {
      List<RgbImage> some = pictures.subList(from, Math.min(from + IMAGES, pictures.size()));
      float[] pixels = pair.images().processor().process(some);
      try (Lifetime.Visit visit = lifetime.enter();
          Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        addRows(vectors, pair.imageEmbeds(Tensors.ofFloats(pixels, some.size(), 3, side, side)));
      }
    }
    return vectors.toArray(float[][]::new);
  }

  /** Sentences as vectors of length 1, {@code [T][J]}; long ones lose their end. */
  public float[][] texts(List<String> sentences) {
    List<float[]> vectors = new ArrayList<>();
    for (int from = 0; from < sentences.size(); from += TEXTS) {
      List<String> some = sentences.subList(from, Math.min(from + TEXTS, sentences.size()));
      try (Lifetime.Visit visit = lifetime.enter();
          Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        addRows(vectors, pair.textEmbeds(pair.texts().ids(tokenizer, some), null));
      }
    }
    return vectors.toArray(float[][]::new);
  }

  private static void addRows(List<float[]> rows, Tensor matrix) {
    float[] values = Tensors.toFloats(matrix);
    int width = (int) matrix.size(1);
    for (int from = 0; from < values.length; from += width) {
      rows.add(Arrays.copyOfRange(values, from, from + width));
    }
  }

  /** Waits for the calls that run, then frees all native memory; a call after it is refused. */
  @Override
  public void close() {
    lifetime.end(
        () -> {
          pair.close();
          tokenizer.close();
        });
  }
}
