package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.language.FlamingoModel;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.nn.Activation;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The resampler against OpenFlamingo's: alone, and before a whole Flamingo. */
class PerceiverGoldenTest {

  private final Golden golden = Golden.open("goldens/flamingo");
  private Scope scope;
  private Mapper perceiver;

  @BeforeEach
  void open() {
    Engine.threads(1);
    scope = Scope.open();
    PerceiverConfig config = new PerceiverConfig(20, 4, 2, 2, 8, 80, Activation.GELU);
    try (Checkpoint checkpoint = checkpoint()) {
      perceiver = config.read(checkpoint, Dtype.F32, Device.CPU);
    }
    perceiver.parameters().trainable(true);
  }

  @AfterEach
  void close() {
    perceiver.close();
    scope.close();
  }

  private Checkpoint checkpoint() {
    return Checkpoint.open(golden.path("model.safetensors"));
  }

  private Tensor floats(String name) {
    return Tensors.ofFloats(golden.floats(name), golden.shape(name));
  }

  /** The images of all rows as a batch: {@code [2, 2, 1, 6, 20] -> [4, 6, 20]}. */
  private static Tensor media(Tensor features) {
    return features.view(4, 6, 20);
  }

  @Test
  void givesTheReferenceOutputsAndGradients() {
    Tensor features = floats("features").requires_grad_(true);
    Tensor output = perceiver.map(media(features)); // [4, 4, 20]
    assertThat(Tensors.shape(output)).containsExactly(4, 4, 20);
    close(output, "perceiver.output", 1e-4);

    output.mul(floats("perceiver.probe").view(4, 4, 20)).sum().backward();
    closeGradient(features.grad(), "perceiver.grad.features");
    Map<String, Tensor> gradients = gradients();
    assertThat(gradients).hasSize(25);
    gradients.forEach((key, g) -> closeGradient(g, key.replace("perceiver.", "perceiver.grad.")));
  }

  @Test
  void isTrainedThroughTheLanguageModel() {
    Tensor media = perceiver.map(media(floats("features"))).view(2, 2, 4, 20);
    try (FlamingoModel flamingo = new FlamingoModel(golden)) {
      long[] ids = golden.longs("model.input_ids");
      Tensor seen = Tensors.ofLongs(FlamingoModel.seen(ids, 11), 2, 11);
      LanguageModel looking = flamingo.looking(media, seen);
      Tensor words = looking.embed(Tensors.ofLongs(ids, 2, 11));
      Tensor mask = Tensors.ofLongs(golden.longs("model.attention_mask"), 2, 11);
      Tensor hidden = looking.hidden(words, mask, null, null);
      Tensor loss = NextTokenLoss.mean(looking, hidden, golden.longs("model.labels"));
      float expected = golden.floats("model.loss")[0];
      assertThat(Tensors.value(loss)).isCloseTo(expected, within(1e-5 * expected));
      loss.backward();
      closeGradient(gradients().get("perceiver.latents"), "model.grad.latents");
    }
  }

  @Test
  void namesSurviveTheRoundTrip() {
    try (Checkpoint checkpoint = checkpoint()) {
      Set<String> names =
          checkpoint.names().stream()
              .filter(name -> name.startsWith("perceiver."))
              .collect(Collectors.toSet());
      Map<String, Tensor> stored = perceiver.config().keys().write(perceiver.parameters().asMap());
      assertThat(stored.keySet()).isEqualTo(names);
      stored.forEach(
          (name, tensor) ->
              assertThat(Tensors.toFloats(tensor)).as(name).isEqualTo(golden(checkpoint, name)));
    }
  }

  private static float[] golden(Checkpoint checkpoint, String name) {
    return Tensors.toFloats(checkpoint.get(name));
  }

  /** Gradients under OpenFlamingo's names. */
  private Map<String, Tensor> gradients() {
    Map<String, Tensor> own = new LinkedHashMap<>();
    perceiver.parameters().asMap().forEach((name, tensor) -> own.put(name, tensor.grad()));
    return perceiver.config().keys().write(own);
  }

  private void closeGradient(Tensor ours, String name) {
    double largest = 0;
    for (float value : golden.floats(name)) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).as(name).isPositive();
    close(ours, name, 1e-4 * largest);
  }

  private void close(Tensor ours, String name, double tolerance) {
    float[] a = Tensors.toFloats(ours);
    float[] b = golden.floats(name);
    assertThat(a).as(name).hasSameSizeAs(b);
    double worst = 0;
    for (int i = 0; i < a.length; i++) {
      double difference = Math.abs((double) a[i] - b[i]);
      worst = difference <= worst ? worst : difference; // a NaN becomes the worst
    }
    assertThat(worst).as(name).isCloseTo(0, within(tolerance));
  }
}
