package io.lorgnette.evaluate;

import io.lorgnette.data.Dataset;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.Thumbnail;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A few evaluated images, made small, for the report of a run. */
public final class Gallery {

  private static final int LONGEST_SIDE = 320;

  private Gallery() {}

  /**
   * Puts images drawn by seed into {@code gallery/}; those already there stay.
   *
   * @param record whose images to draw from
   * @param dataset that it was made on
   */
  public static void write(RunFolder folder, EvaluationRecord record, Dataset dataset, long seed) {
    Set<String> chosen = Set.copyOf(drawn(record, seed));
    dataset
        .examples()
        .filter(example -> chosen.contains(example.id()))
        .forEach(
            example -> {
              String name = EvaluationRecord.galleryFile(record.dataset(), example.id());
              Path file = folder.path().resolve(name);
              if (!Files.exists(file)) {
                write(file, example.image().bytes(), example.image().name());
              }
            });
  }

  /** The ids of {@link EvaluationRecord#GALLERY} images at most, drawn by seed from their ids. */
  public static List<String> drawn(EvaluationRecord record, long seed) {
    List<String> ids = new ArrayList<>(new TreeSet<>(imageIds(record)));
    Collections.shuffle(ids, new Random(seed));
    return List.copyOf(ids.subList(0, Math.min(EvaluationRecord.GALLERY, ids.size())));
  }

  private static List<String> imageIds(EvaluationRecord record) {
    return record.items().stream().map(Item::imageId).toList();
  }

  private static void write(Path file, byte[] bytes, String name) {
    byte[] small = Thumbnail.jpeg(ImageReader.read(bytes, name), LONGEST_SIDE);
    try {
      Files.createDirectories(file.getParent());
      Path temporary = Files.createTempFile(file.getParent(), ".picture", ".tmp");
      Files.write(temporary, small);
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("can not write " + file + ": " + e.getMessage(), e);
    }
  }
}
