package io.lorgnette.language;

import io.lorgnette.nn.Adapter;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Adapters at the parts of every layer of a language model, as in MAGMA. Immutable. */
public final class Adapters implements Insertions {

  private final List<Adapter> attention;
  private final List<Adapter> feedForward;

  /**
   * Adapters, one for each layer.
   *
   * @param attention of the attentions, or empty
   * @param feedForward of the feed-forwards, or empty
   */
  public Adapters(List<Adapter> attention, List<Adapter> feedForward) {
    this.attention = List.copyOf(attention);
    this.feedForward = List.copyOf(feedForward);
  }

  @Override
  public void check(DecoderConfig config) {
    for (List<Adapter> adapters : List.of(attention, feedForward)) {
      if (!adapters.isEmpty() && adapters.size() != config.layers()) {
        throw new IllegalArgumentException(
            adapters.size() + " adapters for a model of " + config.layers() + " layers");
      }
    }
  }

  @Override
  public Tensor attention(int layer, Tensor input, Tensor output) {
    return attention.isEmpty() ? output : attention.get(layer).adapt(input, output);
  }

  @Override
  public Tensor feedForward(int layer, Tensor input, Tensor output) {
    return feedForward.isEmpty() ? output : feedForward.get(layer).adapt(input, output);
  }
}
