package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Hands pixels on as they are, for methods that train an encoder of their own: so they are decoded
 * and resized once and cached like features.
 *
 * <p>A row of pixels in one colour counts as a token: N = 3 S, Di = S. {@link #pixels} undoes it.
 */
public final class PixelEncoder implements VisionEncoder {

  /** The name of this choice of output. */
  public static final String OUTPUT = "pixels";

  private final ImageProcessor processor;

  public PixelEncoder(ImageProcessor processor) {
    this.processor = processor;
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    Pixels.check(pixels, processor.size());
    return pixels.reshape(pixels.size(0), tokens(), width());
  }

  /** The pixels of rows: {@code [B, 3 S, S] -> [B, 3, S, S]}. */
  public static Tensor pixels(Tensor rows) {
    if (rows.dim() != 3 || rows.size(1) != 3 * rows.size(2)) {
      throw new IllegalArgumentException(
          "rows of pixels are [B, 3 S, S], not " + Tensors.describe(rows));
    }
    return rows.reshape(rows.size(0), 3, rows.size(2), rows.size(2));
  }

  @Override
  public ImageProcessor processor() {
    return processor;
  }

  @Override
  public int tokens() {
    return 3 * processor.size();
  }

  @Override
  public int width() {
    return processor.size();
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
  public PixelEncoder with(Parameters others) {
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
    return OUTPUT;
  }

  @Override
  public void close() {}
}
