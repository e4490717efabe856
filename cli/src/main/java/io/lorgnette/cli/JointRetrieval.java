package io.lorgnette.cli;

import io.lorgnette.data.CaptionText;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.ImageRef;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.method.Retrieval;
import io.lorgnette.metrics.RetrievalScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Retrieval by nearness in a joint space of images and texts. */
final class JointRetrieval {

  private static final int IMAGES = 32;
  private static final int TEXTS = 256;

  private final Console console;
  private final JointEmbedder model;

  /** Retrieval with a model, which stays the caller's. */
  JointRetrieval(Console console, JointEmbedder model) {
    this.console = console;
    this.model = model;
  }

  /**
   * Ranks the images and captions of a data set. Broken images are noted in its problems.
   *
   * @throws InputException if it has no image with a caption
   */
  Retrieved of(Dataset dataset) {
    List<float[]> images = new ArrayList<>();
    List<String> captions = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    try (Progress progress =
        console.progress("looking at " + dataset.name(), "images", dataset.size())) {
      for (int from = 0; from < dataset.size(); from += IMAGES) {
        int to = Math.min(from + IMAGES, dataset.size());
        List<RgbImage> seen = new ArrayList<>();
        List<Optional<RgbImage>> read = read(dataset, from, to);
        for (int i = from; i < to; i++) {
          List<String> own =
              dataset.example(i).captions().stream().filter(CaptionText::hasWords).toList();
          if (read.get(i - from).isPresent() && !own.isEmpty()) {
            int owner = images.size() + seen.size();
            seen.add(read.get(i - from).get());
            own.forEach(caption -> owners.add(owner));
            captions.addAll(own);
          }
        }
        images.addAll(Arrays.asList(model.images(seen)));
        progress.at(to, "");
      }
    }
    if (images.isEmpty()) {
      throw Retrieved.nothing(dataset);
    }
    Retrieval.Scores near =
        Retrieval.byNearness(Retrieval.nearness(images, texts(dataset, captions)));
    RetrievalScores scores =
        RetrievalScores.of(
            near.byImage(), near.byText(), owners.stream().mapToInt(Integer::intValue).toArray());
    return new Retrieved(model.name(), images.size(), captions.size(), 0, scores);
  }

  /** Some images, side by side; broken ones are noted in their order. */
  private static List<Optional<RgbImage>> read(Dataset dataset, int from, int to) {
    List<Read> read =
        IntStream.range(from, to).parallel().mapToObj(i -> Read.of(dataset.image(i))).toList();
    for (int i = from; i < to; i++) {
      int at = i;
      read.get(i - from)
          .broken()
          .ifPresent(
              why -> dataset.problems().addBrokenImage(dataset.name(), dataset.image(at), why));
    }
    return read.stream().map(Read::image).toList();
  }

  /** An image, or why there is none. */
  private record Read(Optional<RgbImage> image, Optional<InputException> broken) {

    static Read of(ImageRef image) {
      try {
        return new Read(
            Optional.of(ImageReader.read(image.bytes(), image.name())), Optional.empty());
      } catch (InputException e) {
        return new Read(Optional.empty(), Optional.of(e));
      }
    }
  }

  private List<float[]> texts(Dataset dataset, List<String> captions) {
    List<float[]> vectors = new ArrayList<>();
    try (Progress progress =
        console.progress("reading " + dataset.name(), "captions", captions.size())) {
      for (int from = 0; from < captions.size(); from += TEXTS) {
        int to = Math.min(from + TEXTS, captions.size());
        vectors.addAll(Arrays.asList(model.texts(captions.subList(from, to))));
        progress.at(to, "");
      }
    }
    return vectors;
  }
}
