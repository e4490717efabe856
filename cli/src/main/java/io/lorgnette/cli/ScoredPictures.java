package io.lorgnette.cli;

import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.ImageRef;
import io.lorgnette.data.ImageSource;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionFiles;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The images of captions that are scored. */
interface ScoredPictures extends AutoCloseable {

  /**
   * Where the image of an id is.
   *
   * @throws InputException if it is not there
   */
  ImageRef of(String id);

  @Override
  void close();

  /**
   * Images in folders and archives, by the file names of a COCO annotation file, or else by their
   * id, with or without an ending.
   */
  static ScoredPictures in(List<Path> places, Path references) {
    Map<String, String> names = CaptionFiles.readImageField(references, "file_name");
    ImageSource source = ImageSource.open(places);
    return new ScoredPictures() {
      @Override
      public ImageRef of(String id) {
        String name = names.getOrDefault(id, id);
        return Stream.of(name, name + ".jpg", name + ".jpeg", name + ".png")
            .filter(source::has)
            .findFirst()
            .map(found -> new ImageRef(found, source))
            .orElseThrow(
                () ->
                    new InputException(
                        "image "
                            + id
                            + (name.equals(id) ? "" : " (" + name + ")")
                            + " is not in "
                            + source
                            + "; give --images where it is"));
      }

      @Override
      public void close() {
        source.close();
      }
    };
  }

  /** Images of a data set. */
  static ScoredPictures of(Console console, DatasetSpec spec, DataRoots roots) {
    DataRoots all = ConnectorRuns.withPostcards(console, roots, List.of(spec));
    Dataset dataset = Datasets.open(spec, all, Problems.collecting());
    Map<String, ImageRef> images = new HashMap<>();
    for (int i = 0; i < dataset.size(); i++) {
      images.put(dataset.id(i), dataset.image(i));
    }
    return new ScoredPictures() {
      @Override
      public ImageRef of(String id) {
        ImageRef image = images.get(id);
        if (image == null) {
          throw new InputException(
              "image " + id + " is not there in the data set " + dataset.name() + "; fetch it");
        }
        return image;
      }

      @Override
      public void close() {
        dataset.close();
      }
    };
  }
}
