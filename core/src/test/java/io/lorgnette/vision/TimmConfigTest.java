package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.image.Filter;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageStep;
import io.lorgnette.image.Normalization;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as timm leaves them: weights, and a configuration that names an architecture. */
class TimmConfigTest {

  private static final String PIXELS =
      """
      "pretrained_cfg": {"input_size": [3, 64, 64], "interpolation": "bicubic",
        "crop_pct": 0.94, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
      """;

  @TempDir private Path temporary;

  private Path folder(String architecture, String rest) {
    ConfigFile.write(
        temporary.resolve("config.json"),
        "{\"architecture\": \"" + architecture + "\", " + rest + "}");
    return temporary;
  }

  @Test
  void anNfResNetIsLoadedWithTheProcessorThatTimmHas() {
    Path folder = folder("nf_resnet26", "\"num_classes\": 10, " + PIXELS);
    NfResNetConfig config = NfResNetConfig.nfResNet26().withClasses(10).withImageSize(64);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<String, Tensor> weights = new LinkedHashMap<>();
      NfResNetLayout.of(config)
          .keys()
          .shapes()
          .forEach(
              (name, shape) ->
                  weights.put(
                      name,
                      Tensors.zeros(
                          Dtype.F16,
                          Device.CPU,
                          shape.stream().mapToLong(Long::longValue).toArray())));
      Safetensors.write(folder.resolve("model.safetensors"), weights, Map.of());
      try (VisionEncoder encoder = VisionEncoders.load(folder, "pooled", Dtype.F32, Device.CPU)) {
        assertThat(((NfResNet) encoder).config()).isEqualTo(config.withOutput("pooled"));
        assertThat(encoder.processor())
            .isEqualTo(
                new ImageProcessor(
                    List.of(
                        new ImageStep.ResizeShortestEdge(68, Filter.BICUBIC),
                        new ImageStep.EvenCrop(64)),
                    Normalization.IMAGENET));
      }
      assertThat(VisionEncoders.shape(folder).parameters()).isEqualTo(config.parameterCount());
    }
  }

  @Test
  void aProcessorOfItsOwnGoesBefore() throws Exception {
    Path folder = folder("nf_resnet50", "\"num_classes\": 0, " + PIXELS);
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_processor_type\": \"CLIPImageProcessor\"}");
    EncoderShape shape = VisionEncoders.shape(folder);
    assertThat(shape.imageSize()).isEqualTo(224);
    assertThat(shape.tokens()).isEqualTo(49);
    assertThat(shape.parameters()).isEqualTo(23_508_032);
  }

  @Test
  void efficientNetsAreKnownByName() {
    EncoderShape own = VisionEncoders.shape(folder("efficientnet_lite2", PIXELS));
    assertThat(own.parameters()).isEqualTo(6_092_072);
    assertThat(own.description()).contains("64px").contains("padding symmetric").contains("1.0E-5");
    EncoderShape tensorFlow = VisionEncoders.shape(folder("tf_efficientnet_lite4", PIXELS));
    assertThat(tensorFlow.parameters()).isEqualTo(13_006_568);
    assertThat(tensorFlow.description()).contains("padding same").contains("0.001");
  }

  @Test
  void whatIsNotKnownIsTold() {
    record Case(String architecture, String rest, String said) {}
    for (Case one :
        List.of(
            new Case("nf_resnet34", PIXELS, "nf_resnet34"),
            new Case("resnet50", PIXELS, "resnet50"),
            new Case("efficientnet_lite5", PIXELS, "lite5"),
            new Case("nf_resnet50", "\"num_classes\": 10", "input_size missing"),
            new Case(
                "nf_resnet50",
                PIXELS.replace("[3, 64, 64]", "[3, 64, 32]"),
                "input_size [3,64,32]"),
            new Case("nf_resnet50", PIXELS.replace("0.94", "94"), "crop_pct 94"),
            new Case("nf_resnet50", PIXELS.replace("bicubic", "lanczos"), "lanczos"),
            new Case("nf_resnet50", PIXELS.replace("[0.485, ", "["), "mean [0.456,0.406]"))) {
      Path folder = folder(one.architecture(), one.rest());
      assertThatThrownBy(() -> VisionEncoders.shape(folder))
          .as(one.said())
          .isInstanceOf(InputException.class)
          .hasMessageContaining("config.json")
          .hasMessageContaining(one.said());
    }
  }
}
