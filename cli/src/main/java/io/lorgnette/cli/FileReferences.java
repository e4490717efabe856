package io.lorgnette.cli;

import io.lorgnette.data.AnswerStyle;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.DaquarAnswer;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.VqaFiles;
import java.nio.file.Path;
import java.util.Map;

/** References in a file of COCO, VQA v2, TextVQA or VizWiz. */
record FileReferences(Path file) implements ScoredReferences {
  @Override
  public CaptionFiles.Captions captions(Path results, Evaluated evaluated) {
    return CaptionFiles.read(file, results, evaluated);
  }

  @Override
  public VqaFiles.Answers answers(Path results, Evaluated evaluated) {
    return VqaFiles.read(file, results, evaluated);
  }

  @Override
  public Map<String, DaquarAnswer> sets() {
    throw new IllegalStateException("sets of things are read from data sets only");
  }

  @Override
  public AnswerStyle style() {
    return AnswerStyle.TEN_PEOPLE;
  }

  @Override
  public Map<String, String> domains() {
    return CaptionFiles.readImageField(file, "domain");
  }

  @Override
  public Map<String, String> remarks() {
    return Map.of();
  }
}
