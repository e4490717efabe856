package io.lorgnette.curate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Example;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongConsumer;
import java.util.stream.IntStream;

/**
 * One look at every image of a data set, in order: a line of JSON for each into a {@link LineFile}.
 * The next images are decoded while something is made of those before. What was done when it is
 * killed stays, and the same call goes on from there.
 */
public final class ImagePass {

  /** Images that are looked at together. */
  static final int BATCH = 32;

  /** The key of the reason why an image was left out. */
  static final String ERROR = "error";

  /**
   * An image that could be decoded.
   *
   * @param number in the data set, from 0
   */
  public record Seen(int number, Example example, RgbImage picture) {}

  /** Says something about images. */
  @FunctionalInterface
  interface Look {

    /** Puts what there is to say about the i-th image into the i-th line. */
    void at(List<Seen> images, List<ObjectNode> lines);
  }

  private record Decoded(int number, Example example, RgbImage picture, String error) {}

  private ImagePass() {}

  /**
   * Goes through the images that the file does not have yet.
   *
   * @param heading what the file is about
   * @param progress hears how many images are done
   * @throws InputException if the file is about something else
   */
  static void run(
      Dataset dataset, Path file, ObjectNode heading, Look look, LongConsumer progress) {
    int total = dataset.size();
    try (LineFile lines = LineFile.open(file, heading, BATCH, total)) {
      int from = (int) lines.done();
      progress.accept(from);
      CompletableFuture<List<Decoded>> next = decode(dataset, from);
      while (from < total) {
        List<Decoded> batch = next.join();
        from += batch.size();
        next = decode(dataset, from);
        lines.append(lines(batch, look));
        progress.accept(from);
      }
      next.join();
    }
  }

  private static CompletableFuture<List<Decoded>> decode(Dataset dataset, int from) {
    int to = Math.min(from + BATCH, dataset.size());
    return CompletableFuture.supplyAsync(
        () ->
            IntStream.range(from, to)
                .parallel()
                .mapToObj(i -> decode(dataset.example(i), i))
                .toList());
  }

  private static Decoded decode(Example example, int number) {
    try {
      RgbImage picture = ImageReader.read(example.image().bytes(), example.image().name());
      return new Decoded(number, example, picture, null);
    } catch (InputException e) {
      return new Decoded(number, example, null, e.getMessage());
    }
  }

  private static List<ObjectNode> lines(List<Decoded> batch, Look look) {
    List<ObjectNode> all = new ArrayList<>();
    List<Seen> seen = new ArrayList<>();
    List<ObjectNode> said = new ArrayList<>();
    for (Decoded one : batch) {
      ObjectNode line = JsonNodeFactory.instance.objectNode().put("image", one.example().id());
      all.add(line);
      if (one.error() == null) {
        seen.add(new Seen(one.number(), one.example(), one.picture()));
        said.add(line);
      } else {
        line.put(ERROR, one.error());
      }
    }
    if (!seen.isEmpty()) {
      look.at(seen, said);
    }
    return all;
  }
}
