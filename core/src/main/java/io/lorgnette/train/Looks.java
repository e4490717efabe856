package io.lorgnette.train;

/** Which of its views each image is shown in. */
@FunctionalInterface
interface Looks {

  /** Tells these draws from others of the same run. */
  int VIEWS = 4;

  /** Every image as it is. */
  Looks PLAIN = (image, views) -> 0;

  /**
   * The view of an image.
   *
   * @param image its place
   * @param views how many it has, itself included
   * @return 0 for the image as it is, else the number of another view from 1
   */
  int at(int image, int views);

  /**
   * Every image in one of its views, all as likely: an image that several texts of a batch are
   * about is seen in one.
   *
   * @param seed of the run
   * @param batch the number of the micro-batch in the run
   */
  static Looks drawn(long seed, long batch) {
    long key = TrainingLoop.mix(seed, batch, VIEWS);
    return (image, views) -> (int) (TrainingLoop.mix(key, image, 0) % views);
  }
}
