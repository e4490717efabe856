package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import org.bytedeco.pytorch.Tensor;

/** The mean of another encoder's tokens as its one token: {@code [B, 1, Di]}. */
final class MeanEncoder implements VisionEncoder {

  private final VisionEncoder tokens;

  MeanEncoder(VisionEncoder tokens) {
    this.tokens = tokens;
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    return tokens.encode(pixels, trace).mean(new long[] {1}, true, null);
  }

  @Override
  public ImageProcessor processor() {
    return tokens.processor();
  }

  @Override
  public int tokens() {
    return 1;
  }

  @Override
  public int width() {
    return tokens.width();
  }

  @Override
  public Dtype dtype() {
    return tokens.dtype();
  }

  @Override
  public Parameters parameters() {
    return tokens.parameters();
  }

  @Override
  public MeanEncoder with(Parameters others) {
    return new MeanEncoder(tokens.with(others));
  }

  @Override
  public long parameterCount() {
    return tokens.parameterCount();
  }

  @Override
  public long multiplyAdds() {
    return tokens.multiplyAdds();
  }

  @Override
  public String identity() {
    return tokens.identity() + " mean";
  }

  @Override
  public void close() {
    tokens.close();
  }
}
