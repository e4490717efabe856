package io.lorgnette.mapper;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PaddedIds;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Texts of a batch as a Q-Former reads them, without the padding that all of them share.
 *
 * @param ids {@code [B, T]}
 * @param mask {@code [B, T]}, 1 where a token is real
 */
public record TextBatch(Tensor ids, Tensor mask) {

  /**
   * Makes tensors of texts.
   *
   * @param texts at least one, padded on the right to one length
   */
  public static TextBatch of(List<PaddedIds> texts, Device device) {
    int length = 1;
    for (PaddedIds text : texts) {
      for (int t = length; t < text.mask().length; t++) {
        length = text.mask()[t] == 1 ? t + 1 : length;
      }
    }
    long[] ids = new long[texts.size() * length];
    long[] mask = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      PaddedIds text = texts.get(i / length);
      ids[i] = text.ids()[i % length];
      mask[i] = text.mask()[i % length];
    }
    return new TextBatch(
        Tensors.to(Tensors.ofLongs(ids, texts.size(), length), device),
        Tensors.to(Tensors.ofLongs(mask, texts.size(), length), device));
  }

  /** Some of the texts, as wide as they are among the others. */
  public TextBatch rows(long first, long count) {
    return new TextBatch(ids.narrow(0, first, count), mask.narrow(0, first, count));
  }
}
