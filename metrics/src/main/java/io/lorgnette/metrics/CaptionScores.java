package io.lorgnette.metrics;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.NGrams.Caption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * BLEU-1 to BLEU-4, ROUGE-L, CIDEr and METEOR of one system's captions, as the COCO caption
 * evaluation (pycocoevalcap) computes them.
 *
 * <p>Scores are fractions (papers print them times 100, CIDEr too). They do not depend on the order
 * of images, threads or locale, nor on the order of references but for METEOR: of references to
 * which a caption is equally near, the first one's counts enter the score of all images, as in the
 * reference. Immutable, thread-safe.
 */
public final class CaptionScores {

  /** The metrics whose names never change; METEOR's depends on its word lists. */
  public static final List<String> METRICS =
      List.of("BLEU-1", "BLEU-2", "BLEU-3", "BLEU-4", "ROUGE-L", "CIDEr");

  private static final int ROUGE_L = METRICS.indexOf("ROUGE-L");
  private static final int CIDER = METRICS.indexOf("CIDEr");

  /** The metrics of other jars come after it. */
  private static final int METEOR = CIDER + 1;

  /** Below this many images CIDEr's document frequencies say little. */
  private static final int FEW_IMAGES = 100;

  private final List<String> images;
  private final int references;
  private final int lineBreaks;
  private final Map<String, String> variants;
  private final int[][] bleu;
  private final double[] rougeL;
  private final double[] cider;
  private final int[][] meteor;
  private final ExtraCaptionScores extra;
  private final List<String> metrics;
  private final CaptionStatistics statistics;
  private final Map<String, Double> corpus;

  private CaptionScores(
      Map<String, ? extends List<String>> references,
      Map<String, String> results,
      List<String> images,
      CaptionOptions options) {
    this.images = images;
    NGrams grams = new NGrams();
    List<List<Caption>> given = new ArrayList<>();
    List<Caption> hypotheses = new ArrayList<>();
    List<List<String>> tokenized = tokenize(references, results, images, options.tokens());
    int number = 0;
    for (List<String> captions : tokenized) {
      List<Caption> numbered = captions.stream().map(grams::add).toList();
      hypotheses.add(numbered.get(0));
      given.add(numbered.subList(1, numbered.size()));
      number += numbered.size() - 1;
    }
    this.references = number;
    this.lineBreaks = countLineBreaks(references, results, images);
    this.variants = variants(options);
    this.statistics = CaptionStatistics.of(tokenized.stream().map(all -> all.get(0)).toList());
    Meteor meteorScorer = new Meteor(options.meteor());
    Cider scorer =
        options
            .frequencies()
            .map(frequencies -> Cider.of(grams, frequencies))
            .orElseGet(() -> Cider.ofReferences(grams, given));
    int size = images.size();
    bleu = new int[size][];
    rougeL = new double[size];
    cider = new double[size];
    meteor = new int[size][];
    IntStream.range(0, size)
        .parallel()
        .forEach(
            i -> {
              bleu[i] = Bleu.statistics(hypotheses.get(i), given.get(i));
              rougeL[i] = RougeL.score(hypotheses.get(i), given.get(i));
              cider[i] = scorer.score(hypotheses.get(i), given.get(i));
              List<String> captions = tokenized.get(i);
              meteor[i] =
                  meteorScorer.statistics(captions.get(0), captions.subList(1, captions.size()));
            });
    extra = ExtraCaptionScores.of(tokenized, options);
    this.variants.putAll(extra.variants());
    metrics =
        Stream.of(METRICS, List.of(options.meteor().name()), extra.names())
            .flatMap(List::stream)
            .toList();
    corpus = Collections.unmodifiableMap(score(Bootstrap.all(size)));
  }

  /**
   * Scores raw captions with {@link CaptionOptions#defaults}.
   *
   * @param references one or more captions by image
   * @param results one caption by image
   * @throws InputException if the two do not cover the same images
   */
  public static CaptionScores of(
      Map<String, ? extends List<String>> references, Map<String, String> results) {
    return of(references, results, CaptionOptions.defaults());
  }

  /**
   * Scores captions.
   *
   * @param references one or more captions by image
   * @param results one caption by image
   * @throws InputException if an evaluated image lacks references or a result
   */
  public static CaptionScores of(
      Map<String, ? extends List<String>> references,
      Map<String, String> results,
      CaptionOptions options) {
    List<String> images =
        options
            .evaluated()
            .select(
                references.keySet(), "the references", results.keySet(), "The results", "image");
    for (String image : images) {
      if (references.get(image).isEmpty()) {
        throw new InputException(
            "The references of image " + image + " are empty; expected at least one caption.");
      }
    }
    return new CaptionScores(references, results, images, options);
  }

