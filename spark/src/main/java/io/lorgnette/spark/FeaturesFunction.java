package io.lorgnette.spark;

import io.lorgnette.image.RgbImage;
import io.lorgnette.spark.model.EncoderSpec;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import java.util.List;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * {@code lorgnette_features(image)}: for {@code spark.udf.registerJavaFunction}, which makes one on
 * the driver with the settings of the session there.
 */
public final class FeaturesFunction implements UDF1<byte[], float[]> {

  /** What SQL sees. */
  public static final DataType TYPE = DataTypes.createArrayType(DataTypes.FloatType, false);

  private static final long serialVersionUID = 1;

  private final EncoderSpec spec = FunctionSettings.ofActiveSession().encoder();

  @Override
  public float[] call(byte[] image) {
    return ImageColumn.picture(image).map(this::features).orElse(null);
  }

  /** {@code [N, Di]}, row by row. */
  private float[] features(RgbImage picture) {
    VisionEncoder encoder = ExecutorModels.get(spec);
    int side = encoder.processor().size();
    float[] pixels = encoder.processor().process(List.of(picture));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.toFloats(
          Tensors.to(encoder.encode(Tensors.ofFloats(pixels, 1, 3, side, side)), Dtype.F32));
    }
  }
}
