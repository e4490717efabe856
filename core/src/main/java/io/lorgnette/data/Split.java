package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.util.Locale;

/** Which part of a data set. Sets call the middle one val, dev or validation; here it is VAL. */
public enum Split {
  TRAIN,
  VAL,
  TEST;

  /**
   * Reads a name as people and files write it: {@code train}, {@code val}, {@code dev}, {@code
   * validation}, {@code valid}, {@code test}, in any case.
   *
   * @throws InputException for another name
   */
  public static Split of(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "train", "training" -> TRAIN;
      case "val", "dev", "valid", "validation" -> VAL;
      case "test" -> TEST;
      default ->
          throw new InputException(
              "There is no split " + name + "; the choice is train, val (or dev) and test.");
    };
  }

  /** {@code train}, {@code val} or {@code test}, as COCO and Karpathy's files write it. */
  public String valName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code train}, {@code dev} or {@code test}, as Flickr8k's lists write it. */
  public String devName() {
    return this == VAL ? "dev" : valName();
  }
}
