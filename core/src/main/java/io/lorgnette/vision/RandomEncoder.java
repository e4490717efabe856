package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * An encoder that has learned nothing, the control of LiMBeR (Merullo et al. 2023): every weight
 * tensor has its numbers in a random order, so that all but their spread is lost and activations
 * keep their size. The same on every machine.
 */
final class RandomEncoder implements VisionEncoder {

  /** The name of this choice of output, alone or behind another one and a hyphen. */
  static final String NAME = "random";

  private static final long SEED = 1;

  private final VisionEncoder drawn;

  private RandomEncoder(VisionEncoder drawn) {
    this.drawn = drawn;
  }

  /** Takes the place of an encoder, whose weights it frees. */
  static RandomEncoder of(VisionEncoder learned) {
    Map<String, Tensor> shuffled = new LinkedHashMap<>();
    Draws draws = new Draws(SEED);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      learned
          .parameters()
          .asMap()
          .forEach((name, tensor) -> shuffled.put(name, Scope.release(shuffled(tensor, draws))));
    }
    VisionEncoder drawn = learned.with(Parameters.of(shuffled));
    learned.close();
    return new RandomEncoder(drawn);
  }

  private static Tensor shuffled(Tensor tensor, Draws draws) {
    float[] values = Tensors.toFloats(tensor);
    for (int i = values.length - 1; i > 0; i--) {
      int other = (int) (draws.next() * (i + 1));
      float value = values[i];
      values[i] = values[other];
      values[other] = value;
    }
    Tensor own = Tensors.ofFloats(values, Tensors.shape(tensor));
    return Tensors.to(own, Tensors.dtype(tensor), Tensors.device(tensor));
  }

  /** Whether the name of an output asks for such an encoder. */
  static boolean isNamed(String output) {
    return output.equals(NAME) || output.endsWith("-" + NAME);
  }

  /** The name of the output that is left; may be empty. */
  static String behind(String output) {
    return output.substring(0, Math.max(0, output.length() - NAME.length() - 1));
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    return drawn.encode(pixels, trace);
  }

  @Override
  public ImageProcessor processor() {
    return drawn.processor();
  }

  @Override
  public int tokens() {
    return drawn.tokens();
  }

  @Override
  public Optional<TokenGrid> grid() {
    return drawn.grid();
  }

  @Override
  public int width() {
    return drawn.width();
  }

  @Override
  public Dtype dtype() {
    return drawn.dtype();
  }

  @Override
  public Parameters parameters() {
    return drawn.parameters();
  }

  @Override
  public RandomEncoder with(Parameters others) {
    return new RandomEncoder(drawn.with(others));
  }

  @Override
  public long parameterCount() {
    return drawn.parameterCount();
  }

  @Override
  public long multiplyAdds() {
    return drawn.multiplyAdds();
  }

  @Override
  public String identity() {
    return drawn.identity() + " weights in random order " + SEED;
  }

  @Override
  public void close() {
    drawn.close();
  }
}
