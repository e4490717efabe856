package io.lorgnette.language;

import io.lorgnette.nn.GatedCrossAttention;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * Cross-attention from the words of one batch of sequences to their images, before some layers of a
 * language model, as in Flamingo. A word with no image before it gets nothing. Immutable; its
 * tensors belong to the scope it is made in.
 *
 * <p>Legend: B sequences, S tokens of the first pass, I images of N visual tokens of width Dm.
 */
public final class MediaLayers implements Insertions {

  private final Map<Integer, GatedCrossAttention> blocks;
  private final Map<Integer, Tensor[]> keysAndValues = new LinkedHashMap<>(); // [B, h, I N, d]
  private final Tensor numbers; // [I N], of the image that a visual token belongs to, from 1
  private final Tensor seen; // [B, S]
  private final boolean latestOnly;

  /**
   * Lets the words of a batch look at its images.
   *
   * @param blocks by the layer that they stand before
   * @param media {@code [B, I, N, Dm]}, on the model's device
   * @param seen {@code [B, S]}, how many images stand at or before each token; later tokens see as
   *     many as the last of these
   * @param latestOnly whether a word looks only at the last image before it, else at all before it
   */
  public MediaLayers(
      Map<Integer, GatedCrossAttention> blocks, Tensor media, Tensor seen, boolean latestOnly) {
    if (media.dim() != 4 || seen.dim() != 2 || media.size(0) != seen.size(0)) {
      throw new IllegalArgumentException(
          "images "
              + Tensors.describe(media)
              + " and counts of images "
              + Tensors.describe(seen)
              + " are not [B, I, N, Dm] and [B, S]");
    }
    this.blocks = Map.copyOf(blocks);
    this.seen = seen;
    this.latestOnly = latestOnly;
    long images = media.size(1);
    long each = media.size(2);
    Tensor tokens = media.reshape(media.size(0), images * each, media.size(3));
    blocks.forEach((layer, block) -> keysAndValues.put(layer, block.keysAndValues(tokens)));
    Tensor image = Tensors.range(images, Tensors.device(seen)).add(new Scalar(1L));
    numbers = image.view(images, 1).expand(images, each).reshape(images * each);
  }

  @Override
  public void check(DecoderConfig config) {
    for (int layer : blocks.keySet()) {
      if (layer < 0 || layer >= config.layers()) {
        throw new IllegalArgumentException(
            "no layer " + layer + " in a model of " + config.layers() + " layers");
      }
    }
  }

  @Override
  public Tensor before(int layer, Tensor x, Pass pass) {
    GatedCrossAttention block = blocks.get(layer);
    if (block == null) {
      return x;
    }
    Tensor rows = rows(x, pass);
    Tensor[] media = keysAndValues.get(layer);
    Tensor[] own = rows == null ? media : new Tensor[] {at(media[0], rows), at(media[1], rows)};
    return block.apply(x, own, allowed(rows, pass.past(), x.size(1)));
  }

  /** The sequence that each row goes on from, or null where they are the rows. */
  private Tensor rows(Tensor x, Pass pass) {
    long[] origins = pass.origins();
    if (origins == null && x.size(0) != seen.size(0)) {
      throw new IllegalArgumentException(
          "images of " + seen.size(0) + " sequences do not go with " + x.size(0));
    }
    if (pass.past() == 0 && x.size(1) > seen.size(1)) {
      throw new IllegalArgumentException(
          "images are counted for " + seen.size(1) + " tokens, not for " + x.size(1));
    }
    return origins == null
        ? null
        : Tensors.to(Tensors.ofLongs(origins, origins.length), Tensors.device(seen));
  }

  private static Tensor at(Tensor tensor, Tensor rows) {
    return tensor.index_select(0, rows);
  }

  /** Where each token may look, {@code [R, 1, T, I N]}. */
  private Tensor allowed(Tensor rows, long past, long t) {
    Tensor columns = Tensors.range(t, Tensors.device(seen)).add(new Scalar(past));
    columns = columns.clamp_max(new Scalar(seen.size(1) - 1));
    Tensor counts = (rows == null ? seen : at(seen, rows)).index_select(1, columns); // [R, T]
    Tensor wanted = counts.view(counts.size(0), 1, t, 1);
    return latestOnly ? numbers.eq(wanted) : numbers.le(wanted);
  }
}
