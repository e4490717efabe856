package io.lorgnette.method;

import io.lorgnette.mapper.Initial;
import io.lorgnette.mapper.MapperConfig;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.KeyMap;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.pytorch.Tensor;

/**
 * A part whose weights training changes.
 *
 * @param part what it is, with its size
 * @param prefix before the own names of its tensors within the method, with its dot; empty where
 *     the method trains nothing else
 * @param keys its tensors, and their names in released checkpoints
 * @param start its weights before training
 */
public record TrainedPart(Part part, String prefix, Function<Backbones, KeyMap> keys, Start start) {

  /** The weights that training starts with. */
  @FunctionalInterface
  public interface Start {

    /**
     * Draws or copies them, the same on every machine.
     *
     * @return in F32 on the device of the language model, under own names without the prefix; owned
     *     by the caller
     */
    Map<String, Tensor> weights(Backbones backbones, long seed);
  }

  /** A part whose sizes the backbones' descriptions give. */
  static TrainedPart of(Part.Role role, String name, String prefix, KeyMap keys, Start start) {
    Part part = new Part(role, name, true, keys.parameterCount());
    return new TrainedPart(part, prefix, backbones -> keys, start);
  }

  /** As {@link #of}, drawn tensor by tensor. */
  static TrainedPart drawn(
      Part.Role role, String name, String prefix, KeyMap keys, Initial.Rule rule) {
    return of(
        role,
        name,
        prefix,
        keys,
        (backbones, seed) -> Initial.draw(keys, seed, backbones.lm().device(), rule));
  }

  /**
   * The vision encoder, from the weights that it is loaded with. Its norms are folded, so the names
   * are its own.
   *
   * @param released before its names in checkpoints
   */
  static TrainedPart encoder(String prefix, String released, EncoderSpec encoder) {
    return new TrainedPart(
        new Part(Part.Role.VISION_ENCODER, encoder.name(), true, encoder.parameters()),
        prefix,
        backbones -> {
          KeyMap keys = new KeyMap();
          backbones
              .eyes()
              .parameters()
              .asMap()
              .forEach((name, tensor) -> keys.add(name, released + name, tensor.shape()));
          return keys;
        },
        (backbones, seed) ->
            backbones.eyes().parameters().copyTo(Dtype.F32, backbones.lm().device()).asMap());
  }

  /** A mapping network. */
  static TrainedPart mapper(String prefix, MapperConfig mapper) {
    String name =
        mapper.inputWidth() + " -> " + mapper.prefixLength() + " x " + mapper.outputWidth();
    return of(
        Part.Role.MAPPER,
        name,
        prefix,
        mapper.keys(),
        (backbones, seed) -> mapper.create(seed, backbones.lm().device()).parameters().asMap());
  }
}
