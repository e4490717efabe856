package io.lorgnette.published;

import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;

/**
 * Images and texts, as a model's processor gives them.
 *
 * @param pixels {@code [I, 3, S, S]}
 * @param ids {@code [B, T]}, with image tokens where the model has them
 * @param mask {@code [B, T]}, 1 where a token is real; or null when all are
 * @param instruction what a Q-Former reads beside each image, {@code [I, T']}; or null
 * @param instructionMask {@code [I, T']}, 1 where a token is real; or null when all are
 */
public record ImageTextBatch(
    Tensor pixels, Tensor ids, Tensor mask, Tensor instruction, Tensor instructionMask) {

  /**
   * Checks the shapes.
   *
   * @throws IllegalArgumentException if a mask is not that of its tokens
   */
  public ImageTextBatch {
    if (ids.dim() != 2) {
      throw new IllegalArgumentException("ids must be [B, T] but are " + Tensors.describe(ids));
    }
    check(ids, mask);
    check(instruction, instructionMask);
  }

  private static void check(Tensor ids, Tensor mask) {
    if (mask != null && (ids == null || !Tensors.describe(ids).equals(Tensors.describe(mask)))) {
      throw new IllegalArgumentException(
          "a mask "
              + Tensors.describe(mask)
              + " is not that of "
              + (ids == null ? "no tokens" : "tokens " + Tensors.describe(ids)));
    }
  }

  /** Texts of one length, without an instruction. */
  public static ImageTextBatch of(Tensor pixels, Tensor ids) {
    return new ImageTextBatch(pixels, ids, null, null, null);
  }
}
