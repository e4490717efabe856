package io.lorgnette.train;

import io.lorgnette.data.Dataset;
import io.lorgnette.data.Document;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.method.Prompts;
import io.lorgnette.method.TrainingBatch.Sequence;
import io.lorgnette.method.TrainingBatch.Text;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Documents with images between their sentences as sequences to be learned, as OpenFlamingo makes
 * them: a few images at most, the first ones; each goes with the sentences up to the next, at whose
 * end its chunk ends; words before the first image are read only; what is too long is cut off at
 * the end. Texts stay on disk and are read and encoded when asked for. Safe for use by several
 * threads.
 */
final class ConnectorDocuments implements Lessons {

  /** Image and end of chunk: less than this teaches nothing. */
  private static final int LEAST = 2;

  /**
   * What was found when all documents were read once.
   *
   * @param documents that are learned
   * @param withOneImage of them, which are shown half as often
   * @param images in them
   * @param targetTokens of all of them
   * @param cut of them, at the most tokens allowed
   * @param leftOut since no image of theirs can be decoded, or none stands among the most tokens
   */
  record Counts(
      int documents, int withOneImage, long images, long targetTokens, int cut, int leftOut) {}

  private record Place(FeaturedDataset set, int document) {}

  /** A sequence whose images are counted by place among the keys. */
  private record Read(List<FeatureKey> keys, Sequence sequence, boolean cut) {}

  private final List<Place> places = new ArrayList<>();
  private final int[] images; // learned of each document
  private final Prompts prompts;
  private final int maxTokens;
  private final int maxImages;
  private final Counts counts;

  /**
   * Reads and encodes all documents once, to count what can be learned.
   *
   * @param maxTokens of a sequence, images' marks included
   * @throws InputException if there is nothing to learn
   */
  ConnectorDocuments(List<FeaturedDataset> sets, Prompts prompts, int maxTokens, int maxImages) {
    this.prompts = prompts;
    this.maxTokens = maxTokens;
    this.maxImages = maxImages;
    for (FeaturedDataset set : sets) {
      for (int i = 0; i < set.dataset().documentCount(); i++) {
        places.add(new Place(set, i));
      }
    }
    images = new int[places.size()];
    int one = 0;
    int cut = 0;
    int leftOut = 0;
    long tokens = 0;
    for (int place = 0; place < images.length; place++) {
      Optional<Read> read = read(place, 0);
      if (read.isEmpty()) {
        leftOut++;
        continue;
      }
      List<Text> chunks = read.get().sequence().chunks();
      images[place] = chunks.size();
      one += chunks.size() == 1 ? 1 : 0;
      cut += read.get().cut() ? 1 : 0;
      tokens += chunks.stream().mapToLong(chunk -> chunk.target().length).sum();
    }
    long all = Arrays.stream(images).asLongStream().sum();
    counts = new Counts(images.length - leftOut, one, all, tokens, cut, leftOut);
    if (counts.documents() == 0) {
      throw new InputException(
          "the data sets "
              + sets.stream().map(set -> set.dataset().name()).collect(Collectors.joining(", "))
              + " have no documents to learn ("
              + leftOut
              + " without an image that decodes and stands among the first "
              + maxTokens
              + " tokens were left out); choose data of kind interleaved or change data.learn or"
              + " data.max_tokens");
    }
  }

  @Override
  public int places() {
    return images.length;
  }

  @Override
  public int texts(int place) {
    return images[place] > 0 ? 1 : 0;
  }

  /**
   * Every document with several images twice a round, one with a single image once: such sequences
   * are dropped half of the time.
   */
  @Override
  public TextOrder order(int together, int rows, long seed) {
    int[] turns = Arrays.stream(images).map(count -> Math.min(count, 2)).toArray();
    return new TextOrder(turns, 1, seed);
  }

  /** Documents' images are shown as they are: the recipe allows them no other views. */
  @Override
  public Shown shown(List<TextOrder.Item> items, Looks looks) {
    List<FeatureKey> keys = new ArrayList<>();
    List<Sequence> sequences = new ArrayList<>();
    for (TextOrder.Item item : items) {
      Read read = read(item.image(), keys.size()).orElseThrow();
      keys.addAll(read.keys());
      sequences.add(read.sequence());
    }
    return new Shown(keys, List.of(), sequences);
  }

  @Override
  public Counts counts() {
    return counts;
  }

  private Optional<Read> read(int place, int firstRow) {
    Dataset dataset = places.get(place).set().dataset();
    List<Optional<FeatureKey>> all = places.get(place).set().keys();
    Document document = dataset.document(places.get(place).document());
    List<Document.Placed> seen =
        document.images().stream()
            .filter(placed -> all.get(placed.image()).isPresent())
            .limit(maxImages)
            .toList();
    if (seen.isEmpty()) {
      return Optional.empty();
    }
    List<String> sentences = document.sentences();
    int[] before = prompts.text(words(sentences.subList(0, seen.get(0).sentence())));
    int room = maxTokens - before.length;
    boolean cut = false;
    List<FeatureKey> keys = new ArrayList<>();
    List<Text> chunks = new ArrayList<>();
    for (int i = 0; i < seen.size() && !cut; i++) {
      int to = i + 1 < seen.size() ? seen.get(i + 1).sentence() : sentences.size();
      int[] target = prompts.chunk(words(sentences.subList(seen.get(i).sentence(), to)));
      cut = 1 + target.length > room;
      if (room >= LEAST) {
        int kept = Math.min(target.length, room - 1);
        chunks.add(new Text(firstRow + i, new int[0], Arrays.copyOf(target, kept)));
        keys.add(all.get(seen.get(i).image()).orElseThrow());
        room -= 1 + kept;
      }
    }
    return chunks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Read(keys, new Sequence(before, chunks), cut));
  }

  private static String words(List<String> sentences) {
    return sentences.stream()
        .map(String::strip)
        .filter(sentence -> !sentence.isEmpty())
        .collect(Collectors.joining(" "));
  }
}
