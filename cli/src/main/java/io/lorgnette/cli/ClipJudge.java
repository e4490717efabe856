package io.lorgnette.cli;

import io.lorgnette.evaluate.ClipScoring;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.ClipScores;
import java.util.List;

/** Scores caption files by a joint space; owns the model and the way to the images. */
record ClipJudge(Console console, ClipOptions options, JointEmbedder model, ScoredPictures pictures)
    implements AutoCloseable {

  /** Scores the results of some images, in their order. */
  ClipScores scores(List<String> images, CaptionFiles.Captions files) {
    List<ClipScoring.Captioned> captions =
        images.stream()
            .map(
                id ->
                    new ClipScoring.Captioned(
                        id,
                        pictures.of(id),
                        files.results().get(id),
                        files.references().getOrDefault(id, List.of())))
            .toList();
    return options.scores(console, model, captions);
  }

  @Override
  public void close() {
    model.close();
    pictures.close();
  }
}
