package io.lorgnette.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole models beyond what {@code VerificationTest} and the program's test compare with every
 * golden: older forms, places of images, what does not fit.
 */
class WritingModelTest {

  private static final ImageProcessor PROCESSOR = ImageProcessor.blip(28);

  @TempDir Path folder;
  private Scope scope;

  @BeforeEach
  void openScope() {
    Engine.threads(1);
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  private static Path checkpoint(String name) {
    return Golden.resource("goldens/" + name + "/checkpoint");
  }

  private static Tensor floats(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  private static Tensor longs(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  private static ImageTextBatch batch(Golden golden) {
    return ImageTextBatch.of(floats(golden, "pixel_values"), longs(golden, "input_ids"));
  }

  private static WritingModel load(Path folder) {
    return WritingModel.load(folder, PROCESSOR, Dtype.F32, Device.CPU);
  }

  /** A checkpoint with another configuration and other tensors. */
  private Path changed(
      String name, Consumer<ObjectNode> config, Consumer<Map<String, Tensor>> weights)
      throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode node =
        (ObjectNode) mapper.readTree(checkpoint(name).resolve("config.json").toFile());
    config.accept(node);
    Path into = Files.createTempDirectory(folder, name);
    Files.write(into.resolve("config.json"), mapper.writeValueAsBytes(node));
    try (Checkpoint checkpoint = Checkpoint.open(checkpoint(name))) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      checkpoint.names().forEach(tensor -> tensors.put(tensor, checkpoint.get(tensor)));
      weights.accept(tensors);
      Safetensors.write(into.resolve("model.safetensors"), tensors, Map.of());
    }
    return into;
  }

  private static void assertClose(Tensor ours, float[] expected, double tolerance) {
    float[] values = Tensors.toFloats(ours);
    assertThat(values).hasSameSizeAs(expected);
    double worst = 0;
    for (int i = 0; i < values.length; i++) {
      double difference = Math.abs((double) values[i] - expected[i]);
      worst = difference <= worst ? worst : difference; // a NaN becomes the worst
    }
    assertThat(worst).isCloseTo(0, within(tolerance));
  }

  /** In releases without image tokens the prefix stands before the text, as here the tokens do. */
  @Test
  void withoutImageTokensThePrefixStandsBeforeTheText() throws IOException {
    Golden golden = Golden.open("goldens/blip2-opt");
    Path older = changed("blip2-opt", node -> node.remove("image_token_index"), weights -> {});
    try (Tensors.NoGrad guard = Tensors.noGrad();
        WritingModel model = load(older)) {
      assertThat(model.places().token()).isEmpty();
      Tensor ids = longs(golden, "input_ids").narrow(1, 6, 6);
      Tensor mask = Tensors.ofLongs(new long[] {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, 2, 6);
      ImageTextBatch batch =
          new ImageTextBatch(floats(golden, "pixel_values"), ids, mask, null, null);
      Tensor seen = model.see(batch);
      LanguageModel lm = (LanguageModel) model.language();
      Tensor embeddings = model.places().embed(lm, ids, seen);
      Tensor whole = model.places().mask(mask, seen);
      assertThat(Tensors.shape(whole)).containsExactly(2, 12);
      Tensor logits = lm.logits(lm.hidden(embeddings, whole, null, null));
      assertClose(logits, golden.floats("logits"), 1e-4);
      List<Generation> answers =
          new Generator(lm).generate(model.prompts(batch), GenerationConfig.greedy(12));
      for (int row = 0; row < 2; row++) {
        long[] expected =
            Arrays.copyOfRange(golden.longs("greedy.ids"), row * 24 + 12, row * 24 + 24);
        assertThat(Arrays.stream(answers.get(row).ids()).asLongStream().toArray())
            .isEqualTo(expected);
      }
    }
  }

  /** Padding on the left of a text that stands behind the prefix lies between the two. */
  @Test
  void paddingBetweenPrefixAndTextChangesNothing() throws IOException {
    Golden golden = Golden.open("goldens/blip2-opt");
    Path older = changed("blip2-opt", node -> node.remove("image_token_index"), weights -> {});
    try (Tensors.NoGrad guard = Tensors.noGrad();
        WritingModel model = load(older)) {
      LanguageModel lm = (LanguageModel) model.language();
      Tensor pixels = floats(golden, "pixel_values");
      long[] own = Tensors.toLongs(longs(golden, "input_ids").narrow(1, 6, 6));
      long[] ids = new long[16];
      long[] mask = new long[16];
      Arrays.fill(ids, 1);
      for (int i = 0; i < 12; i++) {
        ids[i / 6 * 8 + 2 + i % 6] = own[i];
        mask[i / 6 * 8 + 2 + i % 6] = 1;
      }
      ImageTextBatch batch =
          new ImageTextBatch(
              pixels, Tensors.ofLongs(ids, 2, 8), Tensors.ofLongs(mask, 2, 8), null, null);
      Tensor seen = model.see(batch);
      Tensor hidden =
          lm.hidden(
              model.places().embed(lm, batch.ids(), seen),
              model.places().mask(batch.mask(), seen),
              null,
              null);
      Tensor logits = lm.logits(hidden).narrow(1, 8, 6);
      Tensor expected = floats(golden, "logits").narrow(1, 6, 6);
      assertClose(logits, Tensors.toFloats(expected), 1e-4);
    }
  }

  @Test
  void severalImagesOfATextTakeTheirPlacesInOrder() {
    ImagePlaces places = new ImagePlaces(OptionalInt.of(9));
    try (Tensors.NoGrad guard = Tensors.noGrad();
        WritingModel model = load(checkpoint("llava-1.5"))) {
      LanguageModel lm = (LanguageModel) model.language();
      Tensor seen = Tensors.ofFloats(new float[3 * 2 * 32], 3, 2, 32);
      for (int i = 0; i < 3; i++) {
        seen.select(0, i).fill_(new org.bytedeco.pytorch.Scalar(i + 1.0));
      }
      long[] ids = {9, 9, 5, 9, 9, 6, 7, 9, 9, 8, 8, 8};
      Tensor rows = Tensors.ofLongs(ids, 2, 6);
      Tensor embedded = places.embed(lm, rows, seen);
      Tensor words = lm.embed(rows);
      for (int i = 0; i < ids.length; i++) {
        Tensor one = embedded.select(0, i / 6).select(0, i % 6);
        int image = i < 2 ? 1 : i < 5 ? 2 : 3;
        if (ids[i] == 9) {
          assertThat(Tensors.toFloats(one)).containsOnly(image);
        } else {
          assertThat(Tensors.toFloats(one))
              .isEqualTo(Tensors.toFloats(words.select(0, i / 6).select(0, i % 6)));
        }
      }
      List<Prompt> prompts = places.prompts(rows, null, seen);
      assertThat(prompts).extracting(Prompt::length).containsExactly(6, 6);
      for (Tensor wrong : List.of(seen.narrow(0, 0, 2), seen.narrow(1, 0, 1))) {
        assertThatThrownBy(() -> places.embed(lm, rows, wrong))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("6 image tokens (9)");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"blip2-opt", "blip2-t5", "instructblip-t5", "llava-1.5"})
  void halfPrecisionStaysClose(String name) {
    Golden golden = Golden.open("goldens/" + name);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        WritingModel exact = load(checkpoint(name));
        WritingModel model =
            WritingModel.load(checkpoint(name), PROCESSOR, Dtype.BF16, Device.CPU)) {
      ImageTextBatch batch = batch(golden);
      float[] expected = Tensors.toFloats(exact.see(batch));
      Tensor seen = model.see(batch);
      float scale = 0;
      for (float value : expected) {
        scale = Math.max(scale, Math.abs(value));
      }
      assertClose(seen, expected, 0.03 * scale);
      Tensor embedded = model.places().embed(model.language(), batch.ids(), seen);
      assertThat(Tensors.dtype(embedded)).isEqualTo(Dtype.BF16);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"blip2-opt", "blip2-t5", "llava-1.5"})
  void theLanguageModelAloneMayBeKeptInFewerBits(String name) {
    Golden golden = Golden.open("goldens/" + name);
    Precision eight = Precision.INT8.computedIn(Dtype.F32);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        WritingModel exact = load(checkpoint(name));
        WritingModel model = WritingModel.load(checkpoint(name), PROCESSOR, eight, Device.CPU)) {
      ImageTextBatch batch = batch(golden);
      assertThat(Tensors.toFloats(model.see(batch))).isEqualTo(Tensors.toFloats(exact.see(batch)));
      assertThat(model.language().dtype()).isEqualTo(Dtype.F32);
      assertThat(model.language().parameters().storage()).contains("INT8");
      assertThat(model.encoder().dtype()).isEqualTo(Dtype.F32);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "blip2-opt, qformer.encoder.layer.0.attention.output.dense.bias",
    "blip2-t5, language_model.encoder.final_layer_norm.weight",
    "instructblip-t5, vision_model.post_layernorm.bias",
    "llava-1.5, multi_modal_projector.linear_2.bias"
  })
  void namesThatAreMissingOrUnknownAreListed(String name, String tensor) throws IOException {
    String last = tensor.substring(tensor.lastIndexOf('.', tensor.lastIndexOf('.') - 1) + 1);
    Path renamed =
        changed(name, node -> {}, tensors -> tensors.put(tensor + "x", tensors.remove(tensor)));
    assertThatThrownBy(() -> load(renamed))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing 1")
        .hasMessageContaining("unknown 1")
        .hasMessageContaining(last + "x");
  }

  /** Every stored tensor belongs to a part. */
  @Test
  void aPartThatNoOneKnowsIsRefused() throws IOException {
    Tensor any = Tensors.ofFloats(new float[] {1}, 1);
    for (String name : List.of("blip2-opt", "llava-1.5")) {
      Path more = changed(name, node -> {}, tensors -> tensors.put("lora.weight", any));
      assertThatThrownBy(() -> load(more))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("unknown 1 (lora.weight)");
    }
  }

  /** What a failed load had opened is closed. */
  @Test
  void aFailedLoadLeavesNoMemory() throws IOException {
    Path broken =
        changed(
            "blip2-opt",
            node -> {},
            tensors -> tensors.remove("language_model.model.decoder.final_layer_norm.bias"));
    assertThatThrownBy(() -> load(broken)).isInstanceOf(InputException.class);
    long before = Tensors.liveNativeObjects();
    assertThatThrownBy(() -> load(broken)).isInstanceOf(InputException.class);
    assertThat(Tensors.liveNativeObjects()).isEqualTo(before);
  }

  @Test
  void configurationsOfOtherModelsAreRefused() throws IOException {
    record Case(String golden, Consumer<ObjectNode> change, String said) {}
    for (Case one :
        List.of(
            new Case("blip2-opt", node -> node.put("model_type", "blip"), "'blip'"),
            new Case("blip2-opt", node -> q(node).put("num_attention_heads", 5), "heads 5"),
            new Case("blip2-opt", node -> q(node).put("hidden_act", "swosh"), "'swosh'"),
            new Case("blip2-opt", node -> node.put("num_query_tokens", "six"), "num_query_tokens"),
            new Case("blip2-opt", node -> node.put("qformer_config", 3), "qformer_config"),
            new Case(
                "llava-1.5", node -> v(node).put("model_type", "siglip_vision_model"), "siglip"),
            new Case("llava-1.5", node -> node.put("vision_feature_layer", 3), "_feature_layer"),
            new Case("llava-1.5", node -> node.put("vision_feature_layer", -9), "layer-9"),
            new Case(
                "llava-1.5",
                node -> node.put("vision_feature_select_strategy", "some"),
                "select_strategy"))) {
      Path other = changed(one.golden(), one.change(), tensors -> {});
      assertThatThrownBy(() -> load(other))
          .as(one.said())
          .isInstanceOf(InputException.class)
          .hasMessageContaining(one.said());
    }
    assertThatThrownBy(
            () -> Blip2Matcher.load(checkpoint("blip2-opt"), PROCESSOR, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("reads no text");
  }

  private static ObjectNode q(ObjectNode node) {
    return (ObjectNode) node.get("qformer_config");
  }

  private static ObjectNode v(ObjectNode node) {
    return (ObjectNode) node.get("vision_config");
  }
}
