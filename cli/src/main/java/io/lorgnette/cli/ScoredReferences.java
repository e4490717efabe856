package io.lorgnette.cli;

import io.lorgnette.data.AnswerStyle;
import io.lorgnette.evaluate.References;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.DaquarAnswer;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.VqaFiles;
import io.lorgnette.metrics.VqaOptions;
import java.nio.file.Path;
import java.util.Map;

/** What results are compared with: a file of people's captions or answers, or a data set. */
interface ScoredReferences {

  /** Reads results and joins them with the captions. */
  CaptionFiles.Captions captions(Path results, Evaluated evaluated);

  /** Reads results and joins them with the answers. */
  VqaFiles.Answers answers(Path results, Evaluated evaluated);

  /** The sets of things that are right, by question. */
  Map<String, DaquarAnswer> sets();

  /** How the answers were gathered. */
  AnswerStyle style();

  /** The rule of the makers of the answers. */
  default VqaOptions rule() {
    return References.rule(style());
  }

  /** The domain of each image by its id; empty where there are none. */
  Map<String, String> domains();

  /** What must be said beside every score. */
  Map<String, String> remarks();
}
