package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Several sources; where two have the same name, the first one's image counts. */
final class ManyImages implements ImageSource {
  private final List<ImageSource> sources;

  ManyImages(List<ImageSource> sources) {
    this.sources = List.copyOf(sources);
  }

  @Override
  public boolean has(String name) {
    return sources.stream().anyMatch(source -> source.has(name));
  }

  @Override
  public byte[] read(String name) {
    for (ImageSource source : sources) {
      if (source.has(name)) {
        return source.read(name);
      }
    }
    throw new InputException("Image " + name + " is not in " + this + ".");
  }

  @Override
  public Stream<String> names() {
    return sources.stream().flatMap(ImageSource::names).distinct();
  }

  @Override
  public List<String> refused() {
    return sources.stream().flatMap(source -> source.refused().stream()).toList();
  }

  @Override
  public void close() {
    sources.forEach(ImageSource::close);
  }

  @Override
  public String toString() {
    return sources.size() <= 3
        ? sources.stream().map(ImageSource::toString).collect(Collectors.joining(", "))
        : sources.get(0) + " and " + (sources.size() - 1) + " more";
  }
}
