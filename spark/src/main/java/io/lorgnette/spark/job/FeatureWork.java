package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureIdentity;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.ImageReader;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.VisionEncoder;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/** Features of images, in the bytes that a feature cache has. */
record FeatureWork(FeatureSettings of) implements UnitWork {

  @Override
  public String name() {
    return "features";
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> all = new HashMap<>(of.encoder().settings());
    all.put("stored", of.stored().name());
    return all;
  }

  @Override
  public RowSchema schema() {
    return FeatureColumns.SCHEMA;
  }

  @Override
  public int batch() {
    return of.batch();
  }

  @Override
  public Map<String, String> prepare() {
    VisionEncoder encoder = ExecutorModels.get(of.encoder());
    FeatureIdentity identity = FeatureIdentity.of(encoder, ImageReader.Options.DEFAULT);
    return new FeatureColumns.Notes(identity, encoder.tokens(), encoder.width(), of.stored())
        .toMap();
  }

  @Override
  public List<Object[]> rows(InputUnit unit, long first, List<Seen> seen) {
    VisionEncoder encoder = ExecutorModels.get(of.encoder());
    int side = encoder.processor().size();
    float[] pixels = encoder.processor().process(seen.stream().map(Seen::picture).toList());
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor features = encoder.encode(Tensors.ofFloats(pixels, seen.size(), 3, side, side));
      Tensor stored = Tensors.to(features, of.stored(), Device.CPU).contiguous(); // [B, N, Di]
      if (Tensors.value(torch.isfinite(stored).all()) == 0) {
        throw new InputException(
            "its features are not all finite as " + of.stored() + "; store them as bf16 or f32");
      }
      List<Object[]> rows = new ArrayList<>();
      for (int i = 0; i < seen.size(); i++) {
        ByteBuffer bytes = Tensors.bytes(stored.select(0, i));
        byte[] record = new byte[bytes.remaining()];
        bytes.get(record);
        String hash = FeatureKey.of(seen.get(i).sample().image(), 0).hash();
        rows.add(new Object[] {seen.get(i).sample().id(), hash, record});
      }
      return rows;
    }
  }
}
