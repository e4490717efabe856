package io.lorgnette.vision;

import static io.lorgnette.vision.Encoders.assertEqual;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextTowerTest {

  private static final Golden CLIP = Golden.open("goldens/clip-dual");
  private static final Golden SIGLIP = Golden.open("goldens/siglip-dual");
  private static final Golden LEGACY = Golden.open("goldens/clip-text");

  @TempDir private Path temporary;

  static Tensor longs(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  private static TextTower load(Golden golden) {
    return TextTower.load(golden.path("checkpoint"), Dtype.F32, Device.CPU);
  }

  @Test
  void clipEqualsTheReferenceAtEveryPlace() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TextTower tower = load(CLIP)) {
      Tensor ids = longs(CLIP, "input_ids");
      Tensor mask = longs(CLIP, "attention_mask");
      assertEqual(tower.encode(ids, mask), CLIP, "text_last_hidden_state", 1e-4);
      assertEqual(tower.textEmbeds(ids, mask), CLIP, "text_pooled", 1e-4);
      // Padding is behind the end token, which looks back only.
      assertEqual(tower.textEmbeds(ids, null), CLIP, "text_pooled", 1e-4);
      assertThat(tower.config().endToken()).isEqualTo(198);
    }
  }

  @Test
  void theOldEndTokenMeansTheLargestId() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TextTower tower = load(LEGACY)) {
      Tensor ids = longs(LEGACY, "input_ids");
      assertThat(tower.config().endToken()).isZero();
      assertEqual(tower.encode(ids, null), LEGACY, "last_hidden_state", 1e-4);
      assertEqual(tower.textEmbeds(ids, null), LEGACY, "text_embeds", 1e-4);
    }
  }

  @Test
  void aTextWithoutEndTokenIsRefused() {
    try (Scope scope = Scope.open();
        TextTower tower = load(CLIP)) {
      Tensor ids = Tensors.ofLongs(new long[] {197, 5, 198, 197, 5, 6}, 2, 3);
      assertThatThrownBy(() -> tower.textEmbeds(ids, null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("end token 198");
    }
  }

  @Test
  void idsAndMasksThatDoNotFitAreRefused() {
    try (Scope scope = Scope.open();
        TextTower clip = load(CLIP);
        TextTower siglip = load(SIGLIP)) {
      record Case(TextTower tower, Tensor ids, Tensor mask, String said) {}
      Tensor three = Tensors.ofLongs(new long[] {197, 5, 198}, 1, 3);
      for (Case one :
          List.of(
              new Case(clip, Tensors.ofLongs(new long[17], 1, 17), null, "up to 16"),
              new Case(clip, Tensors.ofLongs(new long[3], 3), null, "[3]"),
              new Case(clip, Tensors.ofFloats(new float[3], 1, 3), null, "F32"),
              new Case(clip, Tensors.ofLongs(new long[] {199}, 1, 1), null, "199"),
              new Case(clip, Tensors.ofLongs(new long[] {-1}, 1, 1), null, "-1"),
              new Case(clip, three, Tensors.ofLongs(new long[2], 1, 2), "[1, 2]"),
              new Case(clip, three, Tensors.ofLongs(new long[] {0, 1, 1}, 1, 3), "right"),
              new Case(siglip, Tensors.ofLongs(new long[15], 1, 15), null, "T 16"))) {
        assertThatThrownBy(() -> one.tower().textEmbeds(one.ids(), one.mask()))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining(one.said());
      }
    }
  }

  @Test
  void siglipLooksBothWays() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TextTower tower = load(SIGLIP)) {
      long[] ids = Arrays.copyOf(SIGLIP.longs("input_ids"), 16);
      float[] before = Tensors.toFloats(tower.encode(Tensors.ofLongs(ids, 1, 16), null));
      ids[15] = (ids[15] + 1) % 199;
      float[] after = Tensors.toFloats(tower.encode(Tensors.ofLongs(ids, 1, 16), null));
      assertThat(Math.abs(before[0] - after[0])).isGreaterThan(1e-6f);
    }
  }

  @Test
  void namesGoToOpenAiAndBack() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TextTower tower = load(LEGACY);
        Checkpoint original = Checkpoint.open(LEGACY.path("checkpoint"))) {
      for (String prefix : List.of("", "text.")) {
        Map<String, Tensor> stored =
            new LinkedHashMap<>(
                TextTowerKeys.openAi(tower.config(), prefix).write(tower.parameters().asMap()));
        // Of the vision part, which is passed over.
        stored.put("visual.ln_post.weight", Tensors.zeros(Dtype.F32, Device.CPU, 4));
        stored.put("logit_scale", Tensors.zeros(Dtype.F32, Device.CPU));
        Path file = temporary.resolve("openai" + prefix + "safetensors");
        Safetensors.write(file, stored, Map.of());
        try (Checkpoint openAi = Checkpoint.open(file);
            TextTower again = TextTower.of(tower.config(), openAi, Dtype.F32, Device.CPU)) {
          Tensor ids = longs(LEGACY, "input_ids");
          assertEqual(again.textEmbeds(ids, null), LEGACY, "text_embeds", 1e-4);
          String hf = TowerKeys.hasPrefix(original, "text_model.") ? "text_model." : "";
          Map<String, Tensor> back =
              TextTowerKeys.huggingFace(tower.config(), hf).write(again.parameters().asMap());
          assertThat(new TreeSet<>(back.keySet())).isEqualTo(new TreeSet<>(original.names()));
          back.forEach(
              (name, tensor) ->
                  assertThat(Tensors.toFloats(tensor))
                      .as(name)
                      .isEqualTo(Tensors.toFloats(original.get(name))));
        }
      }
    }
  }

  @Test
  void aConfigurationIsReadOffOpenAiShapes() {
    TextTowerConfig config =
        new TextTowerConfig(TextTowerConfig.Kind.CLIP, 30, 7, TowerShape.openAi(128, 2), 20, 0, 0);
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> own = new LinkedHashMap<>();
      TextTowerKeys.openAi(config, "")
          .shapes()
          .forEach(
              (name, shape) ->
                  own.put(
                      name,
                      Tensors.zeros(
                          Dtype.F32,
                          Device.CPU,
                          shape.stream().mapToLong(Long::longValue).toArray())));
      Path file = temporary.resolve("openai.safetensors");
      Safetensors.write(file, TextTowerKeys.openAi(config, "").write(own), Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(TextTowerConfig.ofOpenAi(checkpoint)).isEqualTo(config);
      }
    }
  }

  @Test
  void textsAreFilledUpToTheTowersLength() {
    try (Scope scope = Scope.open();
        TextTower tower = load(SIGLIP);
        Tokenizer tokenizer = Tokenizer.load(tokenizerFile())) {
      Tensor ids = tower.ids(tokenizer, List.of("a", "two words"));
      assertThat(Tensors.shape(ids)).containsExactly(2, 16);
      PaddedIds second = tokenizer.encodePadded("two words", 16, tower.config().padToken());
      assertThat(Arrays.copyOfRange(Tensors.toLongs(ids), 16, 32))
          .isEqualTo(Arrays.stream(second.ids()).asLongStream().toArray())
          .endsWith(1L);
    }
  }

  private static Path tokenizerFile() {
    return Golden.resource("goldens/tokenizers/t5/tokenizer.json");
  }

  @Test
  void unknownAndMissingNamesAreListed() {
    assertThatThrownBy(() -> load(Golden.open("goldens/clip-vision")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("clip_vision_model");
    try (Checkpoint checkpoint = Checkpoint.open(CLIP.path("checkpoint"));
        TextTower tower = load(CLIP)) {
      TextTowerConfig config = tower.config();
      TextTowerConfig taller =
          new TextTowerConfig(
              config.kind(),
              config.vocabulary(),
              config.positions(),
              config.tower().withLayers(3),
              config.projection(),
              config.endToken(),
              config.padToken());
      assertThatThrownBy(() -> TextTower.of(taller, checkpoint, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("missing 16 (text_model.encoder.layers.2");
    }
  }

  @Test
  void nativeMemoryStaysFlat() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        TextTower tower = load(CLIP)) {
      Tensor ids = longs(CLIP, "input_ids");
      Tensor mask = longs(CLIP, "attention_mask");
      long before = 0;
      for (int i = 0; i < 30; i++) {
        try (Scope step = Scope.open()) {
          tower.textEmbeds(ids, mask);
          tower.textEmbeds(ids, null);
        }
        before = i == 9 ? Tensors.liveNativeObjects() : before;
      }
      assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
    }
  }
}
