package io.lorgnette.cli;

import io.lorgnette.method.EncoderSpec;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.ClipRecipe;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.TrainingLoop;
import io.lorgnette.vision.JointFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Training a joint space of images and texts. */
final class ClipRuns extends PairRuns<ClipRecipe> {

  static final String TITLE = "a joint space";

  ClipRuns(Recipe<ClipRecipe> recipe, Path base) {
    super(recipe, base);
  }

  @Override
  String method() {
    return ClipRecipe.METHOD;
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
    TrainingLoop.Result result =
        new ClipTraining(recipe(), bench.sight().spec(), tokenizer, bench.features())
            .run(
                run.folder(),
                train,
                held,
                run.numerics(),
                run.group(),
                progress,
                interrupt::requested);
    Path space = run.folder().path().resolve(ClipTraining.CLIP);
    if (run.folder().writes() && Files.isDirectory(space)) {
      JointFolder.complete(space, visionFolder(), tokenizerFile());
    }
    return result;
  }
}
