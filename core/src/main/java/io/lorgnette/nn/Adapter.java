package io.lorgnette.nn;

import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * A bottleneck beside or behind a part of a frozen model (Houlsby et al. 2019), in the forms of
 * MAGMA (Eichenberg et al. 2021): narrowed, ReLU, widened, and added to what the part gives.
 *
 * <p>Checked against MAGMA's published module, values and gradients. It may be of another number
 * format than the model. Legend: W width of the part, b of the bottleneck.
 */
public final class Adapter {

  private final Parameters parameters;
  private final boolean parallel;

  /**
   * An adapter over {@code down}, {@code up} and, where it is scaled, {@code scale}.
   *
   * @param parallel whether it reads what goes into the part, else what comes out
   */
  public Adapter(Parameters parameters, boolean parallel) {
    this.parameters = parameters;
    this.parallel = parallel;
  }

  /**
   * Adds its tensors to a key map.
   *
   * @param own name of the adapter
   * @param stored name of the sequence of narrowing, activation and widening
   * @param scale stored name of the factor, or null without one
   */
  public static void addKeys(
      KeyMap map, String own, String stored, String scale, long width, long bottleneck) {
    map.add(own + ".down.weight", stored + ".0.weight", bottleneck, width);
    map.add(own + ".down.bias", stored + ".0.bias", bottleneck);
    map.add(own + ".up.weight", stored + ".2.weight", width, bottleneck);
    map.add(own + ".up.bias", stored + ".2.bias", width);
    if (scale != null) {
      map.add(own + ".scale", scale, 1);
    }
  }

  /**
   * What the part gives with the adapter.
   *
   * @param input of the part, {@code [B, T, W]}
   * @param output of the part, {@code [B, T, W]}
   * @return {@code [B, T, W]}, in the format of the output
   */
  public Tensor adapt(Tensor input, Tensor output) {
    Dtype format = Tensors.dtype(output);
    Tensor read = parallel ? input : output;
    Tensor x = Tensors.to(read, Tensors.dtype(parameters.get("up.weight")));
    Tensor hidden = torch.relu(Layers.linear(x, parameters.at("down"))); // [B, T, b]
    Tensor change = Layers.linear(hidden, parameters.at("up")); // [B, T, W]
    Tensor scale = parameters.find("scale");
    return output.add(Tensors.to(scale == null ? change : change.mul(scale), format));
  }
}
