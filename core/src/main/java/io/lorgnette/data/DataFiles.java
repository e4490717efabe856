package io.lorgnette.data;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The files of one data set below its root, opened once and closed together. It also passes on
 * problems under the data set's name.
 */
public final class DataFiles implements AutoCloseable {
  private final String dataset;
  private final Path root;
  private final Problems problems;
  private final Map<Path, TarShard> shards = new LinkedHashMap<>();
  private final Map<List<String>, ImageSource> images = new LinkedHashMap<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  DataFiles(String dataset, Path root, Problems problems) {
    this.dataset = dataset;
    this.root = root;
    this.problems = problems;
  }

  void add(Problem.Kind kind, String place, String sentence) {
    problems.add(new Problem(dataset, kind, place, sentence));
  }

  String dataset() {
    return dataset;
  }

  /**
   * A file that must be there; the same path with {@code .gz} will do.
   *
   * @param what what the file is, for messages: {@code the caption file}
   */
  Path require(String relative, String what) {
    Path file = root.resolve(relative);
    if (Files.isRegularFile(file)) {
      return file;
    }
    Path packed = root.resolve(relative + ".gz");
    if (Files.isRegularFile(packed)) {
      return packed;
    }
    throw new InputException(
        "Data set "
            + dataset
            + ": "
            + what
            + " is missing; expected at "
            + file
            + " (or with .gz); fetch it, or name another path in the recipe.");
  }

  RecordFile records(Path file) {
    RecordFile records = RecordFile.open(file);
    opened.add(records);
    return records;
  }

  TarShard shard(Path file) {
    TarShard known = shards.get(file);
    if (known != null) {
      return known;
    }
    TarShard shard = TarShard.open(file);
    shards.put(file, shard);
    opened.add(shard);
    for (String name : shard.refused()) {
      add(
          Problem.Kind.BROKEN_RECORD,
          file + ", member " + name,
          "it is a link, is too long, has an unsafe name, or a name that was there before.");
    }
    return shard;
  }

  /** Files and folders for a path whose last part may hold {@code *}; in the order of names. */
  List<Path> matching(String pattern, String what) {
    int cut = pattern.lastIndexOf('/') + 1;
    Path folder = root.resolve(pattern.substring(0, cut));
    String last = pattern.substring(cut);
    List<Path> found = new ArrayList<>();
    if (last.contains("*") && Files.isDirectory(folder)) {
      String glob = last.replaceAll("([\\[\\]{}?\\\\])", "\\\\$1");
      try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder, glob)) {
        stream.forEach(found::add);
      } catch (IOException e) {
        throw Bytes.unreadable("Folder " + folder, e);
      }
      Collections.sort(found);
    } else if (Files.exists(root.resolve(pattern))) {
      found.add(root.resolve(pattern));
    }
    if (found.isEmpty()) {
      throw new InputException(
          "Data set "
              + dataset
              + ": "
              + what
              + " are missing; expected at "
              + root.resolve(pattern)
              + "; fetch them, or name another path in the recipe.");
    }
    return found;
  }

  /** All shards that the patterns name. */
  List<TarShard> shards(List<String> patterns) {
    return patterns.stream()
        .flatMap(pattern -> matching(pattern, "the tar files").stream())
        .map(this::shard)
        .toList();
  }

  /** The images of folders, tar files and zip files, in the order of the patterns. */
  ImageSource images(List<String> patterns) {
    ImageSource known = images.get(patterns);
    if (known != null) {
      return known;
    }
    List<ImageSource> sources = new ArrayList<>();
    for (String pattern : patterns) {
      for (Path path : matching(pattern, "the images")) {
        ImageSource source = source(path);
        opened.add(source);
        sources.add(source);
      }
    }
    ImageSource all =
        sources.isEmpty()
            ? new NoImages()
            : sources.size() == 1 ? sources.get(0) : new ManyImages(sources);
    images.put(List.copyOf(patterns), all);
    return all;
  }

  private ImageSource source(Path path) {
    boolean tar = path.toString().endsWith(".tar") && !Files.isDirectory(path);
    return tar ? new TarImages(shard(path), false) : ImageSource.open(path);
  }

  /** SHA-256 of a file as it lies there. */
  static String sha256(Path file) {
    MessageDigest digest = Sha256.digest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw Bytes.unreadable(file.toString(), e);
    }
    return Sha256.hex(digest);
  }

  @Override
  public void close() {
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (Exception e) {
        throw new IllegalStateException("closing the files of " + dataset, e);
      }
    }
    opened.clear();
  }
}
