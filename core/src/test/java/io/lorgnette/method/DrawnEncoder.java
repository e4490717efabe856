package io.lorgnette.method;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.TokenGrid;
import io.lorgnette.vision.Trace;
import io.lorgnette.vision.VisionEncoder;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * An encoder of one random matrix: every pixel counts for every token.
 *
 * @param grid that it says its tokens have
 */
record DrawnEncoder(ImageProcessor processor, int tokens, int width, Optional<TokenGrid> grid)
    implements VisionEncoder {

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    int inputs = 3 * processor.size() * processor.size();
    Random random = new Random(5);
    float[] values = new float[inputs * tokens * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.2f;
    }
    Tensor matrix = Tensors.ofFloats(values, inputs, (long) tokens * width);
    long images = pixels.size(0);
    return torch.matmul(pixels.reshape(images, inputs), matrix).view(images, tokens, width);
  }

  @Override
  public Dtype dtype() {
    return Dtype.F32;
  }

  @Override
  public Parameters parameters() {
    return Parameters.of(Map.of());
  }

  @Override
  public VisionEncoder with(Parameters others) {
    return this;
  }

  @Override
  public long parameterCount() {
    return 0;
  }

  @Override
  public long multiplyAdds() {
    return 0;
  }

  @Override
  public String identity() {
    return "drawn";
  }

  @Override
  public void close() {}
}
