package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The forms in which releases store the same model. */
class EncoderDecoderLoadTest {

  @TempDir Path folder;

  private Scope scope;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();

  @BeforeEach
  void openScope() {
    Engine.threads(1);
    scope = Scope.open();
  }

  @AfterEach
  void closeScope() {
    scope.close();
  }

  /** Takes a golden's checkpoint as the form to be changed. */
  private void take(String golden, Consumer<ObjectNode> change) throws IOException {
    Path from = Golden.resource("goldens/" + golden + "/checkpoint");
    tensors.clear();
    try (Checkpoint checkpoint = Checkpoint.open(from)) {
      checkpoint.names().forEach(name -> tensors.put(name, checkpoint.get(name)));
    }
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(Files.readAllBytes(from.resolve("config.json")));
    change.accept(json);
    mapper.writeValue(folder.resolve("config.json").toFile(), json);
  }

  private EncoderDecoder load() {
    Path file = folder.resolve("model.safetensors");
    Safetensors.write(file, tensors, Map.of());
    return EncoderDecoder.load(folder, Dtype.F32, Device.CPU);
  }

  private float[] logits() {
    try (Tensors.NoGrad guard = Tensors.noGrad();
        EncoderDecoder model = load()) {
      return logits(model);
    }
  }

  private static float[] logits(EncoderDecoder model) {
    Tensor read = Tensors.ofLongs(new long[] {5, 6, 7}, 1, 3);
    Tensor written = Tensors.ofLongs(new long[] {2, 9}, 1, 2);
    return Tensors.toFloats(model.stages(model.embed(read), null, written).get("logits"));
  }

  @Test
  void theWordTableMayBeStoredOnceOrSeveralTimesUnderAnyOfItsNames() throws IOException {
    take("t5", json -> {});
    float[] expected = logits();
    Tensor table = tensors.get("shared.weight");
    for (String name :
        new String[] {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}) {
      tensors.put(name, table.clone());
      assertThat(logits()).isEqualTo(expected);
    }
    tensors.put("lm_head.weight", table.clone());
    assertThat(logits()).isEqualTo(expected);
    tensors.remove("shared.weight");
    assertThat(logits()).isEqualTo(expected);

    tensors.put("lm_head.weight", table.add(new Scalar(1e-3)));
    assertThatThrownBy(this::load)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("different values in encoder.embed_tokens.weight and lm_head.weight");
    tensors.put("lm_head.weight", table.narrow(0, 0, 200));
    assertThatThrownBy(this::load)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("misshapen 1 (lm_head.weight [200, 48] instead of [211, 48])");
  }

  @Test
  void anOutputMatrixOfItsOwnIsUsed() throws IOException {
    take("flan-t5", json -> json.put("tie_word_embeddings", false).remove("scale_decoder_outputs"));
    Tensor table = tensors.get("shared.weight");
    assertThatThrownBy(this::load)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing 1 (lm_head.weight)");
    tensors.put("lm_head.weight", table.mul(new Scalar(2.0)));
    float[] doubled = logits();
    // Newer files say tied where the output matrix is stored nevertheless, or not.
    take("flan-t5", json -> {});
    float[] tied = logits();
    tensors.put("lm_head.weight", tensors.get("shared.weight").mul(new Scalar(2.0)));
    assertThat(logits()).isEqualTo(doubled);
    for (int i = 0; i < tied.length; i++) {
      assertThat(doubled[i]).isEqualTo(2 * tied[i]);
    }
    try (EncoderDecoder model = load()) {
      assertThat(model.config().keys().write(model.parameters().asMap()).keySet())
          .containsExactlyInAnyOrderElementsOf(tensors.keySet());
    }
  }

