package io.lorgnette.method;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.JointTexts;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** What draws BART's texts to where a joint space has texts and images; see {@link Vlkd}. */
final class VlkdLosses {

  private VlkdLosses() {}

  /**
   * The mean squared distance of each text of BART from the same text in the space.
   *
   * @param said BART's, {@code [C, J]}
   * @param taught those in the space, of length 1, {@code [C, J]}
   * @return a scalar
   */
  static Tensor distance(Tensor said, Tensor taught) {
    return wide(said).sub(taught).square().sum(new long[] {1}, false, null).mean();
  }

  /**
   * The mean of two cross entropies over cosines: each text's image among all images, and each
   * image's texts among all texts, where an image with several texts has them as targets in equal
   * shares.
   *
   * @param images those in the space, of length 1, {@code [I, J]}
   * @param said texts of BART, {@code [C, J]}
   * @param owners the image of each text, C rows of {@code images}
   * @param temperature that cosines are divided by
   * @return a scalar in nats
   */
  static Tensor contrast(Tensor images, Tensor said, long[] owners, double temperature) {
    Tensor texts = JointTexts.unit(said);
    int count = owners.length;
    float[] shares = shares(owners);
    Tensor share = Tensors.to(Tensors.ofFloats(shares, count), Tensors.dtype(texts));
    Tensor own = Tensors.ofLongs(owners, count, 1);
    Tensor logits = // [C, I]
        torch
            .matmul(texts, Tensors.to(images, Tensors.dtype(texts), Tensors.device(texts)).t())
            .div(new Scalar(temperature));
    Tensor index = Tensors.to(own, Tensors.device(texts));
    Tensor ofText = own(torch.log_softmax(logits, 1), index).mean();
    Tensor ofImage =
        own(torch.log_softmax(logits, 0), index)
            .mul(Tensors.to(share, Tensors.device(texts)))
            .sum();
    return ofText.add(ofImage).mul(new Scalar(-0.5));
  }

  /** The values at each text's own image: {@code [C, I] -> [C]}. */
  private static Tensor own(Tensor scores, Tensor index) {
    return scores.gather(1, index).squeeze(1);
  }

  /** Of each text in the mean over images that have texts. */
  private static float[] shares(long[] owners) {
    Map<Long, Long> counts =
        Arrays.stream(owners)
            .boxed()
            .collect(Collectors.groupingBy(owner -> owner, Collectors.counting()));
    float[] shares = new float[owners.length];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = 1f / (counts.size() * counts.get(owners[i]));
    }
    return shares;
  }

  /** The mean of states where tokens are real: {@code [C, S, D], [C, S] -> [C, D]}. */
  static Tensor mean(Tensor states, Tensor real) {
    Tensor ones = Tensors.to(real, Tensors.dtype(states)).unsqueeze(2); // [C, S, 1]
    Tensor sum = states.mul(ones).sum(new long[] {1}, false, null);
    return sum.div(ones.sum(new long[] {1}, false, null));
  }

  /** The weighted sum; what is absent counts nothing. */
  static Tensor sum(Map<String, Tensor> parts, Vlkd.Weights weights) {
    Tensor sum = parts.get("infilling").mul(new Scalar(weights.infilling()));
    sum = sum.add(parts.get("text").mul(new Scalar(weights.text())));
    if (parts.containsKey("distance")) {
      sum = sum.add(parts.get("distance").mul(new Scalar(weights.distance())));
      sum = sum.add(parts.get("contrast").mul(new Scalar(weights.contrast())));
    }
    return sum;
  }

  private static Tensor wide(Tensor x) {
    return Tensors.dtype(x) == Dtype.F64 ? x : Tensors.to(x, Dtype.F32);
  }
}
