package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.metrics.CaptionFiles;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.CaptionStatistics;
import io.lorgnette.metrics.ClipScores;
import io.lorgnette.metrics.Comparison;
import io.lorgnette.metrics.DomainScores;
import io.lorgnette.metrics.HallucinationScores;
import io.lorgnette.metrics.Interval;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Scores of captions. */
final class CaptionsScored implements Scored {

  private final CaptionScores scores;
  private final Map<String, Interval> intervals;
  private final Optional<HallucinationScores> hallucination;
  private final Optional<ClipScores> clip;
  private final Map<String, CaptionScores> domains;
  private final List<Comparison> comparisons = new ArrayList<>();
  private final BootstrapOptions bootstrap;
  private final Path results;
  private final Path against;
  private final Map<String, String> remarks;

  /**
   * Scores files.
   *
   * @param against results of another system, or null
   * @param judge computes CLIPScore, if that is wanted
   */
  CaptionsScored(
      ScoredReferences references,
      Path results,
      Path against,
      CaptionOptions options,
      Optional<InstanceLabels> labels,
      Optional<ClipJudge> judge,
      BootstrapOptions bootstrap) {
    this.bootstrap = bootstrap;
    this.results = results;
    this.against = against;
    this.remarks = references.remarks();
    CaptionFiles.Captions files = references.captions(results, options.evaluated());
    scores = CaptionScores.of(files.references(), files.results(), options);
    intervals = new LinkedHashMap<>(scores.intervals(bootstrap.seed(), bootstrap.resamples()));
    domains = DomainScores.of(references.domains(), files.references(), files.results(), options);
    hallucination = labels.map(l -> l.scores(files));
    hallucination.ifPresent(
        h -> intervals.putAll(h.intervals(bootstrap.seed(), bootstrap.resamples())));
    clip = judge.map(j -> j.scores(scores.images(), files));
    clip.ifPresent(c -> intervals.putAll(c.intervals(bootstrap.seed(), bootstrap.resamples())));
    if (against != null) {
      CaptionFiles.Captions others = references.captions(against, options.evaluated());
      CaptionScores other = CaptionScores.of(others.references(), others.results(), options);
      for (String metric : scores.metrics()) {
        if (other.metrics().contains(metric)) {
          comparisons.add(
              CaptionScores.compare(
                  scores, other, metric, bootstrap.seed(), bootstrap.resamples()));
        }
      }
      clip.ifPresent(
          c ->
              comparisons.addAll(
                  ClipScores.compare(
                      c,
                      judge.get().scores(other.images(), others),
                      bootstrap.seed(),
                      bootstrap.resamples())));
    }
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("task", "captions");
    node.put("images", scores.images().size()).put("references", scores.references());
    Scored.put(node, intervals, variants());
    Scored.put(node, bootstrap);
    Scored.put(node, comparisons);
    domains.forEach(
        (domain, own) -> {
          ObjectNode one = node.withObjectProperty("byDomain").putObject(domain);
          one.put("images", own.images().size());
          Scored.put(one, own.intervals(bootstrap.seed(), bootstrap.resamples()), own.variants());
        });
    CaptionStatistics said = scores.statistics();
    node.putObject("captions")
        .put("words", said.words())
        .put("shortest", said.shortest())
        .put("longest", said.longest())
        .put("vocabulary", said.vocabulary())
        .put("distinct", said.distinct())
        .put("repeatedBigrams", said.repeatedBigrams());
    scores.notes().forEach(node.putArray("notes")::add);
    return node;
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        results
            + ": "
            + Numbers.whole(scores.images().size())
            + " images, "
            + Numbers.whole(scores.references())
            + " references (scores times 100, 95 % intervals)");
    lines.addAll(Scored.rows(intervals));
    domains.forEach(
        (domain, own) -> {
          lines.add(domain + ": " + Numbers.whole(own.images().size()) + " images");
          lines.addAll(Scored.rows(own.intervals(bootstrap.seed(), bootstrap.resamples())));
        });
    lines.addAll(Scored.differences(comparisons, against));
    lines.add(statistics(scores.statistics()));
    variants().forEach((what, how) -> lines.add("  " + what + ": " + how));
    return lines;
  }

  private Map<String, String> variants() {
    Map<String, String> variants = new LinkedHashMap<>(scores.variants());
    variants.putAll(remarks);
    hallucination.ifPresent(h -> variants.putAll(h.variants()));
    clip.ifPresent(c -> variants.putAll(c.variants()));
    return variants;
  }

  private static String statistics(CaptionStatistics said) {
    return String.format(
        Locale.ROOT,
        "  captions: %.1f words (%d to %d), %s different ones, %s different words, %.1f %% of"
            + " neighbouring words repeated",
        said.words(),
        said.shortest(),
        said.longest(),
        Numbers.whole(said.distinct()),
        Numbers.whole(said.vocabulary()),
        100 * said.repeatedBigrams());
  }

  @Override
  public String csv() {
    StringBuilder text = new StringBuilder("image");
    Map<String, Integer> named = new HashMap<>();
    hallucination.ifPresent(h -> h.images().forEach(image -> named.put(image, named.size())));
    scores.metrics().forEach(metric -> text.append(',').append(Scored.csv(metric)));
    if (clip.isPresent()) {
      text.append(',').append(ClipScores.CLIP_SCORE).append(',').append(ClipScores.REF_CLIP_SCORE);
    }
    if (hallucination.isPresent()) {
      text.append(",not there");
    }
    List<double[]> columns = scores.metrics().stream().map(scores::perImage).toList();
    for (int image = 0; image < scores.images().size(); image++) {
      text.append('\n').append(Scored.csv(scores.images().get(image)));
      for (double[] column : columns) {
        text.append(',').append(cell(column[image]));
      }
      if (clip.isPresent()) {
        ClipScores.Image one = clip.get().images().get(image);
        text.append(',').append(cell(one.clipScore())).append(',').append(cell(one.refClipScore()));
      }
      if (hallucination.isPresent()) {
        int at = named.get(scores.images().get(image));
        String invented = String.join(" ", hallucination.get().invented(at));
        text.append(',').append(Scored.csv(invented));
      }
    }
    return text.append('\n').toString();
  }

  private static String cell(double value) {
    return Double.isNaN(value) ? "" : Double.toString(value);
  }

  @Override
  public List<String> notes() {
    return scores.notes();
  }
}
