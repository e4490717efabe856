package io.lorgnette.verbal;

import java.util.Locale;

/** How examples are chosen for a question. */
public enum ShotSelection {
  /** At random, anew for every question. */
  RANDOM(false, false),
  /** Those whose questions are like it. */
  QUESTION(true, false),
  /** Those whose questions and images together are like it and its image. */
  IMAGEQUESTION(true, true),
  /** Those whose images are like its image (RICES). */
  IMAGE(false, true);

  private final boolean questions;
  private final boolean images;

  ShotSelection(boolean questions, boolean images) {
    this.questions = questions;
    this.images = images;
  }

  /** Whether questions are compared. */
  public boolean questions() {
    return questions;
  }

  /** Whether images are compared. */
  public boolean images() {
    return images;
  }

  /** The name in recipes and files. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
