package io.lorgnette.cli;

import io.lorgnette.method.EncoderSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.Blip2Recipe;
import io.lorgnette.train.Blip2Training;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.TrainingLoop;
import java.nio.file.Path;
import java.util.List;

/** Training BLIP-2's first stage. */
final class Stage1Runs extends PairRuns<Blip2Recipe> {

  static final String TITLE = "BLIP-2, stage 1";

  Stage1Runs(Recipe<Blip2Recipe> recipe, Path base) {
    super(recipe, base);
  }

  @Override
  String method() {
    return Blip2Recipe.METHOD;
  }

  @Override
  String title() {
    return TITLE;
  }

  @Override
  long parameters(EncoderSpec encoder, Tokenizer tokenizer) {
    return recipe().value().sizes().between(encoder.width(), tokenizer).parameterCount();
  }

  @Override
  TrainingLoop.Result train(
      FeatureBench bench,
      Tokenizer tokenizer,
      StartedRun run,
      List<FeaturedDataset> train,
      List<FeaturedDataset> held,
      TrainingProgress progress,
      Interrupt interrupt) {
    return new Blip2Training(recipe(), bench.sight().spec(), tokenizer, bench.features())
        .run(
            run.folder(),
            base(),
            train,
            held,
            run.numerics(),
            run.group(),
            progress,
            interrupt::requested);
  }
}
