package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.mapper.MaplMapper;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.Mapl;
import io.lorgnette.method.Method;
import io.lorgnette.method.Objective;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ten steps of MAPL through a frozen GPT-2, step by step as the reference takes them. */
class TrainMaplGoldenTest {

  /** Of a trained weight after ten steps; measured: 3.8e-7. */
  private static final double WEIGHT_TOLERANCE = 1e-5;

  /**
   * Of a key's bias. Its exact gradient is zero, since it shifts all scores of a query alike, and
   * Adam makes steps of full length out of the rounding errors; measured: 7.2e-4.
   */
  private static final double KEY_BIAS_TOLERANCE = 5e-3;

  private static final MaplConfig CONFIG = new MaplConfig(20, 32, 24, 6, 2, 8, 64, 0, true);

  private final Golden golden = Golden.open("goldens/train-mapl");

  @TempDir Path folder;

  @Test
  void takesTheReferencesTenSteps() {
    JsonNode settings = golden.json().path("optimizer");
    Schedule schedule =
        new Schedule(
            Schedule.Kind.LINEAR,
            settings.path("warmup_steps").asLong(),
            settings.path("total_steps").asLong(),
            0);
    AdamW.Settings constants =
        new AdamW.Settings(
            settings.path("betas").get(0).asDouble(),
            settings.path("betas").get(1).asDouble(),
            settings.path("eps").asDouble(),
            settings.path("weight_decay").asDouble());
    try (Scope scope = Scope.open();
        LanguageModel lm = LanguageModel.load(golden.path("lm-checkpoint"), Dtype.F32, Device.CPU);
        Tokenizer tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"));
        Method mapl = mapl(lm, tokenizer)) {
      mapl.trained().trainable(true);
      TrainingBatch batch = batch();
      try (AdamW optimizer =
          new AdamW(mapl.trained().asMap(), constants, (name, tensor) -> true, name -> 1)) {
        for (int step = 0; step < schedule.steps(); step++) {
          take(step, mapl, batch, optimizer, schedule, settings);
        }
      }
      compareWeights(mapl.trained());
    }
  }

  private void take(
      int step,
      Method mapl,
      TrainingBatch batch,
      AdamW optimizer,
      Schedule schedule,
      JsonNode settings) {
    try (Scope scope = Scope.open()) {
      optimizer.zeroGradients();
      Tensor loss = mapl.loss(batch, new Objective(Dropout.seeded(1), 0));
      double expected = golden.json().path("loss").get(step).asDouble();
      assertThat(Tensors.value(loss))
          .as("loss " + step)
          .isCloseTo(expected, within(1e-4 * expected));
      loss.backward();
      double norm = golden.json().path("grad_norm_before_clip").get(step).asDouble();
      assertThat(optimizer.clipGradients(settings.path("clip_grad_norm").asDouble()))
          .as("gradient norm " + step)
          .isCloseTo(norm, within(1e-4 * norm));
      double rate = settings.path("lr").asDouble() * schedule.factor(step);
      assertThat(rate)
          .as("learning rate " + step)
          .isCloseTo(golden.json().path("lr").get(step).asDouble(), within(1e-12));
      optimizer.step(rate);
    }
  }

  private void compareWeights(Parameters trained) {
    double worst = 0;
    double worstKeyBias = 0;
    Map<String, Tensor> stored = CONFIG.keys().write(trained.asMap());
    for (Map.Entry<String, Tensor> entry : stored.entrySet()) {
      float[] expected = golden.floats("after." + entry.getKey());
      float[] before = golden.floats("before." + entry.getKey());
      float[] values = Tensors.toFloats(entry.getValue());
      assertThat(values).as(entry.getKey()).isNotEqualTo(before).hasSameSizeAs(expected);
      for (int i = 0; i < values.length; i++) {
        double difference = Math.abs(values[i] - expected[i]);
        if (entry.getKey().endsWith("in_proj_bias") && i / CONFIG.width() == 1) {
          worstKeyBias = Math.max(worstKeyBias, difference);
        } else {
          worst = Math.max(worst, difference);
        }
      }
    }
    assertThat(worst).as("largest difference of a weight").isLessThan(WEIGHT_TOLERANCE);
    assertThat(worstKeyBias).as("and of a key's bias").isLessThan(KEY_BIAS_TOLERANCE);
  }

  private Method mapl(LanguageModel lm, Tokenizer tokenizer) {
    EncoderSpec encoder = new EncoderSpec("features", "golden", "none", 20, 7, 0);
    Map<String, Tensor> before = new LinkedHashMap<>();
    for (String name : golden.names()) {
      if (name.startsWith("before.")) {
        before.put(
            name.substring("before.".length()),
            Tensors.ofFloats(golden.floats(name), golden.shape(name)));
      }
    }
    Path file = folder.resolve("before.safetensors");
    Safetensors.write(file, before, Map.of());
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      MaplMapper mapper =
          CONFIG.of(Parameters.of(CONFIG.keys().read(checkpoint, Dtype.F32, Device.CPU)));
      return Mapl.of(Backbones.of(encoder, "gpt2", lm, tokenizer), mapper);
    }
  }

  /** The stored batch: captions padded on the right, behind 6 visual positions. */
  private TrainingBatch batch() {
    long[] ids = golden.longs("input_ids");
    long[] mask = golden.longs("attention_mask");
    int rows = (int) golden.shape("input_ids")[0];
    int columns = (int) golden.shape("input_ids")[1];
    List<TrainingBatch.Text> texts = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int length = 0;
      while (length < columns && mask[row * (columns + 6) + 6 + length] == 1) {
        length++;
      }
      int[] target =
          Arrays.stream(ids, row * columns, row * columns + length)
              .mapToInt(Math::toIntExact)
              .toArray();
      texts.add(new TrainingBatch.Text(row, new int[0], target));
    }
    Tensor features = Tensors.ofFloats(golden.floats("features"), golden.shape("features"));
    return new TrainingBatch(features, texts);
  }
}
