package io.lorgnette.metrics.spice;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.ExtraCaptionMetric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * SPICE (Anderson, Fernando, Johnson and Gould 2016): F, precision and recall of what a caption
 * says against what all its references together say, and F of each kind of thing said.
 *
 * <p>What is said are objects, their attributes and relations between them, found by rules in the
 * dependencies of Stanford's parser (after Schuster, Krishna, Chang, Fei-Fei and Manning 2015).
 * Words match if they are equal or share a set of synonyms of WordNet 3.0. Written from a
 * description and from what version 1.0 was seen to print; {@code docs/spice.md} says how close
 * they are.
 *
 * <p>Parses are kept in a file. Thread-safe.
 */
public final class SpiceMetric implements ExtraCaptionMetric {

  /** What must be published with the scores. */
  public static final String VARIANT =
      "rules of SPICE 1.0 on CoreNLP 3.6.0 and WordNet 3.0, mean over images of F";

  private static final String NAME = "SPICE";

  private final Path folder;
  private final int maxCaptions;
  private CaptionParses parses;
  private Synsets synsets;

  /** Keeps parses in Lorgnette's cache folder. */
  public SpiceMetric() {
    this(ParseFolder.ofThisSystem(), ParseCache.MAX_CAPTIONS);
  }

  /**
   * Keeps parses elsewhere.
   *
   * @param folder made when something is first written
   * @param maxCaptions how many parses are kept, the latest
   */
  public SpiceMetric(Path folder, int maxCaptions) {
    this.folder = folder;
    this.maxCaptions = maxCaptions;
  }

  @Override
  public String name() {
    return NAME;
  }

  /**
   * {@inheritDoc}
   *
   * @throws InputException if a caption has to be parsed and the parser's models are not on the
   *     class path, a caption is too long, or the file of parses is damaged or can not be written
   */
  @Override
  public Scores score(List<Image> images, Listener listener) {
    Set<String> captions = new LinkedHashSet<>();
    for (Image image : images) {
      captions.add(image.result());
      captions.addAll(image.references());
    }
    Map<String, List<Proposition>> said = parses().propositions(captions, listener);
    Synsets senses = synsets();
    Map<String, double[]> perImage = new LinkedHashMap<>();
    columns().keySet().forEach(name -> perImage.put(name, new double[images.size()]));
    IntStream.range(0, images.size())
        .parallel()
        .forEach(
            i -> {
              Image image = images.get(i);
              List<SceneTuple> result = tuples(List.of(image.result()), said, senses);
              List<SceneTuple> references = tuples(image.references(), said, senses);
              columns()
                  .forEach(
                      (name, score) -> perImage.get(name)[i] = score.apply(result, references));
            });
    return new Scores(perImage, VARIANT);
  }

  /**
   * What captions of one image say together, to explain a score: objects ({@code [girl]}), objects
   * with an attribute ({@code [girl, young]}) and relations ({@code [girl, hold, dog]}). Words that
   * were taken for the same thing are joined by a slash.
   *
   * @param captions tokenised, words separated by blanks
   * @throws InputException as {@link #score} does
   */
  public List<List<String>> tuples(List<String> captions) {
    Map<String, List<Proposition>> said =
        parses().propositions(new LinkedHashSet<>(captions), Listener.NONE);
    return tuples(captions, said, synsets()).stream()
        .map(tuple -> tuple.concepts().stream().map(Concept::toString).toList())
        .toList();
  }

  private static List<SceneTuple> tuples(
      Collection<String> captions, Map<String, List<Proposition>> said, Synsets senses) {
    List<Proposition> all = new ArrayList<>();
    captions.forEach(caption -> all.addAll(said.get(caption)));
    return new SceneGraph(all, word -> new Concept(word, senses.of(word))).tuples();
  }

  private static Map<String, BiFunction<List<SceneTuple>, List<SceneTuple>, Double>> columns() {
    Map<String, BiFunction<List<SceneTuple>, List<SceneTuple>, Double>> columns =
        new LinkedHashMap<>();
    columns.put(NAME, (result, references) -> all(result, references).f());
    columns.put(NAME + " precision", (result, references) -> all(result, references).precision());
    columns.put(NAME + " recall", (result, references) -> all(result, references).recall());
    for (TupleKind kind : TupleKind.ALL) {
      columns.put(
          NAME + " " + kind.label(),
          (result, references) -> {
            SpiceScores scores = SpiceScores.of(result, references, kind);
            return scores.defined() ? scores.f() : Double.NaN;
          });
    }
    return columns;
  }

  private static SpiceScores all(List<SceneTuple> result, List<SceneTuple> references) {
    return SpiceScores.of(result, references, tuple -> true);
  }

  private synchronized CaptionParses parses() {
    if (parses == null) {
      parses = new CaptionParses(ParseCache.open(folder, CaptionParser.IDENTITY, maxCaptions));
    }
    return parses;
  }

  private synchronized Synsets synsets() {
    if (synsets == null) {
      synsets = new Synsets();
    }
    return synsets;
  }
}
