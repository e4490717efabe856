package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.mapper.Blip2Losses.Batch;
import io.lorgnette.mapper.Blip2Losses.Losses;
import io.lorgnette.mapper.Blip2Losses.Weights;
import io.lorgnette.mapper.HardNegatives.Choice;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** BLIP-2's first stage against LAVIS: stages, losses, gradients and names. */
class Blip2Stage1GoldenTest {

  private static final double TOLERANCE = 1e-4;
  private static final Blip2Stage1Config SMALL =
      new Blip2Stage1Config(
          new QFormerConfig(
              5, 24, 3, 4, 48, 2, 16, new TextSide(61, 16), Activation.GELU, 1e-12, 0.1),
          16);
  private static final Golden GOLDEN = Golden.open("goldens/blip2-stage1");

  private Scope scope;
  private Blip2Stage1 model;

  @BeforeEach
  void load() {
    Engine.threads(1);
    scope = Scope.open();
    try (Checkpoint checkpoint = checkpoint()) {
      model = SMALL.read(checkpoint, Dtype.F32, Device.CPU);
    }
  }

  @AfterEach
  void close() {
    model.close();
    scope.close();
  }

  private static Checkpoint checkpoint() {
    return Checkpoint.open(GOLDEN.path("model.safetensors"));
  }

  private static Tensor floats(String name) {
    return Tensors.ofFloats(GOLDEN.floats(name), GOLDEN.shape(name));
  }

  private static Tensor longs(String name) {
    return Tensors.ofLongs(GOLDEN.longs(name), GOLDEN.shape(name));
  }

  private static Batch batch() {
    return new Batch(floats("images"), longs("input_ids"), longs("attention_mask"));
  }

  private static void assertClose(Tensor ours, Tensor expected, double tolerance, String name) {
    assertThat(Tensors.shape(ours)).as(name).isEqualTo(Tensors.shape(expected));
    float[] a = Tensors.toFloats(ours);
    float[] b = Tensors.toFloats(expected);
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      worst = difference <= worst ? worst : difference; // a NaN becomes the worst
    }
    assertThat(worst).as(name).isCloseTo(0, within(tolerance));
  }

  private Losses losses(Map<String, Tensor> trace) {
    HardNegatives replayed =
        (images, texts) ->
            new Choice(GOLDEN.longs("itm.negative_image"), GOLDEN.longs("itm.negative_text"));
    return new Blip2Losses(model, Weights.PUBLISHED, Gathering.ALONE)
        .of(batch(), replayed, Dropout.NONE, trace::put);
  }

  @Test
  void everyStageAndLossIsTheReferences() {
    Map<String, Tensor> trace = new LinkedHashMap<>();
    Losses losses = losses(trace);
    Tensor real = Tensors.to(longs("attention_mask"), Dtype.F32).unsqueeze(2);
    assertThat(trace).hasSize(8);
    trace.forEach(
        (name, tensor) -> {
          boolean text = name.equals("text_states"); // at padding it means nothing
          Tensor expected = text ? floats(name).mul(real) : floats(name);
          assertClose(text ? tensor.mul(real) : tensor, expected, TOLERANCE, name);
        });
    assertLoss(losses.itc(), "loss_itc");
    assertLoss(losses.itm(), "loss_itm");
    assertLoss(losses.itg(), "loss_itg");
    assertLoss(losses.sum(), "loss");
  }

  private static void assertLoss(Tensor ours, String name) {
    double expected = GOLDEN.json().at("/losses/" + name).asDouble();
    assertThat(Tensors.value(ours)).as(name).isCloseTo(expected, within(1e-5 * expected));
  }

  @Test
  void extractsFeatures() {
    Batch batch = batch();
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor images = model.imageEmbeds(batch.features());
      Tensor texts = model.textEmbeds(batch.ids(), batch.mask());
      assertClose(images, floats("itc.image_feats"), TOLERANCE, "image_feats");
      assertClose(texts, floats("itc.text_feats"), TOLERANCE, "text_feats");
      Tensor pairs = model.seeWithText(batch.features(), batch.ids(), batch.mask());
      Tensor expected = floats("itm.states").narrow(0, 0, 4).narrow(1, 0, 5);
      assertClose(pairs, expected, TOLERANCE, "itm.states");
      Tensor verdicts = model.match(batch.features(), batch.ids(), batch.mask());
      assertClose(verdicts, floats("itm.logits").narrow(0, 0, 4), TOLERANCE, "itm.logits");
    }
  }

  @Test
  void predictsTheNextWordFromWhatTheQueriesSaw() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor images = model.normed(floats("images"));
      QFormer.Seen seen = model.qformer().seeForText(images, Dropout.NONE);
      Tensor ids = longs("itg.input_ids");
      Tensor logits = model.words(model.qformer().write(seen, ids, Dropout.NONE));
      Tensor real = Tensors.to(longs("attention_mask"), Dtype.F32).unsqueeze(2);
      assertClose(logits.mul(real), floats("itg.logits").mul(real), TOLERANCE, "itg.logits");
    }
  }

  /** Of the sum all that were recorded; of each loss alone those of the queries. */
  @ParameterizedTest
  @CsvSource({"grad., 79", "grad_itc., 1", "grad_itm., 1", "grad_itg., 2"})
  void gradientsAreTheReferences(String prefix, int recorded) {
    model.parameters().trainable(true);
    Losses losses = losses(new LinkedHashMap<>());
    Tensor loss =
        switch (prefix) {
          case "grad_itc." -> losses.itc();
          case "grad_itm." -> losses.itm();
          case "grad_itg." -> losses.itg();
          default -> losses.sum();
        };
    loss.backward();
    Map<String, Tensor> own = new LinkedHashMap<>();
    model.parameters().asMap().forEach((name, tensor) -> own.put(name, gradientOrZeros(tensor)));
    Map<String, Tensor> gradients = SMALL.keys().write(own);
    Set<String> names = new TreeSet<>();
    for (String name : GOLDEN.names()) {
      if (name.startsWith(prefix)) {
        Tensor expected = floats(name);
        double scale = Tensors.value(expected.abs().max());
        Tensor ours = gradients.get(name.substring(prefix.length()));
        assertClose(ours, expected, 1e-4 * scale, name);
        names.add(name);
      }
    }
    assertThat(names).hasSize(recorded);
  }

  private static Tensor gradientOrZeros(Tensor tensor) {
    return tensor.grad().defined() ? tensor.grad() : torch.zeros_like(tensor);
  }

  @Test
  void namesAndValuesSurviveTheRoundTrip(@TempDir Path folder) {
    Path file = folder.resolve("stage1.safetensors");
    model.save(file, Map.of("step", "7"));
    try (Checkpoint before = checkpoint();
        Checkpoint after = Checkpoint.open(file)) {
      assertThat(after.names()).isEqualTo(before.names());
      assertThat(after.metadata()).containsEntry("step", "7");
      for (String name : before.names()) {
        assertThat(after.info(name).shape()).as(name).isEqualTo(before.info(name).shape());
        assertThat(after.info(name).dtype()).as(name).isEqualTo(before.info(name).dtype());
        assertThat(after.get(name).equal(before.get(name))).as(name).isTrue();
      }
    }
  }
}
