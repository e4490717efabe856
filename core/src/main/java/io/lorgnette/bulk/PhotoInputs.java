package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Where photos come from, as a user names it: photos, folders with all below them, patterns, tar
 * and zip files, in any mixture. Nothing is listed before it is asked for, and never more of it
 * than a part.
 */
public final class PhotoInputs {

  private final List<Object> inputs; // Path of a photo or an archive, or TreeInput

  private PhotoInputs(List<Object> inputs) {
    this.inputs = List.copyOf(inputs);
  }

  /**
   * Looks at what is named. What is there by its very name is no pattern, whatever characters it
   * has.
   *
   * @throws InputException if something is not there, a pattern is broken, or an archive is of a
   *     kind that is not read
   */
  public static PhotoInputs of(List<String> arguments) {
    List<Object> inputs = new ArrayList<>();
    for (String argument : arguments) {
      inputs.add(input(argument));
    }
    return new PhotoInputs(inputs);
  }

  private static Object input(String argument) {
    Path path = path(argument);
    if (path == null || !Files.exists(path)) {
      if (Glob.isGlob(argument)) {
        Glob glob = Glob.of(argument);
        if (Files.isDirectory(glob.base())) {
          return new TreeInput(argument, glob.base(), glob);
        }
      }
      throw new InputException(
          argument
              + " does not exist; give photos, folders of photos, patterns in quotes such as"
              + " 'photos/**/*.jpg', or .tar and .zip files");
    }
    if (Files.isDirectory(path)) {
      return new TreeInput(argument, path, null);
    }
    if (FileKind.of(path) == FileKind.PACKED) {
      throw new InputException(
          argument
              + " is packed; unpack it, or make a .tar or .zip of it, which are read directly");
    }
    return path;
  }

  /** Null where the text can be no path here, as a pattern can not on Windows. */
  private static Path path(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /**
   * Checks what can be checked at once: that folders and patterns have a photo, and that what is
   * named alone can be read.
   *
   * @throws InputException if not
   */
  public void requirePhotos() {
    for (Object input : inputs) {
      if (input instanceof TreeInput tree) {
        List<InputException> unreadable = new ArrayList<>();
        if (!new TreeWalk(tree, (folder, why) -> unreadable.add(why)).hasNext()) {
          throw unreadable.isEmpty() ? noPhotos(tree) : unreadable.get(0);
        }
      }
    }
    if (inputs.size() == 1 && inputs.get(0) instanceof Path path) {
      if (FileKind.of(path) == FileKind.ARCHIVE) {
        requireOne(path);
      } else {
        ImageReader.read(path);
      }
    }
  }

  private static InputException noPhotos(TreeInput tree) {
    return new InputException(
        tree.text()
            + (tree.glob() == null ? " holds no photos" : " fits no photo and no archive")
            + " (jpg, jpeg, png, gif, bmp, webp); give another, or a folder's archives by name");
  }

  private static void requireOne(Path archive) {
    try (ArchivePhotos photos = new ArchivePhotos(archive, name -> true)) {
      BulkPhoto first = photos.next();
      if (first.name().equals(archive.toString())) {
        RgbImage unused = first.image().get(); // throws what is wrong with the whole
      }
    }
  }

  /** Whether there are folders or patterns that can be watched. */
  public boolean watchable() {
    return !trees().isEmpty();
  }

  /** Whether it is one photo, named by itself. */
  public boolean isOnePhoto() {
    return inputs.size() == 1
        && inputs.get(0) instanceof Path path
        && FileKind.of(path) != FileKind.ARCHIVE;
  }

  /** The first archive that is named by itself. */
  public Optional<Path> archive() {
    return inputs.stream()
        .filter(input -> input instanceof Path path && FileKind.of(path) == FileKind.ARCHIVE)
        .map(Path.class::cast)
        .findFirst();
  }

  List<TreeInput> trees() {
    return inputs.stream().filter(TreeInput.class::isInstance).map(TreeInput.class::cast).toList();
  }

  /**
   * All photos in the order of the inputs.
   *
   * @param wanted asked once for the name of each; the others are passed over
   */
  public PhotoListing list(Predicate<String> wanted) {
    return new PhotoListing(inputs, wanted);
  }

  /**
   * How many photos {@link #list} has, found by listing all of it.
   *
   * @param stop asked now and then whether to give up
   * @return the number, or -1 where it was given up
   */
  public long count(Predicate<String> wanted, BooleanSupplier stop) {
    long count = 0;
    try (PhotoListing listing = list(wanted)) {
      for (; listing.hasNext(); count++) {
        if (stop.getAsBoolean()) {
          return -1;
        }
        listing.pass();
      }
    }
    return count;
  }
}
