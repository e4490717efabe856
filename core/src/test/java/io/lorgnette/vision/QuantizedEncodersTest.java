package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every transformer among the encoders with its matrices in fewer bits, beside the full one. */
class QuantizedEncodersTest {

  private static VisionEncoder load(String folder, int size, String precision) {
    Path path = Golden.resource("goldens/" + folder);
    return VisionEncoders.load(
        path, ImageProcessor.clip(size), Precision.named(precision), Device.CPU);
  }

  private static Tensor features(VisionEncoder encoder, int size) {
    Engine.seed(79);
    return Tensors.to(encoder.encode(torch.randn(2, 3, size, size)), Dtype.F64).flatten();
  }

  @ParameterizedTest
  @CsvSource({
    "clip-vision/checkpoint, 30",
    "siglip-vision/checkpoint, 32",
    "siglip2-vision/checkpoint, 16",
    "eva-vit, 28",
    "dinov2/checkpoint, 28",
    "dinov2-swiglu/checkpoint, 28",
    "beit/checkpoint, 28",
    "beit-shared/checkpoint, 28"
  })
  void laidOutForInferenceItIsTheSameEncoder(String folder, int size) {
    Path path = Golden.resource("goldens/" + folder);
    Precision packed = Precision.F32.forInference();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder plain = load(folder, size, "f32");
        VisionEncoder fast =
            VisionEncoders.load(path, ImageProcessor.clip(size), packed, Device.CPU)) {
      Tensor difference = features(plain, size).sub(features(fast, size)).abs().max();
      assertThat(Tensors.value(difference)).isLessThan(1e-4);
      assertThat(fast.parameterCount()).isEqualTo(plain.parameterCount());
      assertThat(fast.parameters().names()).anyMatch(name -> name.endsWith(Precision.PACKED));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "clip-vision/checkpoint, 30, int8",
    "clip-vision/checkpoint, 30, int4",
    "siglip-vision/checkpoint, 32, int8",
    "siglip-vision/checkpoint, 32, int4",
    "siglip2-vision/checkpoint, 16, int8@f32",
    "eva-vit, 28, int8",
    "eva-vit, 28, int4",
    "eva-vit, 28, int8@f32",
    "dinov2/checkpoint, 28, int8",
    "dinov2/checkpoint, 28, int4@f32",
    "dinov2-registers/checkpoint, 28, int8",
    "dinov2-swiglu/checkpoint, 28, int8",
    "beit/checkpoint, 28, int8",
    "clip-vision/checkpoint, 30, w8a8",
    "siglip-vision/checkpoint, 32, w8a8@f32",
    "eva-vit, 28, w8a8",
    "dinov2/checkpoint, 28, w8a8",
    "dinov2-swiglu/checkpoint, 28, w8a8",
    "beit-shared/checkpoint, 28, int4"
  })
  void featuresStayNear(String folder, int size, String precision) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder full = load(folder, size, "f32");
        VisionEncoder small = load(folder, size, precision)) {
      Tensor x = features(full, size);
      Tensor y = features(small, size);
      double cosine =
          Tensors.value(torch.dot(x, y))
              / Math.sqrt(Tensors.value(torch.dot(x, x)) * Tensors.value(torch.dot(y, y)));
      assertThat(cosine).isBetween(precision.startsWith("int4") ? 0.93 : 0.999, 1 - 1e-12);
      assertThat(small.dtype()).isEqualTo(Precision.named(precision).compute());
      assertThat(small.parameters().storage())
          .contains(precision.substring(0, 4).toUpperCase(Locale.ROOT));
    }
  }
}
