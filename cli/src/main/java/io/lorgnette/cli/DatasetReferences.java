package io.lorgnette.cli;

import io.lorgnette.data.AnswerStyle;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.evaluate.References;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.DaquarAnswer;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.VqaAnnotation;
import io.lorgnette.metrics.VqaFiles;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** References of a data set, read without its images. */
record DatasetReferences(
    AnswerStyle style,
    Map<String, List<String>> captions,
    Map<String, VqaAnnotation> people,
    Map<String, DaquarAnswer> sets,
    Map<String, String> domains,
    Map<String, String> remarks)
    implements ScoredReferences {

  /** Reads a split below the data root. */
  static DatasetReferences read(Console console, String name, Split split, DataRoots roots) {
    DatasetSpec spec = DatasetSpec.withoutImages(name, split);
    DataRoots all = ConnectorRuns.withPostcards(console, roots, List.of(spec));
    try (Dataset dataset = Datasets.open(spec, all, Problems.collecting())) {
      AnswerStyle style = spec.answerStyle();
      return new DatasetReferences(
          style,
          References.captions(dataset),
          style == AnswerStyle.SET ? Map.of() : References.answers(dataset),
          style == AnswerStyle.SET ? References.sets(dataset) : Map.of(),
          dataset.domains(),
          spec.remarks());
    }
  }

  @Override
  public CaptionFiles.Captions captions(Path results, Evaluated evaluated) {
    return new CaptionFiles.Captions(captions, CaptionFiles.readResults(results));
  }

  @Override
  public VqaFiles.Answers answers(Path results, Evaluated evaluated) {
    return new VqaFiles.Answers(people, VqaFiles.readResults(results));
  }
}
