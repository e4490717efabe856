package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.stream.Stream;

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
  public Stream<String> names() {
    return Stream.empty();
  }

  @Override
  public List<String> refused() {
    return List.of();
  }

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "no images";
  }
}
