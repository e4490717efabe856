package io.lorgnette.vision;

import static io.lorgnette.vision.Encoders.assertEqual;
import static io.lorgnette.vision.Encoders.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.vision.PatchBatch.Grid;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiglipVitTest {

  private static final Golden GOLDEN = Golden.open("goldens/siglip-vision");
  private static final Golden FLEXIBLE = Golden.open("goldens/siglip2-vision");

  @TempDir private Path temporary;
  private int folders;

  private Path folder(Golden golden, Consumer<ObjectNode> change) {
    return Encoders.folder(
        temporary.resolve("encoder" + folders++),
        golden.path("checkpoint/config.json"),
        golden.path("checkpoint/model.safetensors"),
        change);
  }

  private static SiglipVit load(Golden golden, int size) {
    return (SiglipVit)
        VisionEncoders.load(
            golden.path("checkpoint"), ImageProcessor.siglip(size), Dtype.F32, Device.CPU);
  }

  private static PatchBatch pictures() {
    return PatchBatch.of(input(FLEXIBLE), TextTowerTest.longs(FLEXIBLE, "spatial_shapes"));
  }

  @Test
  void everyStageEqualsTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        SiglipVit encoder = load(GOLDEN, 32)) {
      Map<String, Tensor> stages = encoder.stages(input(GOLDEN));
      assertThat(stages.keySet())
          .containsExactly(
              "hidden_states.0",
              "hidden_states.1",
              "hidden_states.2",
              "last_hidden_state",
              "pooler_output");
      stages.forEach((name, value) -> assertEqual(value, GOLDEN, name, 1e-4));
      assertEqual(encoder.encode(input(GOLDEN)), GOLDEN, "last_hidden_state", 1e-4);
      assertEqual(encoder.imageEmbeds(input(GOLDEN)), GOLDEN, "pooler_output", 1e-4);
      assertThat(encoder.tokens()).isEqualTo(16);
      assertThat(encoder.width()).isEqualTo(48);
      assertThat(encoder.embedWidth()).isEqualTo(48);
    }
  }

  @Test
  void everyOutputIsAStage() {
    Path folder = folder(GOLDEN, node -> {});
    for (Map.Entry<String, String> output :
        Map.of(
                "last", "last_hidden_state",
                "layer-1", "hidden_states.2",
                "layer-2", "hidden_states.1",
                "embedding", "pooler_output")
            .entrySet()) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad();
          VisionEncoder encoder =
              VisionEncoders.load(folder, output.getKey(), Dtype.F32, Device.CPU)) {
        Tensor features = encoder.encode(input(GOLDEN));
        assertThat(features.size(1)).isEqualTo(encoder.tokens());
        assertEqual(
            encoder.tokens() == 1 ? features.squeeze(1) : features,
            GOLDEN,
            output.getValue(),
            1e-4);
        assertThat(encoder.identity()).contains("output " + output.getKey());
      }
    }
    for (String wrong : List.of("last-patches", "layer-3", "features")) {
      assertThatThrownBy(() -> VisionEncoders.load(folder, wrong, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("'" + wrong + "'");
    }
  }

  @Test
  void positionsOfAnotherSizeEqualTheReference() {
    Golden golden = Golden.open("goldens/clip-positions");
    Path folder =
        folder(GOLDEN, node -> node.put("image_size", 24).put("pretrained_image_size", 32));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        SiglipVit encoder = (SiglipVit) VisionEncoders.load(folder, Dtype.F32, Device.CPU)) {
      Tensor pixels = Tensors.ofFloats(golden.floats("siglip.pixel_values"), 1, 3, 24, 24);
      assertEqual(encoder.encode(pixels), golden, "siglip.last_hidden_state", 1e-4);
      assertEqual(encoder.imageEmbeds(pixels), golden, "siglip.pooler_output", 1e-4);
    }
  }

  @Test
  void picturesOfAnyShapeEqualTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        SiglipVit encoder = load(FLEXIBLE, 16)) {
      PatchBatch pictures = pictures();
      assertThat(Tensors.toLongs(pictures.mask(Device.CPU)))
          .isEqualTo(FLEXIBLE.longs("pixel_attention_mask"));
      assertThat(pictures.grids()).containsExactly(new Grid(3, 6), new Grid(4, 4), new Grid(5, 2));
      Map<String, Tensor> stages = encoder.stages(pictures);
      assertThat(stages).hasSize(5);
      stages.forEach((name, value) -> assertEqual(value, FLEXIBLE, name, 1e-4));
      assertEqual(encoder.encode(pictures, Trace.NONE), FLEXIBLE, "last_hidden_state", 1e-4);
      assertEqual(encoder.imageEmbeds(pictures), FLEXIBLE, "pooler_output", 1e-4);
    }
  }

  @Test
  void squaresOfTheFlexibleFormAreCutIntoPatches() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        SiglipVit encoder = load(FLEXIBLE, 16)) {
      assertThat(encoder.tokens()).isEqualTo(16);
      // The second picture is 4 x 4 patches of 4 x 4 pixels: put its pixels back in their places.
      float[] flat = FLEXIBLE.floats("pixel_values");
      float[] pixels = new float[3 * 16 * 16];
      for (int y = 0; y < 16; y++) {
        for (int x = 0; x < 16; x++) {
          for (int c = 0; c < 3; c++) {
            int patch = y / 4 * 4 + x / 4;
            int inside = (y % 4 * 4 + x % 4) * 3 + c;
            pixels[(c * 16 + y) * 16 + x] = flat[(18 + patch) * 48 + inside];
          }
        }
      }
      Tensor pooled = encoder.imageEmbeds(Tensors.ofFloats(pixels, 1, 3, 16, 16));
      float[] all = FLEXIBLE.floats("pooler_output");
      Encoders.assertClose(
          Tensors.toFloats(pooled), java.util.Arrays.copyOfRange(all, 24, 48), "pooled", 1e-4);
    }
  }

  @Test
  void patchesThatDoNotFitAreRefused() {
    try (Scope scope = Scope.open();
        SiglipVit flexible = load(FLEXIBLE, 16);
        SiglipVit fixed = load(GOLDEN, 32)) {
      Tensor patches = Tensors.zeros(Dtype.F32, Device.CPU, 1, 4, 47);
      PatchBatch narrow = new PatchBatch(patches, List.of(new Grid(2, 2)));
      assertThatThrownBy(() -> flexible.imageEmbeds(narrow))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("48 wide");
      assertThatThrownBy(() -> fixed.imageEmbeds(pictures()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("squares");
      assertThatThrownBy(() -> new PatchBatch(patches, List.of(new Grid(1, 5))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("more patches than the 4");
      assertThatThrownBy(() -> new PatchBatch(patches, List.of()))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> new Grid(0, 3)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void gradientsReachEveryWeight() {
    try (Scope scope = Scope.open();
        SiglipVit encoder = load(GOLDEN, 32)) {
      encoder.parameters().trainable(true);
      Tensor pixels = input(GOLDEN).requires_grad_(true);
      Tensor pooled = encoder.imageEmbeds(pixels);
      assertEqual(pooled, GOLDEN, "pooler_output", 1e-4);
      pooled.square().sum().backward();
      encoder
          .parameters()
          .asMap()
          .forEach(
              (name, tensor) ->
                  assertThat(Tensors.value(tensor.grad().abs().sum())).as(name).isPositive());
    }
  }

  @Test
  void namesGoThereAndBackWithAndWithoutPrefix() {
    for (Golden golden : List.of(GOLDEN, FLEXIBLE)) {
      try (Scope scope = Scope.open();
          SiglipVit encoder = load(golden, golden == GOLDEN ? 32 : 16);
          Checkpoint original = Checkpoint.open(golden.path("checkpoint"))) {
        Map<String, Tensor> own = encoder.parameters().asMap();
        Map<String, Tensor> plain = SiglipVitKeys.huggingFace(encoder.config(), "").write(own);
        assertThat(new TreeSet<>(plain.keySet())).isEqualTo(new TreeSet<>(original.names()));
        plain.forEach(
            (name, tensor) ->
                assertThat(Tensors.toFloats(tensor))
                    .isEqualTo(Tensors.toFloats(original.get(name))));
        Map<String, Tensor> prefixed =
            SiglipVitKeys.huggingFace(encoder.config(), "vision_model.").write(own);
        Path file = temporary.resolve("prefixed" + folders++ + ".safetensors");
        Safetensors.write(file, prefixed, Map.of());
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
          SiglipVitKeys.of(checkpoint, encoder.config()).requireFit(checkpoint);
        }
      }
    }
  }

  @Test
  void aModelWithoutHeadHasNoPooledVector() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        SiglipVit whole = load(GOLDEN, 32)) {
      assertThatThrownBy(() -> load(GOLDEN, 31))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("31 pixels");
      Path folder = folder(GOLDEN, node -> node.put("vision_use_head", false));
      assertThatThrownBy(() -> VisionEncoders.load(folder, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("unknown 11 (head.");
      assertThat(VisionEncoders.shape(folder).parameters()).isLessThan(whole.parameterCount());
    }
  }

  @Test
  void wrongConfigurationsAreToldWithTheirKey() {
    record Case(Golden golden, Consumer<ObjectNode> change, String said) {}
    for (Case one :
        List.of(
            new Case(GOLDEN, node -> node.put("hidden_act", "swosh"), "'hidden_act'"),
            new Case(GOLDEN, node -> node.put("num_attention_heads", 5), "num_attention_heads 5"),
            new Case(GOLDEN, node -> node.put("patch_size", 33), "patch_size 33"),
            new Case(GOLDEN, node -> node.put("patch_size", 0), "patch_size"),
            new Case(GOLDEN, node -> node.put("vision_use_head", 1), "'vision_use_head'"),
            new Case(GOLDEN, node -> node.put("num_channels", 1), "'num_channels'"),
            new Case(FLEXIBLE, node -> node.put("num_patches", 15), "num_patches 15"))) {
      Path folder = folder(one.golden(), node -> one.change().accept(node.put("image_size", 32)));
      assertThatThrownBy(() -> VisionEncoders.load(folder, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining(one.said());
    }
  }

  @Test
  void countsOfThePublishedModels() {
    assertThat(SiglipVitConfig.b16().parameterCount()).isEqualTo(92_884_224);
    assertThat(SiglipVitConfig.b16().tokens()).isEqualTo(196);
    assertThat(SiglipVitConfig.l16At256().parameterCount()).isEqualTo(315_956_224);
    assertThat(SiglipVitConfig.so400mAt384().parameterCount()).isEqualTo(428_225_600);
    assertThat(SiglipVitConfig.so400mAt384().tokens()).isEqualTo(729);
    assertThat(SiglipVitConfig.b16NaFlex().parameterCount()).isEqualTo(92_930_304);
    assertThat(SiglipVitConfig.b16().withImageSize(384, PositionResize.BICUBIC).tokens())
        .isEqualTo(576);
  }

  @Test
  void bfloat16IsNear() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder =
            VisionEncoders.load(
                GOLDEN.path("checkpoint"), ImageProcessor.siglip(32), Dtype.BF16, Device.CPU)) {
      Tensor features = encoder.encode(input(GOLDEN));
      assertThat(Tensors.dtype(features)).isEqualTo(Dtype.BF16);
      Tensor expected = Tensors.ofFloats(GOLDEN.floats("last_hidden_state"), 3, 16, 48);
      Tensor difference = Tensors.to(features, Dtype.F32).sub(expected);
      double relative =
          Math.sqrt(
              Tensors.value(difference.square().mean()) / Tensors.value(expected.square().mean()));
      assertThat(relative).isBetween(1e-4, 0.03);
    }
  }

  @Test
  void nativeMemoryStaysFlat() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        SiglipVit encoder = load(FLEXIBLE, 16)) {
      PatchBatch pictures = pictures();
      long before = 0;
      for (int i = 0; i < 30; i++) {
        try (Scope step = Scope.open()) {
          encoder.stages(pictures);
          encoder.imageEmbeds(pictures);
        }
        before = i == 9 ? Tensors.liveNativeObjects() : before;
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }
}
