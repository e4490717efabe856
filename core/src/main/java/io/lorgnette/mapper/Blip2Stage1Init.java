package io.lorgnette.mapper;

import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Initial weights of BLIP-2's first stage, as LAVIS starts: what is or resembles BERT as {@link
 * NormalInit}, the three heads uniform within {@code 1 / sqrt(width)}, the temperature 0.07.
 */
final class Blip2Stage1Init {

  private static final float TEMPERATURE = 0.07f;

  private Blip2Stage1Init() {}

  /** Tensors in F32 under own names. */
  static Map<String, Tensor> draw(Blip2Stage1Config config, long seed, Device device) {
    Map<String, Tensor> tensors = NormalInit.draw(config.trunk(), seed, device);
    KeyMap heads = new KeyMap();
    int width = config.qformer().width();
    MatchHeads.name(heads, MatchHeads.Form.LAVIS, config.jointWidth(), width);
    Draws draws = new Draws(~seed);
    try (Scope scope = Scope.open()) {
      heads
          .shapes()
          .forEach(
              (name, shape) -> {
                long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
                float[] values = draws.uniform(count(shape), 1 / Math.sqrt(width));
                tensors.put(name, owned(Tensors.ofFloats(values, sizes), device));
              });
      tensors.put("temperature", owned(Tensors.ofFloats(new float[] {TEMPERATURE}), device));
    }
    return tensors;
  }

  private static int count(List<Long> shape) {
    return Math.toIntExact(shape.stream().reduce(1L, (a, b) -> a * b));
  }

  private static Tensor owned(Tensor tensor, Device device) {
    return Scope.release(Tensors.to(tensor, device));
  }

  /** The same with a BERT's weights wherever it has some. */
  static Map<String, Tensor> fromBert(
      Blip2Stage1Config config, Checkpoint bert, long seed, Device device) {
    Map<String, Tensor> taken = BertKeys.of(config.qformer()).read(bert, Dtype.F32, device);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<String, Tensor> tensors = draw(config, seed, device);
      taken.forEach(
          (name, tensor) -> {
            take(tensors.get(name), tensor);
            String queries = name.replace("text_mlp", "mlp").replace("text_norm2", "norm2");
            if (!queries.equals(name)) {
              take(tensors.get(queries), tensor);
            }
          });
      return tensors;
    } finally {
      taken.values().forEach(Tensor::close);
    }
  }

  /** Words that BERT does not have keep their drawn row. */
  private static void take(Tensor to, Tensor from) {
    to.narrow(0, 0, from.size(0)).copy_(from);
  }
}
