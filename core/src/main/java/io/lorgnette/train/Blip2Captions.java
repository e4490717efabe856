package io.lorgnette.train;

import io.lorgnette.data.CaptionText;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.text.BlipCaption;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.text.TextMarks;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.TextOrder.Item;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The captions of one or several data sets as BLIP-2's first stage reads them: {@linkplain
 * BlipCaption prepared}, in tokens {@linkplain TextMarks marked} at both ends, cut and padded to
 * one length. They stay on disk and are encoded when asked for. Safe for use by several threads.
 */
final class Blip2Captions {

  /**
   * What was found when all captions were read once.
   *
   * @param images with at least one caption
   * @param captions with at least one word
   * @param wordless captions that were left out
   */
  record Counts(int images, long captions, long wordless) {}

  private record Place(FeaturedDataset set, int index) {}

  private final List<Place> places = new ArrayList<>();
  private final int[] captions;
  private final TextMarks marks;
  private final int maxTokens;
  private final Counts counts;

  /**
   * Reads all captions once, to count them.
   *
   * @param maxTokens of a text with its marks; longer ones lose their end
   * @throws InputException if there are none, or the tokenizer can not end a text
   */
  Blip2Captions(List<FeaturedDataset> sets, Tokenizer tokenizer, int maxTokens) {
    this.marks = TextMarks.of(tokenizer);
    this.maxTokens = maxTokens;
    for (FeaturedDataset set : sets) {
      for (int i = 0; i < set.dataset().size(); i++) {
        places.add(new Place(set, i));
      }
    }
    captions = new int[places.size()];
    int images = 0;
    long found = 0;
    long wordless = 0;
    for (int image = 0; image < captions.length; image++) {
      Place place = places.get(image);
      if (place.set().keys().get(place.index()).isPresent()) {
        captions[image] = texts(image).size();
        found += captions[image];
        wordless += place.set().dataset().example(place.index()).captions().size();
        images += captions[image] > 0 ? 1 : 0;
      }
    }
    counts = new Counts(images, found, wordless - found);
    if (found == 0) {
      throw new InputException(
          "the data sets "
              + sets.stream().map(set -> set.dataset().name()).collect(Collectors.joining(", "))
              + " have no captions to learn; choose other data");
    }
  }

  private List<String> texts(int image) {
    Place place = places.get(image);
    return place.set().dataset().example(place.index()).captions().stream()
        .filter(CaptionText::hasWords)
        .map(BlipCaption::of)
        .toList();
  }

  /** Images, with and without captions. */
  int images() {
    return captions.length;
  }

  /** Captions of each image. */
  int[] perImage() {
    return captions.clone();
  }

  Counts counts() {
    return counts;
  }

  /** The key of an image that has captions. */
  FeatureKey key(int image) {
    Place place = places.get(image);
    return place.set().keys().get(place.index()).orElseThrow();
  }

  /** The keys of the images of some pairs. */
  List<FeatureKey> keys(List<Item> pairs) {
    return pairs.stream().map(pair -> key(pair.image())).toList();
  }

  /** Every image that has captions, with its first one. */
  List<Item> firsts() {
    return IntStream.range(0, captions.length)
        .filter(image -> captions[image] > 0)
        .mapToObj(image -> new Item(image, 0))
        .toList();
  }

  /** A caption in tokens. */
  PaddedIds read(int image, int caption) {
    return marks.encode(texts(image).get(caption), maxTokens);
  }

  /** A caption as its data set has it. */
  String written(int image, int caption) {
    Place place = places.get(image);
    return place.set().dataset().example(place.index()).captions().stream()
        .filter(CaptionText::hasWords)
        .skip(caption)
        .findFirst()
        .orElseThrow();
  }
}
