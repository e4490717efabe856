package io.lorgnette.verify;

/**
 * One stage of a comparison.
 *
 * @param name of the recorded tensor
 * @param verdict what came out
 * @param difference the largest absolute one of numbers, or how many ids differ; not finite where
 *     the two can not be subtracted, NaN where nothing was compared
 * @param tolerance what {@code difference} may be at most; 0 for ids
 * @param note more in words, or empty
 */
public record Row(String name, Verdict verdict, double difference, double tolerance, String note) {

  /** What a comparison can come to. */
  public enum Verdict {
    /** Within the tolerance. */
    SAME("ok"),
    /** Beyond it. */
    DIFFERENT("DIFFERENT"),
    /** Recorded, but not computed here. */
    NOT_COMPARED("not compared");

    private final String words;

    Verdict(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }
  }

  static Row of(String name, double difference, double tolerance, String note) {
    Verdict verdict = difference <= tolerance ? Verdict.SAME : Verdict.DIFFERENT;
    return new Row(name, verdict, difference, tolerance, note);
  }

  static Row notCompared(String name, String note) {
    return new Row(name, Verdict.NOT_COMPARED, Double.NaN, Double.NaN, note);
  }
}
