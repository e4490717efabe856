package io.lorgnette.cli;

import io.lorgnette.evaluate.QuestionPlace;
import io.lorgnette.evaluate.ShotVectors;
import io.lorgnette.verbal.FeatureFile;
import io.lorgnette.verbal.Likeness;
import io.lorgnette.verbal.PicaRecipe;
import io.lorgnette.verbal.Rows;
import io.lorgnette.verbal.ShotSelection;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How alike questions and images are by vectors that a recipe's files hold.
 *
 * @param base folder to which the files are relative
 */
record FileVectors(PicaRecipe.Files files, Path base) implements ShotVectors {

  @Override
  public Likeness of(List<QuestionPlace> pool, List<QuestionPlace> asked, ShotSelection selection) {
    Likeness likeness = new Likeness(pool.size());
    if (selection.questions()) {
      likeness =
          likeness.with(
              rows(files.poolQuestions(), files.poolSamples(), pool),
              rows(files.questions(), files.samples(), asked));
    }
    if (selection.images()) {
      likeness =
          likeness.with(
              rows(files.poolImages(), files.poolSamples(), pool),
              rows(files.images(), files.samples(), asked));
    }
    return likeness;
  }

  private Rows rows(Optional<String> features, String samples, List<QuestionPlace> places) {
    FeatureFile file = new FeatureFile(base.resolve(features.orElseThrow()), base.resolve(samples));
    return file.rows(
        places.stream()
            .map(place -> file.line(place.example().id(), place.question().id()))
            .toList());
  }
}
