package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens data sets. */
public final class Datasets {
  private Datasets() {}

  /**
   * Opens a data set: finds its files, reads their index, checks that the images are there, and
   * draws the selection.
   *
   * @param problems takes what is left out; a strict one stops at the first
   * @throws InputException in one sentence, when the root, a file, or every image is missing, or a
   *     file as a whole can not be read
   */
  public static Dataset open(DatasetSpec spec, DataRoots roots, Problems problems) {
    Common common = spec.common();
    Path root = spec.root(roots);
    DataFiles files = new DataFiles(common.name(), root, problems);
    try {
      Annotations annotations = spec.annotations(files);
      ImageSource images = files.images(common.images());
      List<Annotations.Entry> present =
          images instanceof NoImages
              ? annotations.entries()
              : withImages(annotations.entries(), common, images, files);
      if (present.isEmpty()) {
        throw new InputException(
            "Data set "
                + common.name()
                + " ("
                + common.split().valName()
                + ") below "
                + root
                + " has nothing to use: "
                + why(annotations, images, problems));
      }
      List<Annotations.Entry> chosen = common.selection().of(present);
      return new Dataset(spec, files, annotations, images, chosen, problems);
    } catch (RuntimeException e) {
      files.close();
      throw e;
    }
  }

  private static List<Annotations.Entry> withImages(
      List<Annotations.Entry> entries, Common common, ImageSource images, DataFiles files) {
    List<Annotations.Entry> present = new ArrayList<>();
    for (Annotations.Entry entry : entries) {
      String name = common.imagePrefix() + entry.image();
      if (images.has(name)) {
        present.add(entry);
      } else if (!common.presentImagesOnly()) {
        files.add(Problem.Kind.MISSING_IMAGE, name, "the image is not in " + images + ".");
      }
    }
    return present;
  }

  private static String why(Annotations annotations, ImageSource images, Problems problems) {
    int texts = annotations.entries().size();
    if (texts > 0) {
      return "none of the "
          + texts
          + " images, first "
          + annotations.entries().get(0).image()
          + ", is in "
          + images
          + ".";
    }
    return problems.count() == 0
        ? "its files name no image of this split."
        : problems.summary() + "; first " + problems.kept().get(0);
  }
}
