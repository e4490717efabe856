package io.lorgnette.metrics;

import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the scores of some images' captions are made of, in a form that can be added up: for results
 * that are scored in parts, on several machines perhaps. The sums of integers do not depend on the
 * parts; those of ROUGE-L and CIDEr do in the last bits.
 *
 * @param images that were scored
 * @param references their number
 * @param lineBreaks captions with a line-break character, see {@link PtbTokenizer#hasLineBreak}
 * @param bleu sums of BLEU's statistics
 * @param rougeL sum over images
 * @param cider sum over images
 * @param meteorName what METEOR is called, by its word lists
 * @param meteor sums of METEOR's statistics
 */
@SuppressWarnings("ArrayRecordComponent") // numbers to be added, never compared
public record CaptionSums(
    long images,
    long references,
    long lineBreaks,
    long[] bleu,
    double rougeL,
    double cider,
    String meteorName,
    long[] meteor)
    implements Serializable {

  /**
   * The sums of both.
   *
   * @throws IllegalArgumentException if METEOR had other word lists there
   */
  public CaptionSums plus(CaptionSums other) {
    if (!meteorName.equals(other.meteorName)) {
      throw new IllegalArgumentException(
          "sums of " + meteorName + " and " + other.meteorName + " can not be added");
    }
    return new CaptionSums(
        images + other.images,
        references + other.references,
        lineBreaks + other.lineBreaks,
        sum(bleu, other.bleu),
        rougeL + other.rougeL,
        cider + other.cider,
        meteorName,
        sum(meteor, other.meteor));
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sums = a.clone();
    for (int i = 0; i < sums.length; i++) {
      sums[i] += b[i];
    }
    return sums;
  }

  /** The scores of all images together, by metric: those of {@link CaptionScores#corpus}. */
  public Map<String, Double> corpus() {
    Map<String, Double> corpus = new LinkedHashMap<>();
    double[] orders = Bleu.score(bleu);
    for (int order = 0; order < orders.length; order++) {
      corpus.put(CaptionScores.METRICS.get(order), orders[order]);
    }
    corpus.put("ROUGE-L", rougeL / images);
    corpus.put("CIDEr", cider / images);
    corpus.put(meteorName, Meteor.score(meteor));
    return corpus;
  }
}