  private static List<List<String>> tokenize(
      Map<String, ? extends List<String>> references,
      Map<String, String> results,
      List<String> images,
      CaptionTokens tokens) {
    return images.parallelStream()
        .map(
            image -> {
              List<String> captions = new ArrayList<>();
              captions.add(tokens.apply(results.get(image)));
              references.get(image).forEach(caption -> captions.add(tokens.apply(caption)));
              return captions;
            })
        .toList();
  }

  private static int countLineBreaks(
      Map<String, ? extends List<String>> references,
      Map<String, String> results,
      List<String> images) {
    int count = 0;
    for (String image : images) {
      count += PtbTokenizer.hasLineBreak(results.get(image)) ? 1 : 0;
      for (String caption : references.get(image)) {
        count += PtbTokenizer.hasLineBreak(caption) ? 1 : 0;
      }
    }
    return count;
  }

  private static Map<String, String> variants(CaptionOptions options) {
    Map<String, String> variants = new LinkedHashMap<>();
    variants.put("tokens", options.tokens().variant());
    variants.put("BLEU", "closest reference length, no smoothing");
    variants.put(
        "CIDEr",
        "CIDEr-D times 10, document frequencies of "
            + options
                .frequencies()
                .map(table -> table.name() + " (" + table.images() + " images)")
                .orElse("the evaluated references"));
    variants.put(options.meteor().name(), options.meteor().variant());
    variants.put("images", options.evaluated() == Evaluated.RESULTS ? "with results" : "all");
    return variants;
  }

  private Map<String, Double> score(int[] drawn) {
    Map<String, Double> scores = new LinkedHashMap<>();
    for (int metric = 0; metric < metrics.size(); metric++) {
      scores.put(metrics.get(metric), score(metric, drawn));
    }
    return scores;
  }

  private double score(int metric, int[] drawn) {
    if (metric > METEOR) {
      return extra.mean(metric - METEOR - 1, drawn);
    }
    if (metric < ROUGE_L) {
      return Bleu.score(bleu, drawn)[metric];
    }
    if (metric == METEOR) {
      return Meteor.score(meteor, drawn);
    }
    double[] values = metric == ROUGE_L ? rougeL : cider;
    double sum = 0;
    for (int image : drawn) {
      sum += values[image];
    }
    return sum / drawn.length;
  }

  /**
   * The names of the scores: {@link #METRICS}, then {@link MeteorData#name}, then those of metrics
   * from other jars.
   */
  public List<String> metrics() {
    return metrics;
  }

  /**
   * What these scores are made of: to be added to that of other images. With document frequencies
   * from elsewhere ({@link CaptionOptions#with(DocumentFrequencies)}) the scores of the sum are
   * those of all images scored together.
   */
  public CaptionSums sums() {
    int[] all = Bootstrap.all(images.size());
    return new CaptionSums(
        images.size(),
        references,
        lineBreaks,
        Bleu.sums(bleu, all),
        Arrays.stream(rougeL).sum(),
        Arrays.stream(cider).sum(),
        metrics.get(METEOR),
        Meteor.sums(meteor, all));
  }

  /** How long, how varied and how repetitive the system's captions are. */
  public CaptionStatistics statistics() {
    return statistics;
  }

  /** The scores of all images together, by metric, in the order of {@link #metrics}. */
  public Map<String, Double> corpus() {
    return corpus;
  }

  /** The evaluated images in ascending order of their ids. */
  public List<String> images() {
    return images;
  }

  /** How many reference captions were used. */
  public int references() {
    return references;
  }

  /**
   * A metric's score of each image by itself, in the order of {@link #images}; NaN where a metric
   * of another jar says nothing about an image.
   */
  public double[] perImage(String metric) {
    int index = index(metric);
    return IntStream.range(0, images.size())
        .mapToDouble(image -> score(index, new int[] {image}))
        .toArray();
  }

  /** What each image adds to BLEU-4 and to CIDEr, whose document frequencies stay as they are. */
  public List<ImageSums> imageSums() {
    return List.of(
        ImageSums.bleu4(images, bleu), ImageSums.means(METRICS.get(CIDER), images, cider));
  }

  /** What must be published with the scores: how words were made, whose document frequencies. */
  public Map<String, String> variants() {
    return Collections.unmodifiableMap(variants);
  }

