package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.mapper.QFormerKeys.Form;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Q-Former against LAVIS: both stages, with and without text, under LAVIS' names. */
class QFormerGoldenTest {

  private static final double TOLERANCE = 1e-4;
  private static final QFormerConfig SMALL =
      new QFormerConfig(5, 24, 3, 4, 48, 2, 16, null, Activation.GELU, 1e-12, 0.1);
  private static final QFormerConfig READING = SMALL.withText(new TextSide(61, 16));

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

  private static Tensor floats(Golden golden, String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  private static Tensor longs(Golden golden, String name) {
    return Tensors.ofLongs(golden.longs(name), golden.shape(name));
  }

  private static void assertClose(Tensor ours, Golden golden, String name) {
    assertThat(Tensors.shape(ours)).as(name).isEqualTo(golden.shape(name));
    float[] a = Tensors.toFloats(ours);
    assertClose(a, golden.floats(name), TOLERANCE, name);
  }

  private static void assertClose(float[] a, float[] b, double tolerance, String name) {
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      worst = difference <= worst ? worst : difference; // a NaN becomes the worst
    }
    assertThat(worst).as(name).isCloseTo(0, within(tolerance));
  }

  /** All that the first stage trains, but for its heads. */
  private static KeyMap stageOne() {
    return QFormerKeys.of(READING, Form.LAVIS)
        .ignore("Qformer\\.cls\\..*|(vision_proj|text_proj|itm_head|ln_vision)\\..*|temp");
  }

  private static Parameters stageOneWeights() {
    try (Checkpoint checkpoint =
        Checkpoint.open(Golden.resource("goldens/blip2-stage1/model.safetensors"))) {
      return Parameters.of(stageOne().read(checkpoint, Dtype.F32, Device.CPU));
    }
  }

