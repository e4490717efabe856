package io.lorgnette.evaluate;

import io.lorgnette.verbal.Likeness;
import io.lorgnette.verbal.ShotSelection;
import java.util.List;

/** Tells how alike the questions asked and those of a pool of examples are. */
@FunctionalInterface
public interface ShotVectors {

  /**
   * The likeness of each question asked to each of the pool, in their orders.
   *
   * @param selection says what is compared
   */
  Likeness of(List<QuestionPlace> pool, List<QuestionPlace> asked, ShotSelection selection);
}
