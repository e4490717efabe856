package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What of a split of a {@link Benchmark} lies on this machine.
 *
 * @param expected what there must be
 * @param images images that the annotation files speak of; 0 when they can not be read
 * @param captions of these images
 * @param questions about these images
 * @param withAnswers how many of the questions have answers
 * @param picturesHere how many of the images are there as pictures
 * @param leftOut broken or doubled records
 * @param sentences what is missing or wrong, for people; empty when all is well
 */
public record BenchmarkCheck(
    Benchmark.Part expected,
    int images,
    int captions,
    int questions,
    int withAnswers,
    int picturesHere,
    long leftOut,
    List<String> sentences) {

  public BenchmarkCheck {
    sentences = List.copyOf(sentences);
  }

  /** Whether every text and every picture is there. */
  public boolean complete() {
    return sentences.isEmpty();
  }

  /**
   * Counts a split below the data root.
   *
   * @throws InputException when the root is not there
   */
  public static BenchmarkCheck of(Benchmark benchmark, Benchmark.Part part, DataRoots roots) {
    roots.dataFor(benchmark.name());
    Problems problems = Problems.collecting();
    List<String> sentences = new ArrayList<>();
    int images = 0;
    int captions = 0;
    int questions = 0;
    int answered = 0;
    try (Dataset texts = Datasets.open(benchmark.whole(part.split(), false), roots, problems)) {
      images = texts.size();
      captions = texts.captionCount();
      questions = texts.questionCount();
      answered =
          questions == 0
              ? 0
              : (int)
                  texts
                      .examples()
                      .flatMap(example -> example.questions().stream())
                      .filter(question -> !question.answers().isEmpty())
                      .count();
    } catch (InputException e) {
      sentences.add(e.getMessage());
    }
    long leftOut = problems.count();
    int here = 0;
    if (images > 0) {
      compare(sentences, "images", images, part.images());
      compare(sentences, "captions", captions, part.captions());
      compare(sentences, "questions", questions, part.questions());
      if (answered < questions) {
        sentences.add((questions - answered) + " questions have no answers in the files.");
      }
      if (leftOut > 0) {
        sentences.add("left out: " + problems.summary() + "; first " + problems.kept().get(0));
      }
      here = pictures(benchmark, part.split(), roots, sentences);
      if (here > 0 && here < images) {
        sentences.add("the pictures of " + (images - here) + " images are missing.");
      }
    }
    return new BenchmarkCheck(
        part, images, captions, questions, answered, here, leftOut, sentences);
  }

  /** The pictures that are there; none is opened. */
  private static int pictures(
      Benchmark benchmark, Split split, DataRoots roots, List<String> sentences) {
    try (Dataset all = Datasets.open(benchmark.whole(split, true), roots, Problems.collecting())) {
      return all.size();
    } catch (InputException e) {
      sentences.add(e.getMessage());
      return 0;
    }
  }

  private static void compare(List<String> sentences, String what, int found, int expected) {
    if (expected > 0 && found != expected) {
      sentences.add(
          "the files hold "
              + found
              + " "
              + what
              + "; the makers' have "
              + expected
              + (found < expected ? ": this is a part." : ": this is another release."));
    }
  }

  /** The pictures of this split, to be decoded by whoever wants to; empty without any. */
  public static Optional<Dataset> open(Benchmark benchmark, Split split, DataRoots roots) {
    try {
      return Optional.of(Datasets.open(benchmark.whole(split, true), roots, Problems.collecting()));
    } catch (InputException e) {
      return Optional.empty();
    }
  }
}
