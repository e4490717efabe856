package io.lorgnette.data;

import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeNode;
import java.util.List;

/**
 * What every data set in a recipe has.
 *
 * @param name what reports and messages call it
 * @param split which part of it
 * @param images folders, .tar and .zip files below the root; the last part of a path may hold
 *     {@code *}; empty to read the texts without images
 * @param imagePrefix goes before every image name of the annotation files: {@code val2017/} for
 *     COCO's zip files
 * @param presentImagesOnly take the images that are there without counting the others as missing
 * @param selection which images of the split
 */
public record Common(
    String name,
    Split split,
    List<String> images,
    String imagePrefix,
    boolean presentImagesOnly,
    Selection selection) {

  /** The split of a section, read before all else because default paths hang on it. */
  static Split split(RecipeNode n) {
    String name = n.text("split", "train");
    try {
      return Split.of(name);
    } catch (InputException e) {
      throw new InputException(n.subject("split") + ": " + e.getMessage(), e);
    }
  }

  /** Reads the keys that all kinds share. */
  static Common read(RecipeNode n, String kind, Split split, List<String> defaultImages) {
    return rest(n, kind, split, n.texts("images", defaultImages));
  }

  /** Reads the keys that all kinds share, for kinds that can not know where the images are. */
  static Common readWithImages(RecipeNode n, String kind, Split split) {
    return rest(n, kind, split, n.texts("images"));
  }

  private static Common rest(RecipeNode n, String kind, Split split, List<String> images) {
    for (String pattern : images) {
      boolean starInFolder = pattern.lastIndexOf('/') > pattern.indexOf('*');
      n.check(
          SafeName.isSafe(pattern) && !(pattern.contains("*") && starInFolder),
          "images",
          "must be paths below the data root, with * in the last part only, but one is " + pattern);
    }
    String prefix = n.text("image_prefix", "");
    n.check(
        SafeName.isSafe(prefix + "x"),
        "image_prefix",
        "must be the beginning of a relative path but is " + prefix);
    return new Common(
        n.text("name", kind),
        split,
        images,
        prefix,
        n.flag("present_images_only", false),
        Selection.read(n));
  }

  /** A file below the data root. */
  static String path(RecipeNode n, String key, String fallback) {
    return checked(n, key, n.text(key, fallback));
  }

  /** A file below the data root that has no usual place. */
  static String path(RecipeNode n, String key) {
    return checked(n, key, n.text(key));
  }

  static String checked(RecipeNode n, String key, String path) {
    n.check(
        SafeName.isSafe(path),
        key,
        "must be a path below the data root, such as coco/captions.json, but is " + path);
    return path;
  }
}
