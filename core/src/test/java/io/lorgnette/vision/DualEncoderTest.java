package io.lorgnette.vision;

import static io.lorgnette.vision.Encoders.assertClose;
import static io.lorgnette.vision.Encoders.assertEqual;
import static io.lorgnette.vision.Encoders.input;
import static io.lorgnette.vision.TextTowerTest.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Activation;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DualEncoderTest {

  private static final Golden CLIP = Golden.open("goldens/clip-dual");
  private static final Golden SIGLIP = Golden.open("goldens/siglip-dual");

  @TempDir private Path temporary;

  private static DualEncoder load(Golden golden, ImageProcessor processor) {
    return DualEncoder.load(golden.path("checkpoint"), processor, Dtype.F32, Device.CPU);
  }

  @Test
  void everyStageOfClipEqualsTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = load(CLIP, ImageProcessor.clip(30))) {
      Map<String, Tensor> stages =
          pair.stages(input(CLIP), longs(CLIP, "input_ids"), longs(CLIP, "attention_mask"));
      assertThat(stages.keySet())
          .containsExactly(
              "text_last_hidden_state",
              "text_pooled",
              "image_embeds",
              "text_embeds",
              "logits_per_image",
              "logits_per_text");
      stages.forEach((name, value) -> assertEqual(value, CLIP, name, 1e-4));
      // The loss of CLIP: each image finds its text and each text its image.
      Tensor square = stages.get("logits_per_image").narrow(1, 0, 3);
      Tensor own = Tensors.range(3, Device.CPU);
      double loss =
          (Tensors.value(torch.cross_entropy_loss(square, own))
                  + Tensors.value(torch.cross_entropy_loss(square.t(), own)))
              / 2;
      double expected = CLIP.doubles("contrastive_loss_first3")[0];
      assertThat(loss).isCloseTo(expected, within(1e-5 * expected));
      Tensor shares = pair.probabilities(stages.get("logits_per_image")).sum(new long[] {1});
      assertClose(Tensors.toFloats(shares), new float[] {1, 1, 1}, "probabilities", 1e-5);
    }
  }

  @Test
  void everyStageOfSiglipEqualsTheReference() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = load(SIGLIP, ImageProcessor.siglip(32))) {
      Map<String, Tensor> stages = pair.stages(input(SIGLIP), longs(SIGLIP, "input_ids"), null);
      for (String name :
          List.of("image_embeds", "text_embeds", "logits_per_image", "logits_per_text")) {
        assertEqual(stages.get(name), SIGLIP, name, 1e-4);
      }
      float[] logits = SIGLIP.floats("logits_per_image");
      float[] expected = new float[logits.length];
      for (int i = 0; i < logits.length; i++) {
        expected[i] = (float) (1 / (1 + Math.exp(-logits[i])));
      }
      Tensor probabilities = pair.probabilities(stages.get("logits_per_image"));
      assertClose(Tensors.toFloats(probabilities), expected, "probabilities", 1e-4);
      assertThat(pair.bias()).isNotZero();
    }
  }

  @Test
  void picturesOfAnyShapeEqualTheReference() {
    Golden golden = Golden.open("goldens/siglip2-dual");
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = load(golden, ImageProcessor.siglip(12));
        DualEncoder clip = load(CLIP, ImageProcessor.clip(30))) {
      PatchBatch pictures = PatchBatch.of(input(golden), longs(golden, "spatial_shapes"));
      Map<String, Tensor> stages = pair.stages(pictures, longs(golden, "input_ids"), null);
      for (String name :
          List.of("image_embeds", "text_embeds", "logits_per_image", "logits_per_text")) {
        assertEqual(stages.get(name), golden, name, 1e-4);
      }
      assertThat(pair.bias()).isCloseTo(-3.3, within(1e-6));
      assertThatThrownBy(() -> clip.imageEmbeds(pictures))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("squares");
    }
  }

  @Test
  void scoresOfPairsAreTheDiagonal() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = load(CLIP, ImageProcessor.clip(30))) {
      Tensor images = pair.imageEmbeds(input(CLIP));
      Tensor texts = pair.textEmbeds(longs(CLIP, "input_ids"), null);
      Tensor all = DualEncoder.cosines(images, texts);
      Tensor pairs = DualEncoder.pairCosines(images, texts.narrow(0, 0, 3));
      assertThat(Tensors.shape(all)).containsExactly(3, 4);
      float[] logits = CLIP.floats("logits_per_image");
      for (int i = 0; i < 3; i++) {
        float cosine = Tensors.toFloats(pairs)[i];
        assertThat(cosine).isCloseTo(Tensors.toFloats(all)[i * 4 + i], within(1e-6f));
        assertThat(cosine * pair.scale()).isCloseTo(logits[i * 4 + i], within(1e-4));
      }
      assertThatThrownBy(() -> DualEncoder.pairCosines(images, texts))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3 images");
    }
  }

  @Test
  void aCheckpointOfOpenAiNeedsNoConfiguration() {
    // Sizes as OpenAI's rules read them off shapes: heads of 64, a feed-forward of four widths.
    ClipVitConfig vit = ClipVitConfig.plain(16, 8, TowerShape.openAi(64, 1), 10);
    ClipResNetConfig resNet = ClipResNetConfig.plain(32, 4, List.of(1, 1, 1, 1), 10);
    TextTowerConfig text =
        new TextTowerConfig(TextTowerConfig.Kind.CLIP, 12, 5, TowerShape.openAi(64, 2), 10, 0, 0);
    for (boolean transformer : new boolean[] {true, false}) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        Map<String, Tensor> stored = new LinkedHashMap<>();
        KeyMap keys =
            transformer ? ClipVitKeys.openAi(vit) : ClipResNetLayout.keys(resNet, "visual.");
        for (KeyMap map : List.of(keys, TextTowerKeys.openAi(text, ""))) {
          Map<String, Tensor> own = new LinkedHashMap<>();
          map.shapes()
              .forEach(
                  (name, shape) ->
                      own.put(
                          name,
                          torch.randn(shape.stream().mapToLong(Long::longValue).toArray()).abs()));
          stored.putAll(map.write(own));
        }
        stored.put("logit_scale", Tensors.ofFloats(new float[] {2}));
        stored.put("input_resolution", Tensors.ofLongs(new long[] {16}));
        Path file = temporary.resolve("openai" + transformer + ".safetensors");
        Safetensors.write(file, stored, Map.of());
        int size = transformer ? 16 : 32;
        try (Checkpoint checkpoint = Checkpoint.open(file);
            DualEncoder pair =
                DualEncoder.ofOpenAi(
                    checkpoint, ImageProcessor.clip(size), Dtype.F32, Device.CPU)) {
          Tensor logits =
              pair.logits(
                  pair.imageEmbeds(Tensors.zeros(Dtype.F32, Device.CPU, 2, 3, size, size)),
                  pair.textEmbeds(Tensors.ofLongs(new long[] {1, 11, 0}, 1, 3), null));
          assertThat(Tensors.shape(logits)).containsExactly(2, 1);
          assertThat(pair.scale()).isCloseTo(Math.exp(2), within(1e-6));
          assertThat(pair.images()).isInstanceOf(transformer ? ClipVit.class : ClipResNet.class);
          assertThatThrownBy(
                  () ->
                      DualEncoder.ofOpenAi(
                          checkpoint, ImageProcessor.clip(64), Dtype.F32, Device.CPU))
              .isInstanceOf(InputException.class)
              .hasMessageContaining("64 pixels");
        }
      }
    }
  }

  @Test
  void whatIsNoPairIsRefused() {
    Golden vision = Golden.open("goldens/clip-vision");
    assertThatThrownBy(() -> load(vision, ImageProcessor.clip(30)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("clip_vision_model")
        .hasMessageContaining("clip, siglip or siglip2");
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(CLIP.path("checkpoint"))) {
      Map<String, Tensor> without = new LinkedHashMap<>();
      checkpoint.names().forEach(name -> without.put(name, checkpoint.get(name)));
      without.remove("logit_scale");
      Path weights = temporary.resolve("without.safetensors");
      Safetensors.write(weights, without, Map.of());
      Path folder =
          Encoders.folder(
              temporary.resolve("without"),
              CLIP.path("checkpoint/config.json"),
              weights,
              node -> ((ObjectNode) node.get("text_config")).put("hidden_act", "quick_gelu"));
      long before = Tensors.liveNativeObjects();
      assertThatThrownBy(
              () -> DualEncoder.load(folder, ImageProcessor.clip(30), Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("logit_scale");
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before + 1); // the file's map
    }
  }

  @Test
  void parametersAreThoseOfBothTowers() {
    try (DualEncoder pair = load(CLIP, ImageProcessor.clip(30));
        Checkpoint checkpoint = Checkpoint.open(CLIP.path("checkpoint"))) {
      long stored =
          checkpoint.names().stream().mapToLong(name -> checkpoint.info(name).elements()).sum();
      assertThat(pair.parameterCount()).isEqualTo(stored);
      assertThat(pair.images().parameters().count() + pair.texts().parameters().count() + 1)
          .isEqualTo(stored);
      assertThat(pair.texts().config().tower().activation()).isEqualTo(Activation.QUICK_GELU);
    }
  }

  @Test
  void nativeMemoryStaysFlat() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = load(SIGLIP, ImageProcessor.siglip(32))) {
      Tensor pixels = input(SIGLIP);
      Tensor ids = longs(SIGLIP, "input_ids");
      long before = 0;
      for (int i = 0; i < 30; i++) {
        try (Scope step = Scope.open()) {
          pair.stages(pixels, ids, null);
        }
        before = i == 9 ? Tensors.liveNativeObjects() : before;
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }
}
