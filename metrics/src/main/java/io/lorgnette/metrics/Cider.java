package io.lorgnette.metrics;

import io.lorgnette.metrics.NGrams.Caption;
import io.lorgnette.metrics.NGrams.Counts;
import java.util.Arrays;
import java.util.List;

/**
 * CIDEr (Vedantam et al. 2015) as coco-caption computes it under this name: the D variant, with
 * clipping, a Gaussian penalty on the difference of lengths and no stemming, times 10.
 *
 * <p>Sums run in the order of a caption's words and over references in ascending order, so a score
 * does not depend on the order of images or references. Immutable, thread-safe.
 */
final class Cider {

  private static final double SIGMA = 6;

  /** Inverse document frequency by order and n-gram. */
  private final double[][] idf;

  /** That of n-grams which no counted image holds. */
  private final double unseen;

  private Cider(double[][] idf, double unseen) {
    this.idf = idf;
    this.unseen = unseen;
  }

  /** With the document frequencies of the evaluated references, as the evaluation does it. */
  static Cider ofReferences(NGrams grams, List<List<Caption>> references) {
    double[][] idf = new double[NGrams.ORDERS][];
    double logImages = Math.log(references.size());
    for (int order = 0; order < NGrams.ORDERS; order++) {
      int[] images = new int[grams.size(order + 1)];
      int[] lastSeen = new int[images.length];
      for (int image = 1; image <= references.size(); image++) {
        for (Caption reference : references.get(image - 1)) {
          for (int id : reference.orders()[order].ids()) {
            if (lastSeen[id] != image) {
              lastSeen[id] = image;
              images[id]++;
            }
          }
        }
      }
      idf[order] =
          Arrays.stream(images).mapToDouble(df -> logImages - Math.log(Math.max(1, df))).toArray();
    }
    return new Cider(idf, logImages);
  }

  /** With document frequencies from elsewhere. */
  static Cider of(NGrams grams, DocumentFrequencies frequencies) {
    double[][] idf = new double[NGrams.ORDERS][];
    double logImages = Math.log((double) frequencies.images());
    for (int order = 0; order < NGrams.ORDERS; order++) {
      idf[order] = new double[grams.size(order + 1)];
      Arrays.fill(idf[order], logImages);
    }
    frequencies
        .counts()
        .forEach(
            (gram, df) -> {
              String[] words = gram.split(" ", -1);
              int id = grams.find(words);
              if (id >= 0) {
                idf[words.length - 1][id] = logImages - Math.log(Math.max(1, df));
              }
            });
    return new Cider(idf, logImages);
  }

  double score(Caption hypothesis, List<Caption> references) {
    double[] similarities =
        references.stream().mapToDouble(r -> similarity(hypothesis, r)).sorted().toArray();
    double sum = 0;
    for (double similarity : similarities) {
      sum += similarity;
    }
    return sum / references.size() * 10;
  }

  private double weight(int order, int id) {
    return id < idf[order].length ? idf[order][id] : unseen;
  }

  /** Mean over the orders. */
  private double similarity(Caption hypothesis, Caption reference) {
    double sum = 0;
    for (int order = 0; order < NGrams.ORDERS; order++) {
      Counts guesses = hypothesis.orders()[order];
      Counts given = reference.orders()[order];
      double dot = 0;
      for (int i = 0; i < guesses.ids().length; i++) {
        double weight = weight(order, guesses.ids()[i]);
        double inReference = weight * given.of(guesses.ids()[i]);
        dot += Math.min(weight * guesses.counts()[i], inReference) * inReference;
      }
      double norms = norm(guesses, order) * norm(given, order);
      sum += norms == 0 ? dot : dot / norms;
    }
    double difference = bigrams(hypothesis) - bigrams(reference);
    return sum * Math.exp(-difference * difference / (2 * SIGMA * SIGMA)) / NGrams.ORDERS;
  }

  private double norm(Counts counts, int order) {
    double squares = 0;
    for (int i = 0; i < counts.ids().length; i++) {
      double weight = counts.counts()[i] * weight(order, counts.ids()[i]);
      squares += weight * weight;
    }
    return Math.sqrt(squares);
  }

  /** The length that the penalty compares: the number of bigrams. */
  private static double bigrams(Caption caption) {
    return Math.max(0, caption.length() - 1);
  }
}
