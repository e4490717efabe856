package io.lorgnette.evaluate;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Duplicates;
import io.lorgnette.data.ImageHash;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.text.TextSource;
import io.lorgnette.train.PretrainRecipe;
import io.lorgnette.train.PretrainText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Whether a system saw its test before: its training pictures among the test's, or the test's
 * captions in what its language model read.
 *
 * <p>Pictures are compared where their names are alike, which costs next to nothing; a copy under
 * another name is found by {@code lorgnette data duplicates}, which looks at every pixel.
 */
public final class LeakCheck {

  /** Pictures of equal names that are looked at before the others are taken for the same. */
  private static final int SAMPLE = 16;

  private LeakCheck() {}

  /**
   * Looks for test pictures in the data that a system was trained on, or stopped early by.
   *
   * @param test what it is evaluated on
   * @param used the data sets of its recipe
   * @return one sentence for each set that touches the test, none where all is well
   */
  public static List<String> pictures(Dataset test, List<DatasetSpec> used, DataRoots roots) {
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < test.size(); i++) {
      names.put(key(test.image(i).name()), i);
    }
    List<String> sentences = new ArrayList<>();
    for (DatasetSpec spec : used) {
      try (Dataset other = Datasets.open(spec, roots, Problems.collecting())) {
        List<Match> matches = new ArrayList<>();
        for (int i = 0; i < other.size(); i++) {
          Integer at = names.get(key(other.image(i).name()));
          if (at != null) {
            matches.add(new Match(at, i));
          }
        }
        List<Match> same = samePictures(test, other, matches);
        if (!same.isEmpty()) {
          sentences.add(
              String.format(
                  Locale.ROOT,
                  "%d of the %d test images, first %s, are in %s (%s), which this run was trained"
                      + " or stopped by: the scores are not those of unseen images.",
                  same.size(),
                  test.size(),
                  test.image(same.get(0).test()).name(),
                  other.name(),
                  spec.common().split().devName()));
        }
      } catch (InputException e) {
        sentences.add(
            "Whether this run has seen the test images can not be told: " + e.getMessage());
      }
    }
    return sentences;
  }

  /** The file name without its folder and ending; of COCO's names the number alone. */
  static String key(String name) {
    String base = name.substring(name.lastIndexOf('/') + 1);
    int dot = base.lastIndexOf('.');
    String stem = dot > 0 ? base.substring(0, dot) : base;
    String coco = stem.replaceFirst("^COCO_[a-z]+[0-9]{4}_", "");
    return coco.matches("[0-9]+") ? coco.replaceFirst("^0+(?=.)", "") : stem;
  }

  /** Two images of equal names, by their index. */
  private record Match(int test, int other) {}

  /** Those matches that show the same picture; where the first ones all do, all of them. */
  private static List<Match> samePictures(Dataset test, Dataset other, List<Match> matches) {
    List<Match> first = matches.subList(0, Math.min(SAMPLE, matches.size()));
    return first.stream().allMatch(match -> same(test, other, match))
        ? matches
        : matches.stream().filter(match -> same(test, other, match)).toList();
  }

  private static boolean same(Dataset test, Dataset other, Match match) {
    try {
      return hash(test, match.test()).distance(hash(other, match.other())) <= ImageHash.NEAR;
    } catch (InputException e) {
      return false;
    }
  }

  private static ImageHash hash(Dataset set, int index) {
    var image = set.image(index);
    return ImageHash.of(ImageReader.read(image.bytes(), image.name()));
  }

  /**
   * Looks for the captions of a test in what a language model was pre-trained on.
   *
   * @param model what people call the language model
   * @param recipe how it was made; sources of running text are not searched
   * @return a sentence, or nothing where no caption was read or there are none
   */
  public static Optional<String> captions(
      Dataset test, String model, PretrainRecipe recipe, DataRoots roots) {
    if (test.captionCount() == 0) {
      return Optional.empty();
    }
    Duplicates.Sentences references = new Duplicates.Sentences();
    test.examples().forEach(example -> example.captions().forEach(references::add));
    Duplicates.Sentences read = new Duplicates.Sentences();
    List<String> sources = new ArrayList<>();
    List<String> unknown = new ArrayList<>();
    for (PretrainText text : recipe.text()) {
      if (text.kind() == PretrainText.Kind.CAPTIONS || text.kind() == PretrainText.Kind.LINES) {
        try {
          TextSource source = text.single(roots);
          int[] found = {0};
          source.forEach(
              line -> {
                if (references.has(line)) {
                  read.add(line);
                  found[0]++;
                }
              });
          if (found[0] > 0) {
            sources.add(text.name());
          }
        } catch (InputException e) {
          unknown.add(text.name());
        }
      }
    }
    if (read.size() > 0) {
      return Optional.of(
          String.format(
              Locale.ROOT,
              "%d of the %d different references of this split are in the text that the language"
                  + " model %s has read (%s): its sentences may be remembered ones.",
              read.size(),
              references.size(),
              model,
              String.join(", ", sources)));
    }
    return unknown.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "Whether the language model "
                + model
                + " has read the references can not be told: the text "
                + String.join(", ", unknown)
                + " is not below the data folder.");
  }
}
