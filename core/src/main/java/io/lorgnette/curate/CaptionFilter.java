package io.lorgnette.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.method.JointEmbedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Keeps the pairs of images and captions that are nearest in a joint space, as MAPL's CC-clean was
 * made of CC3M: 398,000 of 3.3 million pairs (Manas et al. 2023; they name neither model nor
 * threshold). First every pair's cosine is written to {@code scores.jsonl}, then the choice is made
 * from these, four bytes a pair in memory.
 */
public final class CaptionFilter {

  private static final String SCORES = "scores.jsonl";

  private final CuratedSet set;

  public CaptionFilter(CuratedSet set) {
    this.set = set;
  }

  /**
   * What was kept.
   *
   * @param pairs that were scored
   * @param keptPairs of these
   * @param images that were looked at
   * @param keptImages with at least one kept caption
   * @param broken images that could not be read
   * @param threshold the least cosine that was kept; NaN if none was
   * @param histogram of all cosines
   */
  public record Kept(
      long pairs,
      long keptPairs,
      int images,
      int keptImages,
      int broken,
      double threshold,
      Histogram histogram) {}

  /**
   * Scores all pairs that have no score yet.
   *
   * @param progress hears how many images are done
   * @throws InputException if the folder holds scores of something else
   */
  public void score(JointEmbedder model, LongConsumer progress) {
    ObjectNode heading = JsonNodeFactory.instance.objectNode();
    heading.put("scores", "cosine").put("model", model.identity());
    heading.put("data", set.dataset().fingerprint().sha256());
    ImagePass.run(
        set.dataset(),
        set.file(SCORES),
        heading,
        (seen, lines) -> look(model, seen, lines),
        progress);
  }

  private static void look(JointEmbedder model, List<ImagePass.Seen> seen, List<ObjectNode> lines) {
    List<float[]> cosines =
        PairScores.cosines(
            model,
            seen.stream().map(ImagePass.Seen::picture).toList(),
            seen.stream().map(one -> one.example().captions()).toList());
    for (int i = 0; i < seen.size(); i++) {
      ArrayNode scores = lines.get(i).putArray("scores");
      for (float cosine : cosines.get(i)) {
        scores.add(cosine);
      }
    }
  }

  /** Keeps the {@code count} nearest pairs; of equally near ones the first. */
  public Kept keepNearest(long count) {
    if (count < 1) {
      throw new InputException("--keep must be at least 1 but is " + count);
    }
    Scores all = scores();
    if (count >= all.values.length) {
      return keep(all, Float.NEGATIVE_INFINITY, Long.MAX_VALUE);
    }
    float[] sorted = all.values.clone();
    Arrays.sort(sorted);
    float least = sorted[(int) (sorted.length - count)];
    long above = 0;
    for (float value : all.values) {
      above += value > least ? 1 : 0;
    }
    return keep(all, least, count - above);
  }

  /** Keeps all pairs whose cosine is at least {@code threshold}. */
  public Kept keepFrom(double threshold) {
    Scores all = scores();
    float least = (float) threshold;
    if (least < threshold) {
      least = Math.nextUp(least);
    }
    return keep(all, least, Long.MAX_VALUE);
  }

  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Scores(float[] values, int images, int broken) {}

  private Scores scores() {
    float[][] values = {new float[1024]};
    int[] counts = {0, 0, 0}; // pairs, images, broken
    LineFile.forEach(
        set.file(SCORES),
        line -> {
          counts[1]++;
          counts[2] += line.has(ImagePass.ERROR) ? 1 : 0;
          for (JsonNode score : line.path("scores")) {
            if (counts[0] == values[0].length) {
              values[0] = Arrays.copyOf(values[0], 2 * counts[0]);
            }
            values[0][counts[0]++] = score.floatValue();
          }
        });
    if (counts[1] < set.dataset().size()) {
      throw new IllegalStateException("only " + counts[1] + " images have been scored");
    }
    return new Scores(Arrays.copyOf(values[0], counts[0]), counts[1], counts[2]);
  }

  /**
   * Writes what is kept.
   *
   * @param ties how many pairs of exactly {@code least} are kept, the first ones
   */
  private Kept keep(Scores all, float least, long ties) {
    long[] counts = {0, 0}; // kept, of them ties
    float[] lowest = {Float.NaN};
    Path file = set.file(SCORES);
    int images =
        set.write(
            file,
            (number, line) -> {
              List<String> kept = new ArrayList<>();
              List<String> captions = null;
              for (int k = 0; k < line.path("scores").size(); k++) {
                float score = line.path("scores").get(k).floatValue();
                boolean tie = score == least;
                if (score > least || (tie && counts[1] < ties)) {
                  captions = captions == null ? set.dataset().example(number).captions() : captions;
                  kept.add(captions.get(k));
                  counts[0]++;
                  counts[1] += tie ? 1 : 0;
                  lowest[0] = lowest[0] <= score ? lowest[0] : score;
                }
              }
              return kept;
            });
    return new Kept(
        all.values.length,
        counts[0],
        all.images,
        images,
        all.broken,
        lowest[0],
        Histogram.of(all.values));
  }
}
