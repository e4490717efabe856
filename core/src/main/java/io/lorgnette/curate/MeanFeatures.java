package io.lorgnette.curate;

import io.lorgnette.image.RgbImage;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Pictures as the mean of an encoder's features over its visual tokens. Safe for use by several
 * threads.
 *
 * @param encoder owned
 */
public record MeanFeatures(VisionEncoder encoder) implements AutoCloseable {

  /** {@code [B][Di]}, in F32. */
  public float[][] of(List<RgbImage> pictures) {
    int side = encoder.processor().size();
    float[] pixels = encoder.processor().process(pictures);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor input = Tensors.ofFloats(pixels, pictures.size(), 3, side, side);
      float[] means = Tensors.toFloats(Tensors.to(encoder.encode(input).mean(1), Dtype.F32));
      float[][] rows = new float[pictures.size()][];
      int width = means.length / rows.length;
      Arrays.setAll(rows, i -> Arrays.copyOfRange(means, i * width, (i + 1) * width));
      return rows;
    }
  }

  @Override
  public void close() {
    encoder.close();
  }
}
