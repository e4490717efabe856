package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.train.AdamW;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** How a method is added: all that docs/methods/README.md promises, in one class. */
class WorkedExampleTest {

  /** The mean of an image's tokens becomes a few embeddings, through one linear map. */
  static final class MeanPrefix extends PrefixMethod {

    /** The recipe: its keys are the record's components. */
    record Config(int length) implements MethodConfig {

      static Config read(RecipeNode recipe) {
        return new Config(recipe.integer("length", 4).between(1, 64));
      }

      /** A method that ships has a line of its own in the list; this one borrows LiMBeR's. */
      @Override
      public MethodKind kind() {
        return MethodKind.LIMBER;
      }

      private LinearConfig linear(Pair pair) {
        return LinearConfig.frozen(pair.encoder().width(), pair.language().width(), length);
      }

      @Override
      public List<TrainedPart> trained(Pair pair) {
        return List.of(TrainedPart.mapper("", linear(pair)));
      }

      @Override
      public MeanPrefix of(Backbones backbones, Parameters trained) {
        return new MeanPrefix(this, backbones, trained);
      }
    }

    private MeanPrefix(Config config, Backbones backbones, Parameters trained) {
      super(config, backbones, trained, config.linear(backbones.pair()).of(trained));
    }

    /** {@code [I, N, Di] -> [I, 1, Di]}. */
    @Override
    protected Tensor view(Tensor features) {
      return features.mean(new long[] {1}, true, null);
    }
  }

  @Test
  void learnsCountsAndSpeaks() {
    MeanPrefix.Config config =
        RecipeReader.readText("length: 3", "recipe", List.of(), MeanPrefix.Config::read).value();
    try (Scope scope = Scope.open();
        TinyBackbones tiny = TinyBackbones.forMethod(config);
        Method method = config.start(tiny.get(), 1)) {
      long weights = 3L * TinyBackbones.LM_WIDTH * (TinyBackbones.WIDTH + 1);
      assertThat(config.describe(tiny.get().pair()).trainedParameters()).isEqualTo(weights);
      method.trained().trainable(true);
      TrainingBatch batch =
          new TrainingBatch(
              tiny.input(1, 3), List.of(new TrainingBatch.Text(0, new int[0], new int[] {40, 13})));
      double first = step(method, batch, null);
      try (AdamW optimizer =
          new AdamW(
              method.trained().asMap(),
              new AdamW.Settings(0.9, 0.95, 1e-8, 0),
              config::decays,
              config::rate)) {
        for (int i = 0; i < 30; i++) {
          step(method, batch, optimizer);
        }
      }
      assertThat(step(method, batch, null)).isLessThan(first / 2);
      List<Utterance> said =
          new Speaker(method).captions(batch.features(), GenerationConfig.greedy(2));
      assertThat(said).hasSize(1);
    }
  }

  private static double step(Method method, TrainingBatch batch, AdamW optimizer) {
    try (Scope scope = Scope.open()) {
      Tensor loss = method.loss(batch, Objective.VALIDATION);
      if (optimizer != null) {
        optimizer.zeroGradients();
        loss.backward();
        optimizer.step(0.01);
      }
      return Tensors.value(loss);
    }
  }
}