  @Test
  void tiedOutputsOfTheFirstT5AreScaled() throws IOException {
    take("t5", json -> json.put("scale_decoder_outputs", false));
    float[] plain = logits();
    take("t5", json -> json.remove("scale_decoder_outputs"));
    float[] scaled = logits();
    for (int i = 0; i < plain.length; i++) {
      assertThat(scaled[i]).isCloseTo((float) (plain[i] / Math.sqrt(48)), within(plain[i]));
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float value) {
    return org.assertj.core.data.Offset.offset(1e-6f * (1 + Math.abs(value)));
  }

  @Test
  void anUnusedTableOfTheFirstReleasesIsIgnoredAndOtherTensorsAreNot() throws IOException {
    take("t5", json -> {});
    tensors.put(
        "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight",
        Tensors.zeros(Dtype.F32, Device.CPU, 8, 4));
    load().close();
    tensors.remove("encoder.block.1.layer.1.DenseReluDense.wi.weight");
    tensors.put("encoder.block.1.layer.1.adapter", Tensors.zeros(Dtype.F32, Device.CPU, 2));
    assertThatThrownBy(this::load)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("missing 1 (encoder.block.1.layer.1.DenseReluDense.wi.weight)")
        .hasMessageContaining("unknown 1 (encoder.block.1.layer.1.adapter)");
  }

  @Test
  void bartMayLackItsPrefixAndItsBias() throws IOException {
    take("bart", json -> {});
    float[] expected = logits();
    float[] bias = Tensors.toFloats(tensors.get("final_logits_bias"));
    Tensor table = tensors.get("model.shared.weight");
    tensors.put("model.encoder.embed_tokens.weight", table.clone());
    tensors.put("model.decoder.embed_tokens.weight", table.clone());
    tensors.put("lm_head.weight", table.clone());
    assertThat(logits()).isEqualTo(expected);

    take("bart", json -> {});
    Map<String, Tensor> bare = new LinkedHashMap<>();
    tensors.forEach((name, tensor) -> bare.put(name.replace("model.", ""), tensor));
    bare.remove("final_logits_bias");
    bare.put("encoder.embed_tokens.weight", table.clone());
    tensors.clear();
    tensors.putAll(bare);
    float[] plain = logits();
    for (int i = 0; i < plain.length; i++) {
      assertThat(plain[i] + bias[i % bias.length]).isCloseTo(expected[i], within(expected[i]));
    }
  }

  @Test
  void bartMayScaleItsEmbeddings() throws IOException {
    take("bart", json -> json.put("scale_embedding", true));
    float[] expected = Golden.open("goldens/generation").floats("bart_scaled.logits");
    assertThat(logits()).containsExactly(expected, org.assertj.core.data.Offset.offset(1e-4f));
    try (EncoderDecoder model = load()) {
      float[] words = Tensors.toFloats(model.embed(Tensors.ofInts(new int[] {7})));
      float[] stored = Tensors.toFloats(tensors.get("model.shared.weight").select(0, 7));
      for (int i = 0; i < words.length; i++) {
        assertThat(words[i]).isCloseTo((float) (stored[i] * Math.sqrt(24)), within(words[i]));
      }
    }
  }

  @Test
  void theFolderSaysOfWhichKindItIs() {
    for (String name : new String[] {"t5", "bart", "gpt2", "llama"}) {
      Path checkpoint = Golden.resource("goldens/" + name + "/checkpoint");
      try (TextModel model = TextModel.load(checkpoint, Dtype.F32, Device.CPU)) {
        boolean encoded = name.equals("t5") || name.equals("bart");
        assertThat(model).isInstanceOf(encoded ? EncoderDecoder.class : LanguageModel.class);
        assertThat(model.identity()).startsWith("sha256:");
        assertThat(Tensors.shape(model.embed(Tensors.ofInts(new int[] {3}))))
            .containsExactly(1, model.width());
      }
    }
    Path t5 = Golden.resource("goldens/t5/checkpoint");
    assertThatThrownBy(() -> LanguageModel.load(t5, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'t5'");
    assertThatThrownBy(() -> EncoderDecoder.load(t5, Dtype.F16, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("exceed F16");
    assertThatThrownBy(() -> TextModel.load(folder, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json");
  }

  @Test
  void refusesLabelsAndMemoriesThatDoNotFit() throws IOException {
    take("bart", json -> {});
    try (EncoderDecoder model = load()) {
      assertThatThrownBy(() -> new DecoderLabels(model, new long[] {3, 4, 5}, 2))
          .hasMessageContaining("3 labels for rows of 2");
      assertThatThrownBy(() -> new DecoderLabels(model, new long[] {-100, -100}, 2))
          .hasMessageContaining("no token has a label");
      DecoderLabels labels = new DecoderLabels(model, new long[] {9, -100, 8, -100, 7, 6}, 3);
      assertThat(Tensors.toLongs(labels.inputs())).containsExactly(2, 9, 1, 2, 1, 7);
      assertThat(labels.count()).isEqualTo(4);
      Tensor read = model.embed(Tensors.ofLongs(new long[] {5, 6}, 2, 1));
      CrossMemory memory = model.memory(model.encode(read, null), null);
      Tensor three = model.embed(Tensors.ofLongs(new long[] {2, 2, 2}, 3, 1));
      assertThatThrownBy(() -> model.decode(three, memory))
          .hasMessageContaining("3 sequences do not share a memory of 2 rows");
      Tensor tooLong = model.embed(Tensors.ofLongs(new long[33], 1, 33));
      assertThatThrownBy(() -> model.encode(tooLong, null)).hasMessageContaining("exceed");
      assertThatThrownBy(() -> labels.loss(three, 0)).hasMessageContaining("6 labels");
    }
  }
}
