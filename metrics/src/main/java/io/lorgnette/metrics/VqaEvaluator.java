package io.lorgnette.metrics;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.function.UnaryOperator;

/** Whose rule decides how right an answer is. Scores by different rules are not comparable. */
public enum VqaEvaluator {
  /**
   * GT-Vision-Lab/VQA, the official one: both sides are normalised, but neither when all annotators
   * gave the same answer.
   */
  OFFICIAL("official VQA evaluator (GT-Vision-Lab)") {
    @Override
    double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut) {
      List<HumanAnswer> answers = map(human, VqaNormalizer::strip);
      String result = VqaNormalizer.strip(prediction);
      if (!unanimous(answers)) {
        answers = map(answers, VqaNormalizer.OFFICIAL::normalize);
        result = VqaNormalizer.OFFICIAL.normalize(result);
      }
      return agreement(answers, result, leaveOut);
    }
  },
  /**
   * The copy in salesforce/LAVIS: the prediction is always normalised, the annotators' answers only
   * by the punctuation step and only when they differ. Many published zero-shot numbers are of this
   * kind.
   */
  LAVIS("LAVIS copy of the VQA evaluator") {
    @Override
    double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut) {
      List<HumanAnswer> answers = human;
      if (!unanimous(answers)) {
        answers = map(answers, VqaNormalizer.PYTHON_3::punctuation);
      }
      String result = VqaNormalizer.PYTHON_3.normalize(VqaNormalizer.strip(prediction));
      return agreement(answers, result, leaveOut);
    }
  },
  /** The copy in mlfoundations/open_flamingo: both sides are always normalised. */
  OPEN_FLAMINGO("OpenFlamingo copy of the VQA evaluator") {
    @Override
    double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut) {
      List<HumanAnswer> answers = map(human, VqaEvaluator::normalized);
      return agreement(answers, normalized(prediction), leaveOut);
    }

    @Override
    String answerType(VqaAnnotation annotation) {
      return annotation.answerType().isEmpty() ? "other" : annotation.answerType();
    }
  },
  /**
   * VizWiz's (Qing Li): the prediction is always normalised, with curly apostrophes, the
   * annotators' answers never. It leaves out by index.
   */
  VIZWIZ("VizWiz evaluator") {
    @Override
    double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut) {
      String result = VqaNormalizer.VIZWIZ.normalize(VqaNormalizer.strip(prediction));
      return agreement(human, result, leaveOut);
    }
  },
  /**
   * TextVQA's, as in facebookresearch/mmf: both sides are always normalised, after a step that
   * lower-cases, removes commas and question marks and cuts off {@code 's}. It leaves out by index.
   */
  TEXTVQA("TextVQA evaluator (mmf)") {
    @Override
    double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut) {
      List<HumanAnswer> answers = map(human, a -> normalized(VqaNormalizer.tokenize(a)));
      return agreement(answers, normalized(VqaNormalizer.tokenize(prediction)), leaveOut);
    }
  },
  /**
   * GQA's (Hudson and Manning 2019): the answer is the one answer of the file, letter for letter,
   * but for white space at its ends. This is not VQA accuracy.
   */
  GQA("exact match with GQA's answer") {
    @Override
    double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut) {
      return VqaNormalizer.strip(human.get(0).answer()).equals(VqaNormalizer.strip(prediction))
          ? 1
          : 0;
    }

    @Override
    public String metric() {
      return "GQA accuracy";
    }
  };

  /** Which answers one annotator's answer is not compared with. */
  public enum LeaveOut {
    /** That annotator's own: what the evaluation means. */
    INDEX,
    /**
     * Every answer whose record is the same: what the evaluators' code does. The same as {@link
     * #INDEX} where answers carry ids, as in VQA v2; on VizWiz, which has none, it removes all
     * copies of an answer and lowers scores by a quarter.
     */
    RECORD
  }

  private static final int ENOUGH = 3;

  private final String variant;

  VqaEvaluator(String variant) {
    this.variant = variant;
  }

  /** What to publish with a score. */
  public String variant() {
    return variant;
  }

  /** What the score is called. */
  public String metric() {
    return VqaScores.METRIC;
  }

  /** The type that a question is counted under. */
  String answerType(VqaAnnotation annotation) {
    return annotation.answerType();
  }

  /** The accuracy of one answer, between 0 and 1. */
  abstract double accuracy(List<HumanAnswer> human, String prediction, LeaveOut leaveOut);

  private static String normalized(String answer) {
    return VqaNormalizer.PYTHON_3.normalize(VqaNormalizer.strip(answer));
  }

  private static List<HumanAnswer> map(List<HumanAnswer> answers, UnaryOperator<String> change) {
    return answers.stream()
        .map(a -> new HumanAnswer(change.apply(a.answer()), a.record()))
        .toList();
  }

  private static boolean unanimous(List<HumanAnswer> answers) {
    return new HashSet<>(answers.stream().map(HumanAnswer::answer).toList()).size() <= 1;
  }

  /** Mean over annotators of min(1, matches among the others / 3). */
  private static double agreement(List<HumanAnswer> answers, String result, LeaveOut leaveOut) {
    List<Double> accuracies = new ArrayList<>();
    for (int left = 0; left < answers.size(); left++) {
      int matches = 0;
      for (int other = 0; other < answers.size(); other++) {
        boolean compared =
            leaveOut == LeaveOut.INDEX
                ? other != left
                : !answers.get(other).equals(answers.get(left));
        matches += compared && answers.get(other).answer().equals(result) ? 1 : 0;
      }
      accuracies.add(Math.min(1, matches / (double) ENOUGH));
    }
    // Ascending, so that the order of annotators does not show in the last bit.
    double sum = accuracies.stream().sorted().reduce(0.0, Double::sum);
    return sum / answers.size();
  }
}
