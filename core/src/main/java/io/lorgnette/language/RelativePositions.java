package io.lorgnette.language;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * T5's relative positions (Raffel et al. 2020): the distance of a key decides what is added to its
 * product with a query. Near distances have a bucket each, far ones share buckets that grow with
 * the logarithm.
 */
final class RelativePositions {

  private RelativePositions() {}

  /**
   * What to add to the products.
   *
   * @param table {@code [buckets, h]}
   * @param t queries, the last of the s
   * @param s keys
   * @param bothWays whether keys behind the query have buckets of their own
   * @return {@code [1, h, T, S]}
   */
  static Tensor bias(Tensor table, long t, long s, boolean bothWays, int maxDistance) {
    Device device = Tensors.device(table);
    Tensor query = Tensors.range(t, device).add(new Scalar(s - t)).view(t, 1);
    Tensor key = Tensors.range(s, device).view(1, s);
    Tensor buckets = buckets(key.sub(query), Math.toIntExact(table.size(0)), bothWays, maxDistance);
    return torch.embedding(table, buckets).permute(2, 0, 1).unsqueeze(0);
  }

  /**
   * The bucket of each distance.
   *
   * @param distances position of the key minus that of the query, I64
   */
  static Tensor buckets(Tensor distances, int count, boolean bothWays, int maxDistance) {
    int each = bothWays ? count / 2 : count;
    Tensor far = distances.neg().clamp_min(new Scalar(0));
    Tensor first = null;
    if (bothWays) {
      far = distances.abs();
      first = Tensors.to(distances.gt(new Scalar(0)), Dtype.I64).mul(new Scalar(each));
    }
    int near = each / 2;
    // In single precision, operation by operation: a distance at a bucket's edge falls as it does
    // in the reference. Distance 0, whose logarithm is not finite, is near.
    Tensor growth =
        torch
            .log(Tensors.to(far.clamp_min(new Scalar(1)), Dtype.F32).div(new Scalar((double) near)))
            .div(new Scalar(Math.log((double) maxDistance / near)))
            .mul(new Scalar((double) (each - near)));
    Tensor shared =
        Tensors.to(growth, Dtype.I64).add(new Scalar(near)).clamp_max(new Scalar(each - 1));
    Tensor bucket = torch.where(far.lt(new Scalar(near)), far, shared);
    return first == null ? bucket : bucket.add(first);
  }
}
