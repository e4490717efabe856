package io.lorgnette.data;

import io.lorgnette.error.InputException;

/** For questions and captions that are used without their photos. */
final class NoImages implements ImageSource {
  @Override
  public boolean has(String name) {
    return false;
  }

  @Override
  public byte[] read(String name) {
    throw new InputException(
        "Image "
            + name
            + " was asked for, but this data set is read without images; name its images.");
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "no images";
  }
}
