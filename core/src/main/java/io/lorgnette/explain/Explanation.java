package io.lorgnette.explain;

import io.lorgnette.image.RgbImage;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What is known of one photo and the words about it.
 *
 * @param seen the photo as the encoder was given it, before normalisation: {@code S x S}
 * @param question that was asked; empty for a caption
 * @param said the words that are explained
 * @param blind what the model says without the photo, when its features are all zero
 * @param words of {@code said}, in their order
 * @param prefix what stands for the photo in the prompt, embedding by embedding; empty where it
 *     does not stand among words
 * @param prefixLength embeddings that stand for the photo
 * @param attention how they attend to the photo
 * @param visualTokens that the encoder made of the photo
 * @param regions along a side, see {@link Word#lost}
 * @param time of each stage
 */
public record Explanation(
    RgbImage seen,
    Optional<String> question,
    String said,
    String blind,
    List<Word> words,
    List<PrefixToken> prefix,
    int prefixLength,
    Attention attention,
    int visualTokens,
    int regions,
    Time time) {

  public Explanation {
    words = List.copyOf(words);
    prefix = List.copyOf(prefix);
  }

  /** How probable all words are with the photo: the sum of their log-probabilities, in nats. */
  public double seeing() {
    return words.stream().mapToDouble(Word::seeing).sum();
  }

  /** As {@link #seeing}, without the photo. */
  public double blindly() {
    return words.stream().mapToDouble(Word::blind).sum();
  }

  /**
   * A word of a text, or what ends it.
   *
   * @param text without blanks around it; empty for an end that is not written
   * @param seeing its log-probability with the photo and the words before it, in nats
   * @param blind the same with features that are all zero in the photo's place
   * @param lost how much of {@code seeing} is lost when a region is covered, in nats, row by row:
   *     above 0 where the region speaks for the word, below where it speaks against it
   */
  public record Word(String text, double seeing, double blind, List<Double> lost) {

    public Word {
      lost = List.copyOf(lost);
    }
  }

  /**
   * An embedding of the prefix.
   *
   * @param nearest words of the vocabulary, the nearest first
   */
  public record PrefixToken(List<Neighbour> nearest) {

    public PrefixToken {
      nearest = List.copyOf(nearest);
    }
  }

  /**
   * A token of the vocabulary near an embedding.
   *
   * @param text as it is written, with its blanks
   * @param cosine of the angle between the two
   */
  public record Neighbour(int id, String text, double cosine) {}

  /**
   * Shares of attention of each embedding of the prefix.
   *
   * @param rows of places
   * @param columns of places
   * @param maps one for each embedding that the connector makes: shares of the places row by row,
   *     whose sum is at most 1
   * @param missing why there is none, for people; empty where there is
   */
  public record Attention(int rows, int columns, List<List<Double>> maps, String missing) {

    public Attention {
      maps = maps.stream().map(List::copyOf).toList();
    }

    /** There is none. */
    static Attention none(String why) {
      return new Attention(0, 0, List.of(), why);
    }

    /** The mean over all embeddings; empty where there is none. */
    public List<Double> mean() {
      if (maps.isEmpty()) {
        return List.of();
      }
      double[] sum = new double[rows * columns];
      for (List<Double> map : maps) {
        for (int i = 0; i < sum.length; i++) {
          sum[i] += map.get(i) / maps.size();
        }
      }
      return Arrays.stream(sum).boxed().toList();
    }

    /** The share of an embedding's attention that goes to no place of the photo. */
    public double elsewhere(int embedding) {
      return 1 - maps.get(embedding).stream().mapToDouble(Double::doubleValue).sum();
    }
  }

  /**
   * How long each stage took, in nanoseconds.
   *
   * @param crop the photo is resized, cropped and normalised
   * @param encode the encoder makes features
   * @param connect the connector makes what the language model is given
   * @param write the language model writes; 0 where the words were given
   * @param look all that is done only to explain
   */
  public record Time(long crop, long encode, long connect, long write, long look) {}
}
