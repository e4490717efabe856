package io.lorgnette.vision;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Texts in a joint space of images and texts: a frozen text tower with its tokenizer, for models
 * that learn from it. Weights do not change: safe for use by several threads.
 */
public final class JointTexts implements AutoCloseable {

  private final TextTower tower;
  private final Tokenizer tokenizer;

  /** Puts a tower and its tokenizer together, and owns both from then on. */
  public JointTexts(TextTower tower, Tokenizer tokenizer) {
    this.tower = tower;
    this.tokenizer = tokenizer;
  }

  /**
   * Loads the text side of a folder: CLIP's or SigLIP's with its tokenizer, or a {@link
   * JointFolder}.
   *
   * @throws io.lorgnette.error.InputException if a file is absent or broken
   */
  public static JointTexts load(Path folder, Dtype dtype, Device device) {
    Tokenizer tokenizer = Tokenizer.load(folder);
    try {
      TextTower tower =
          JointFolder.is(folder)
              ? JointFolder.texts(folder, dtype, device)
              : TextTower.load(folder, dtype, device);
      return new JointTexts(tower, tokenizer);
    } catch (RuntimeException | Error e) {
      tokenizer.close();
      throw e;
    }
  }

  /** J. */
  public int width() {
    return tower.config().projection();
  }

  /** Texts as vectors of length 1, {@code [B, J]}, without gradients; at least in F32. */
  public Tensor embeds(List<String> texts) {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      return unit(tower.textEmbeds(tower.ids(tokenizer, texts), null));
    }
  }

  /**
   * Rows divided by their lengths, in F64 where they are, else in F32: {@code [B, J]} both. A row
   * of zeros, which has no direction, stays as it is.
   */
  public static Tensor unit(Tensor x) {
    Tensor wide = Tensors.dtype(x) == Dtype.F64 ? x : Tensors.to(x, Dtype.F32);
    Tensor length = wide.square().sum(new long[] {1}, true, null).sqrt();
    return wide.div(length.clamp_min(new Scalar(1e-12)));
  }

  /** Frees tower and tokenizer. */
  @Override
  public void close() {
    tower.close();
    tokenizer.close();
  }
}