  /** What a reader of the scores should be told, in sentences; often nothing. */
  public List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (lineBreaks > 0) {
      notes.add(
          lineBreaks
              + " captions hold a line-break character, which was read as a blank; in the reference"
              + " evaluation each shifts all captions after it.");
    }
    boolean own = variants.get("CIDEr").endsWith("the evaluated references");
    if (own && images.size() == 1) {
      notes.add("CIDEr of a single image is always 0, because every word's weight is.");
    } else if (own && images.size() < FEW_IMAGES) {
      notes.add(
          "CIDEr's weights come from only "
              + images.size()
              + " images, so it can not be compared with CIDEr on other images.");
    }
    return List.copyOf(notes);
  }

  /** How many captions hold a line-break character other than {@code \n}, read as a blank. */
  public int captionsWithLineBreaks() {
    return lineBreaks;
  }

  /**
   * A metric's 95 % bootstrap interval over images. BLEU's and METEOR's statistics are added up
   * anew for each resample; CIDEr's document frequencies stay fixed.
   *
   * @param seed the same seed gives the same interval
   * @param resamples usually {@link Interval#RESAMPLES}
   */
  public Interval interval(String metric, long seed, int resamples) {
    int index = index(metric);
    double[] resampled =
        Bootstrap.resample(images.size(), seed, resamples, drawn -> score(index, drawn));
    return Interval.of(corpus.get(metric), ExtraCaptionScores.withoutNaN(resampled), seed);
  }

  /** All metrics' intervals, in the order of {@link #metrics}. */
  public Map<String, Interval> intervals(long seed, int resamples) {
    Map<String, Interval> intervals = new LinkedHashMap<>();
    metrics.forEach(metric -> intervals.put(metric, interval(metric, seed, resamples)));
    return Collections.unmodifiableMap(intervals);
  }

  /**
   * The paired bootstrap and the approximate randomization between two systems on the same images.
   *
   * @throws InputException if the two were scored on other images or in another way
   */
  public static Comparison compare(
      CaptionScores first, CaptionScores second, String metric, long seed, int resamples) {
    if (!first.images.equals(second.images)) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "Two systems can only be compared on the same images, but one was scored on %d and the other on %d images that are not all the same.",
              first.images.size(),
              second.images.size()));
    }
    if (!first.variants.equals(second.variants)) {
      throw new InputException(
          String.format(
              Locale.ROOT,
              "Two systems can only be compared when scored in the same way, but one was scored with %s and the other with %s.",
              first.variants,
              second.variants));
    }
    int index = first.index(metric);
    int other = second.index(metric);
    double[] differences =
        Bootstrap.resample(
            first.images.size(),
            seed,
            resamples,
            drawn -> first.score(index, drawn) - second.score(other, drawn));
    double exchanged =
        Randomization.p(
            first.images.size(),
            seed,
            resamples,
            first.corpus.get(metric) - second.corpus.get(metric),
            swapped ->
                first.mixed(index, second, other, swapped)
                    - second.mixed(other, first, index, swapped));
    return Comparison.of(
        metric,
        first.corpus.get(metric),
        second.corpus.get(metric),
        ExtraCaptionScores.withoutNaN(differences),
        exchanged,
        seed);
  }

  /** The score with the captions of some images exchanged for {@code other}'s. */
  private double mixed(int metric, CaptionScores other, int otherMetric, boolean[] swapped) {
    int size = images.size();
    if (metric > METEOR) {
      return extra.mixed(metric - METEOR - 1, other.extra, otherMetric - METEOR - 1, swapped);
    }
    if (metric < ROUGE_L || metric == METEOR) {
      int[][] mine = metric < ROUGE_L ? bleu : meteor;
      int[][] theirs = metric < ROUGE_L ? other.bleu : other.meteor;
      int[][] mix = new int[size][];
      for (int image = 0; image < size; image++) {
        mix[image] = swapped[image] ? theirs[image] : mine[image];
      }
      int[] all = Bootstrap.all(size);
      return metric < ROUGE_L ? Bleu.score(mix, all)[metric] : Meteor.score(mix, all);
    }
    double[] mine = metric == ROUGE_L ? rougeL : cider;
    double[] theirs = metric == ROUGE_L ? other.rougeL : other.cider;
    double sum = 0;
    for (int image = 0; image < size; image++) {
      sum += swapped[image] ? theirs[image] : mine[image];
    }
    return sum / size;
  }

  private int index(String metric) {
    int index = metrics.indexOf(metric);
    if (index < 0) {
      throw new IllegalArgumentException("no metric " + metric + "; there are " + metrics);
    }
    return index;
  }

  @Override
  public String toString() {
    return corpus + " on " + images.size() + " images, " + variants;
  }
}
