package io.lorgnette.mapper;

import io.lorgnette.tensor.Device;
import org.bytedeco.pytorch.Tensor;

/**
 * A Q-Former with the heads of BLIP-2's first stage, on features of its encoder: what retrieval
 * needs of it, whoever published it. Safe for use by several threads.
 *
 * <p>Legend: B images or texts, N visual tokens, Di their width, Q queries, T tokens of a text, J
 * width of the joint space.
 */
public interface ImageTextModel {

  /** Each image in the joint space, Q vectors of length 1: {@code [B, N, Di] -> [B, Q, J]}. */
  Tensor imageEmbeds(Tensor features);

  /**
   * Each text in the joint space, a vector of length 1.
   *
   * @param ids {@code [B, T]}
   * @param mask {@code [B, T]}, true or 1 where a token is real; or null when all are
   * @return {@code [B, J]}
   */
  Tensor textEmbeds(Tensor ids, Tensor mask);

  /**
   * Whether the i-th text fits the i-th image, or each text the one image that there is.
   *
   * @param features {@code [B, N, Di]} or {@code [1, N, Di]}
   * @return {@code [B, 2]}: against and for it, in logits
   */
  Tensor match(Tensor features, Tensor ids, Tensor mask);

  /** Where ids and masks are to be. */
  Device device();
}
