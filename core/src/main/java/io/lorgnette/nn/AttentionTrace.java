package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Sees, layer by layer, how what stands for an image attends to the image's tokens. */
@FunctionalInterface
public interface AttentionTrace {

  /** Sees nothing. */
  AttentionTrace NONE = (layer, looked) -> {};

  /**
   * Takes one layer's attention.
   *
   * @param layer from 0
   * @param looked valid during the call only
   */
  void layer(int layer, Looked looked);

  /**
   * One attention over heads without a mask. Legend: h heads of width d, T queries, S keys, N image
   * tokens.
   *
   * @param q {@code [B, h, T, d]}
   * @param k {@code [B, h, S, d]}; the first N are the image's
   * @param v as {@code k}
   * @param out what the layer itself made of them, {@code [B, T, h * d]}
   * @param together whether all keys are queries too, in the same order: image tokens among
   *     themselves and with what stands for them. Else the queries alone stand for the image
   */
  record Looked(Tensor q, Tensor k, Tensor v, Tensor out, boolean together) {

    /** The weights, computed anew in F32: {@code [B, h, T, S]}, each row with sum 1. */
    public Tensor weights() {
      Scalar scale = new Scalar(1 / Math.sqrt((double) q.size(3)));
      Tensor scores =
          torch.matmul(Tensors.to(q, Dtype.F32), Tensors.to(k, Dtype.F32).transpose(2, 3));
      return torch.softmax(scores.mul(scale), -1);
    }
  }
}
