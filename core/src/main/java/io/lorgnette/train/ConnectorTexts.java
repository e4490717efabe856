package io.lorgnette.train;

import io.lorgnette.data.CaptionText;
import io.lorgnette.data.Example;
import io.lorgnette.data.Question;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.method.Prompts;
import io.lorgnette.method.TrainingBatch.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is to be learned about the images of one or several data sets: captions, normalised to end
 * in one full stop, and questions with their answers, as token ids. Texts stay on disk and are read
 * and encoded when asked for. Safe for use by several threads.
 */
final class ConnectorTexts implements Lessons {

  /**
   * What was found when all texts were read once.
   *
   * @param images with at least one text
   * @param captions that are learned
   * @param questions that are learned, each once whatever its answers
   * @param targetTokens of all of them
   * @param tooLong left out because they exceed the most tokens allowed
   * @param withoutStop left out because their last token is not the stop token
   */
  record Counts(
      int images,
      long captions,
      long questions,
      long targetTokens,
      long tooLong,
      long withoutStop) {

    long texts() {
      return captions + questions;
    }
  }

  private record Place(FeaturedDataset set, int index) {}

  private final List<Place> places = new ArrayList<>();
  private final int[] texts;
  private final int[] lengths; // tokens of all texts of each image
  private final AnswerKind answers;
  private final Prompts prompts;
  private final Set<TextKind> kinds;
  private final int maxTokens;
  private final Counts counts;

  /**
   * Reads and encodes all texts once, to count what can be learned.
   *
   * @param maxTokens of prompt and target together
   * @throws InputException if there is nothing to learn
   */
  ConnectorTexts(List<FeaturedDataset> sets, Set<TextKind> kinds, Prompts prompts, int maxTokens) {
    this(sets, kinds, AnswerKind.COMMON, prompts, maxTokens);
  }

  /**
   * As the other, with a choice of answers.
   *
   * @param answers which of a question are learned
   */
  ConnectorTexts(
      List<FeaturedDataset> sets,
      Set<TextKind> kinds,
      AnswerKind answers,
      Prompts prompts,
      int maxTokens) {
    this.answers = answers;
    this.kinds = Set.copyOf(kinds);
    this.prompts = prompts;
    this.maxTokens = maxTokens;
    for (FeaturedDataset set : sets) {
      for (int i = 0; i < set.dataset().size(); i++) {
        places.add(new Place(set, i));
      }
    }
    texts = new int[places.size()];
    lengths = new int[places.size()];
    Tally tally = new Tally();
    for (int image = 0; image < texts.length; image++) {
      if (places.get(image).set().keys().get(places.get(image).index()).isPresent()) {
        List<Text> found = read(image, tally);
        texts[image] = found.size();
        lengths[image] =
            found.stream().mapToInt(text -> text.prompt().length + text.target().length).sum();
        tally.images += texts[image] > 0 ? 1 : 0;
      }
    }
    counts = tally.counts();
    if (counts.texts() == 0) {
      throw new InputException(nothing(sets));
    }
  }

  private String nothing(List<FeaturedDataset> sets) {
    String asked =
        kinds.stream()
            .map(kind -> kind.name().toLowerCase(Locale.ROOT))
            .sorted()
            .collect(Collectors.joining(" and "));
    return "the data sets "
        + sets.stream().map(set -> set.dataset().name()).collect(Collectors.joining(", "))
        + " have no "
        + asked
        + " to learn ("
        + counts.tooLong()
        + " texts of more than "
        + maxTokens
        + " tokens and "
        + counts.withoutStop()
        + " that do not end in the stop token were left out); choose other data or change"
        + " data.learn or data.max_tokens";
  }

  private static final class Tally {
    private int images;
    private long captions;
    private long questions;
    private long targetTokens;
    private long tooLong;
    private long withoutStop;

    Counts counts() {
      return new Counts(images, captions, questions, targetTokens, tooLong, withoutStop);
    }
  }

  @Override
  public int places() {
    return texts.length;
  }

  @Override
  public int texts(int image) {
    return texts[image];
  }

  @Override
  public TextOrder order(int together, int rows, long seed) {
    return new TextOrder(texts, lengths, together, rows, seed);
  }

  @Override
  public Shown shown(List<TextOrder.Item> items, Looks looks) {
    Map<Integer, List<Text>> read = new LinkedHashMap<>();
    List<FeatureKey> keys = new ArrayList<>();
    List<Text> shown = new ArrayList<>();
    for (TextOrder.Item item : items) {
      List<Text> all = read.get(item.image());
      if (all == null) {
        all = read(item.image(), keys.size());
        keys.add(key(item.image(), looks));
        read.put(item.image(), all);
      }
      shown.add(all.get(item.text()));
    }
    return new Shown(keys, shown, List.of());
  }

  @Override
  public Counts counts() {
    return counts;
  }

  /** The key of an image that has texts, in one of its views. */
  FeatureKey key(int image, Looks looks) {
    Place place = places.get(image);
    List<FeatureKey> views = place.set().views().get(place.index());
    int view = looks.at(image, 1 + views.size());
    return view == 0 ? place.set().keys().get(place.index()).orElseThrow() : views.get(view - 1);
  }

  /** What people wrote about an image, as it stands in its data set; nothing if none is learned. */
  List<String> captions(int image) {
    if (texts[image] == 0) {
      return List.of();
    }
    Place place = places.get(image);
    return place.set().dataset().example(place.index()).captions().stream()
        .filter(CaptionText::hasWords)
        .toList();
  }

  /**
   * All texts of an image, in the order of its data set, captions first.
   *
   * @param row of the image in the batch's features
   */
  List<Text> read(int image, int row) {
    return read(image, new Tally()).stream().map(text -> text.of(row)).toList();
  }

  private List<Text> read(int image, Tally tally) {
    Place place = places.get(image);
    Example example = place.set().dataset().example(place.index());
    List<Text> found = new ArrayList<>();
    if (kinds.contains(TextKind.CAPTIONS)) {
      int[] before = prompts.beforeCaption();
      for (String caption : example.captions()) {
        if (CaptionText.hasWords(caption)) {
          String normal = CaptionText.training(caption);
          tally.captions += add(before, prompts.caption(normal), 1, found, tally) ? 1 : 0;
        }
      }
    }
    if (kinds.contains(TextKind.QUESTIONS)) {
      for (Question question : example.questions()) {
        int[] prompt = prompts.question(question.text().strip());
        int learned = found.size();
        for (Map.Entry<String, Double> answer : answers.of(question).entrySet()) {
          if (CaptionText.hasWords(answer.getKey())) {
            add(prompt, prompts.answer(answer.getKey()), answer.getValue(), found, tally);
          }
        }
        tally.questions += found.size() > learned ? 1 : 0;
      }
    }
    return found;
  }

  private boolean add(int[] prompt, int[] target, double weight, List<Text> found, Tally tally) {
    if (!prompts.ends(target)) {
      tally.withoutStop++;
      return false;
    }
    if (prompt.length + target.length > maxTokens) {
      tally.tooLong++;
      return false;
    }
    tally.targetTokens += target.length;
    return found.add(new Text(0, prompt, target, weight));
  }
}
