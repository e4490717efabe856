package io.lorgnette.pocket.postcards;

import io.lorgnette.data.Split;
import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Director;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.words.Captions;
import io.lorgnette.pocket.postcards.words.Question;
import io.lorgnette.pocket.postcards.words.Questions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * The built-in data set: postcards drawn by seed, with captions, questions and answers.
 *
 * <p>It is written once in the file formats of COCO captions and VQA v2 and then read by the
 * ordinary loaders. Training and validation scenes hold none of the combinations of {@link
 * io.lorgnette.pocket.postcards.scene.HeldOut}; every test scene holds at least one. Thread-safe.
 */
public final class Postcards {

  /** Changes with anything that changes a picture or a word. */
  public static final int VERSION = 1;

  private Postcards() {}

  /**
   * How many scenes there are of each split.
   *
   * @param train scenes for training
   * @param val scenes for choosing, of the same distribution as {@code train}
   * @param test scenes with combinations not seen in training
   */
  public record Sizes(int train, int val, int test) {

    public Sizes {
      for (int size : new int[] {train, val, test}) {
        if (size < 0 || size > Folder.MOST_SCENES) {
          throw new IllegalArgumentException(
              "a split has 0 to " + Folder.MOST_SCENES + " scenes, not " + size);
        }
      }
      if (train + val + test == 0) {
        throw new IllegalArgumentException("no scenes in any split");
      }
    }

    int of(Split split) {
      return switch (split) {
        case TRAIN -> train;
        case VAL -> val;
        case TEST -> test;
      };
    }

    int total() {
      return train + val + test;
    }
  }

  /** Hears how far writing has come; called by one thread at a time, with rising numbers. */
  @FunctionalInterface
  public interface Progress {
    void report(int done, int total);
  }

  /** The sizes of the demo: 1,600 scenes for training, 100 for validation, 200 for the test. */
  public static Sizes defaultSizes() {
    return new Sizes(1600, 100, 200);
  }

  /**
   * Writes the data set below {@code directory} unless it is there already, and returns its folder.
   *
   * <p>The folder appears at once, complete or not at all, also when several processes write it at
   * the same time. Equal arguments give equal bytes on one Java runtime, whatever the number of
   * processors.
   *
   * @param directory a cache directory; made if missing
   * @param sizes scenes of each split
   * @param seed of all scenes
   * @param listener hears of each written picture
   * @return the data set's folder, to be used as {@code DataRoots.withPostcards}
   * @throws IOException if the disk fails or the thread is interrupted; nothing is left behind
   * @throws io.lorgnette.error.InputException if something else is in the folder's place
   */
  public static Path writeTo(Path directory, Sizes sizes, long seed, Progress listener)
      throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    return new PostcardWriter(sizes, seed, threads, listener).write(directory);
  }

  /**
   * Lines of text as they go with postcards, without drawing any: five captions a scene, then its
   * questions as {@code Question: What colour is the boat? Answer: red.}, some after a caption or
   * after the instruction of MAPL's prompt. Only training combinations, and never a scene of any
   * split.
   *
   * @param seed of the scenes
   * @param scenes how many scenes to tell of, about twelve lines each
   * @return an ordered, lazy stream
   */
  public static Stream<String> text(long seed, int scenes) {
    return LongStream.range(0, scenes).boxed().flatMap(index -> lines(seed, index));
  }

  private static Stream<String> lines(long seed, long index) {
    Scene scene = Director.rehearsal(seed, index);
    Dice dice = new Dice(Dice.seed(scene.seed(), "text", index));
    List<String> captions = Captions.of(scene);
    List<String> lines = new ArrayList<>(captions);
    for (Question question : Questions.of(scene)) {
      String answer = question.answers().get(dice.below(Question.ANSWERS));
      String stop = answer.endsWith(".") ? "" : ".";
      String context =
          switch (dice.below(4)) {
            case 0 -> dice.pick(captions) + " ";
            case 1 -> "Please answer the question. ";
            default -> "";
          };
      lines.add(
          String.format(
              Locale.ROOT, "%sQuestion: %s Answer: %s%s", context, question.text(), answer, stop));
    }
    return lines.stream();
  }
}