  @Test
  void seesAndReadsAsInTheFirstStage() {
    Golden golden = Golden.open("goldens/blip2-stage1");
    Parameters weights = stageOneWeights();
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      QFormer qformer = new QFormer(READING, weights);
      Tensor images = floats(golden, "image_embeds");
      Tensor ids = longs(golden, "input_ids");
      Tensor mask = longs(golden, "attention_mask");
      assertClose(qformer.see(images, Dropout.NONE), golden, "query_states");
      Tensor text = qformer.read(ids, mask, Dropout.NONE);
      assertReal(text, golden, "text_states", mask);
      assertClose(text.select(1, 0), first(golden, "text_states"), "text_states at 0");
      // Four true pairs, four with another image, four with another text.
      Tensor image = longs(golden, "itm.negative_image");
      Tensor other = longs(golden, "itm.negative_text");
      Tensor allImages = Tensors.cat(0, images, images.index_select(0, image), images);
      Tensor allIds = Tensors.cat(0, ids, ids, ids.index_select(0, other));
      Tensor allMasks = Tensors.cat(0, mask, mask, mask.index_select(0, other));
      Tensor both = qformer.seeAndRead(allImages, allIds, allMasks, Dropout.NONE);
      Tensor ones = Tensors.to(torch.ones(12, 5), Dtype.I64);
      assertReal(both, golden, "itm.states", Tensors.cat(1, ones, allMasks));
    } finally {
      weights.close();
    }
  }

  private static void assertClose(Tensor ours, float[] expected, String name) {
    assertClose(Tensors.toFloats(ours), expected, TOLERANCE, name);
  }

  private static float[] first(Golden golden, String name) {
    return Tensors.toFloats(floats(golden, name).select(1, 0));
  }

  /** Where the mask is 1; states at padding mean nothing. */
  private static void assertReal(Tensor ours, Golden golden, String name, Tensor mask) {
    Tensor keep = Tensors.to(mask, Dtype.F32).unsqueeze(2);
    assertClose(ours.mul(keep), Tensors.toFloats(floats(golden, name).mul(keep)), name);
  }

  /** Queries that see no text, and text that sees the queries and what stands before it. */
  @Test
  void aMaskOfTheCallersLetsATextBeWritten() {
    Parameters weights = stageOneWeights();
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      QFormer qformer = new QFormer(READING, weights);
      Golden golden = Golden.open("goldens/blip2-stage1");
      Tensor images = floats(golden, "image_embeds");
      Tensor ids = longs(golden, "itg.input_ids");
      Tensor position = Tensors.range(14, Device.CPU);
      Tensor before = position.view(1, 14).le(position.view(14, 1));
      Tensor query = position.lt(new Scalar(5));
      // Queries see queries; text sees all before it, queries included.
      Tensor allowed = before.logical_or(query.view(1, 14).expand(14, 14)).view(1, 1, 14, 14);
      Tensor states = qformer.seeAndReadWhere(images, ids, allowed, Dropout.NONE);
      // The head of the first stage: a linear map, GELU, a norm, and the word table.
      try (Checkpoint checkpoint =
          Checkpoint.open(Golden.resource("goldens/blip2-stage1/model.safetensors"))) {
        String head = "Qformer.cls.predictions.";
        Tensor x = states.narrow(1, 5, 9);
        x =
            torch.gelu(
                io.lorgnette.nn.Layers.linear(
                    x,
                    checkpoint.get(head + "transform.dense.weight"),
                    checkpoint.get(head + "transform.dense.bias")));
        x =
            torch.layer_norm(
                x,
                new long[] {24},
                Tensors.optional(checkpoint.get(head + "transform.LayerNorm.weight")),
                Tensors.optional(checkpoint.get(head + "transform.LayerNorm.bias")),
                1e-12,
                false);
        Tensor logits =
            io.lorgnette.nn.Layers.linear(
                x, weights.get("embed.words"), checkpoint.get(head + "bias"));
        Tensor mask = longs(golden, "attention_mask");
        assertReal(logits, golden, "itg.logits", mask);
      }
    } finally {
      weights.close();
    }
  }

  private static QFormerMapperConfig stageTwo() {
    return new QFormerMapperConfig(SMALL, 24, true);
  }

  private static QFormerMapper stageTwoMapper() {
    try (Checkpoint checkpoint =
        Checkpoint.open(Golden.resource("goldens/blip2-stage2-opt/model.safetensors"))) {
      return stageTwo()
          .of(
              Parameters.of(
                  stageTwo().lavisKeys("opt_proj").read(checkpoint, Dtype.F32, Device.CPU)));
    }
  }

  /** Prefix, logits, loss and gradients of the second stage, through a frozen OPT. */
  @ParameterizedTest
  @ValueSource(strings = {"plain", "prompt"})
  void trainsAsInTheSecondStage(String form) {
    Golden golden = Golden.open("goldens/blip2-stage2-opt");
    try (QFormerMapper mapper = stageTwoMapper();
        LanguageModel lm = LanguageModel.load(golden.path("opt"), Dtype.F32, Device.CPU)) {
      mapper.parameters().trainable(true);
      Tensor images = floats(golden, "images");
      assertClose(
          mapper.qformer().see(mapper.normed(images), Dropout.NONE), golden, "query_states");
      Tensor prefix = mapper.map(images);
      assertClose(prefix, golden, "visual_prefix");
      Tensor all = Tensors.cat(1, prefix, lm.embed(longs(golden, form + ".input_ids")));
      assertClose(all, golden, form + ".inputs_embeds");
      Tensor hidden = lm.hidden(all);
      Tensor mask = longs(golden, form + ".attention_mask");
      assertReal(lm.logits(hidden), golden, form + ".logits", mask);
      Tensor loss = NextTokenLoss.mean(lm, hidden, golden.longs(form + ".labels"));
      float expected = golden.floats(form + ".loss")[0];
      assertThat(Tensors.value(loss)).isCloseTo(expected, within(1e-5 * expected));
      loss.backward();
      int compared = 0;
      Map<String, Tensor> gradients = gradients(mapper);
      for (String name : golden.names()) {
        if (name.startsWith(form + ".grad.")) {
          float[] reference = golden.floats(name);
          double scale = 0;
          for (float value : reference) {
            scale = Math.max(scale, Math.abs(value));
          }
          Tensor gradient = gradients.get(name.substring(form.length() + 6));
          assertClose(Tensors.toFloats(gradient), reference, 1e-4 * scale, name);
          compared++;
        }
      }
      assertThat(compared).isEqualTo(form.equals("plain") ? 12 : 2);
    }
  }

  /** Gradients under LAVIS' names. */
  private static Map<String, Tensor> gradients(QFormerMapper mapper) {
    Map<String, Tensor> own = new java.util.LinkedHashMap<>();
    mapper.parameters().asMap().forEach((name, tensor) -> own.put(name, tensor.grad()));
    return mapper.config().lavisKeys("opt_proj").write(own);
  }

  @Test
  void storedNamesSurviveTheRoundTrip() {
    try (QFormerMapper mapper = stageTwoMapper();
        Checkpoint checkpoint =
            Checkpoint.open(Golden.resource("goldens/blip2-stage2-opt/model.safetensors"))) {
      var stored = mapper.config().lavisKeys("opt_proj").write(mapper.parameters().asMap());
      var names = new TreeSet<>(checkpoint.names());
      names.remove("Qformer.bert.embeddings.position_ids"); // counts, nothing learned
      assertThat(stored.keySet()).isEqualTo(names);
      stored.forEach(
          (name, tensor) ->
              assertThat(Tensors.toFloats(tensor))
                  .isEqualTo(Tensors.toFloats(checkpoint.get(name))));
    }
    try (Checkpoint checkpoint =
        Checkpoint.open(Golden.resource("goldens/blip2-stage1/model.safetensors"))) {
      Parameters weights = stageOneWeights();
      assertThat(checkpoint.names()).containsAll(stageOne().write(weights.asMap()).keySet());
      weights.close();
    }
  }

  @Test
  void namesThatDoNotFitAreListed() {
    try (Checkpoint checkpoint =
        Checkpoint.open(Golden.resource("goldens/blip2-stage2-opt/model.safetensors"))) {
      KeyMap t5 = stageTwo().lavisKeys("t5_proj");
      assertThatThrownBy(() -> t5.read(checkpoint, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("missing 2 (t5_proj.weight", "unknown 2 (opt_proj.");
    }
  }
}
