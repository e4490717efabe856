package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.method.Mapl;
import io.lorgnette.method.MaplSizes;
import io.lorgnette.method.MethodKind;
import io.lorgnette.recipe.Recipe;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectorRecipeTest {

  private static final String SMALL = "method: mapl\ndata: {train: [{kind: flickr8k}]}\n";

  @Test
  void hasThePapersDefaults() {
    ConnectorRecipe recipe = SmallWorld.recipe(SMALL).value();
    assertThat(recipe.method())
        .isEqualTo(new Mapl.Config(MaplSizes.of(MaplConfig.between(1024, 4096))));
    assertThat(recipe.backbones()).isEqualTo(new ConnectorRecipe.Names("pocket", "", "pocket"));
    assertThat(recipe.data().learn()).isEqualTo(Set.of(TextKind.CAPTIONS));
    assertThat(recipe.data().validation()).isEmpty();
    assertThat(recipe.batch()).isEqualTo(128);
    assertThat(recipe.labelSmoothing()).isZero();
    TrainingSettings train = recipe.train();
    assertThat(train.learningRate()).isEqualTo(3e-4);
    assertThat(train.schedule().kind()).isEqualTo(Schedule.Kind.CONSTANT);
    assertThat(train.schedule().warmup()).isEqualTo(1500);
    assertThat(train.optimizer()).isEqualTo(new AdamW.Settings(0.9, 0.95, 1e-8, 0.01));
    assertThat(train.clip()).isZero();
    assertThat(train.patience()).isEqualTo(3);
    assertThat(train.average()).isZero();
    assertThat(recipe.data().views()).isEmpty();
  }

  @Test
  void readsItsOwnResolvedForm() {
    Recipe<ConnectorRecipe> recipe =
        SmallWorld.recipe(
            """
            method: mapl-blind
            mapper: {width: 128, heads: 4, prefix_length: 16}
            backbones: {vision: clip, language: gpt2}
            start: other/connector.safetensors
            data:
              learn: [questions, captions]
              together: 1
              train: [{kind: flickr8k}, {kind: vqav2}]
              validation: [{kind: flickr8k, split: dev, limit: 100}]
              views: {count: 3, area: 0.5, stretch: 1.2, mirror: false, seed: 5}
            train: {batch: 64, accumulation: 4, label_smoothing: 0.1, recompute: true, schedule: cosine, average: 0.99}
            """);
    assertThat(recipe.value().method().kind()).isEqualTo(MethodKind.MAPL_BLIND);
    assertThat(recipe.value().rows()).isEqualTo(16);
    assertThat(recipe.value().data().learn())
        .isEqualTo(Set.of(TextKind.CAPTIONS, TextKind.QUESTIONS));
    assertThat(recipe.value().data().views()).contains(new Views(3, 0.5, 1.2, false, 5));
    assertThat(recipe.value().train().average()).isEqualTo(0.99);
    Recipe<ConnectorRecipe> again = SmallWorld.recipe(recipe.resolvedYaml());
    assertThat(again.value()).isEqualTo(recipe.value());
    assertThat(again.resolvedYaml()).isEqualTo(recipe.resolvedYaml());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "method=maple | method",
        "mapper.kind=clipcap | mapper.kind",
        "mapper.heads=7 | mapper.heads must divide mapper.width",
        "mapper.dropout=1 | mapper.dropout",
        "data.learn=[songs] | data.learn must list one or more of captions, questions",
        "data.learn=[] | data.learn must list",
        "data.train=[] | data.train must name at least one data set",
        "data.together=0 | data.together",
        "data.views.count=0 | data.views.count must be between 1 and 100",
        "data.views.area=0 | data.views.area",
        "data.views.stretch=0.9 | data.views.stretch",
        "train.average=1 | train.average",
        "train.accumulation=3 | train.batch must be a multiple of train.accumulation, 3",
        "train.label_smoothing=1 | train.label_smoothing",
        "train.step=3 | train.step is not a known key",
        "mapper.widht=3 | mapper.widht is not a known key"
      })
  void namesTheKeyThatIsWrong(String option, String message) {
    assertThatThrownBy(() -> SmallWorld.recipe(SMALL, option))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
