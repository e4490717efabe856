package io.lorgnette.spark.input;

import io.lorgnette.data.ShardMember;
import io.lorgnette.error.InputException;
import io.lorgnette.spark.input.InputUnit.InputFile;
import io.lorgnette.spark.input.InputUnit.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * Divides an input into units: each tar shard and each Parquet file is one, images that lie in
 * folders are taken some hundred at a time. Equal inputs are divided equally, whoever asks.
 */
public final class InputUnits {

  /** Images of folders that make one unit, unless another number is given. */
  public static final int DEFAULT_FILES = 1000;

  private static final int MAX_NAME = 80;

  private InputUnits() {}

  /**
   * Finds the units of some files, folders and glob patterns.
   *
   * @param inputs in this order; what a folder or pattern holds is sorted by path. Files whose
   *     names begin with a dot or an underscore are passed over
   * @param filesPerUnit images of folders that make one unit
   * @throws InputException if an input is not there or holds nothing that can be read
   */
  public static List<InputUnit> find(
      List<String> inputs, int filesPerUnit, Configuration configuration) {
    if (filesPerUnit < 1) {
      throw new InputException("a unit must have at least 1 file, not " + filesPerUnit);
    }
    List<InputUnit> units = new ArrayList<>();
    for (String input : inputs) {
      int before = units.size();
      add(input, filesPerUnit, configuration, units);
      if (units.size() == before) {
        throw new InputException(
            input + " holds no tar shards, Parquet files or images; give others");
      }
    }
    return List.copyOf(units);
  }

  private static void add(
      String input, int filesPerUnit, Configuration configuration, List<InputUnit> units) {
    List<InputFile> images = new ArrayList<>();
    for (InputFile file : files(input, configuration)) {
      String lower = file.path().toLowerCase(Locale.ROOT);
      if (lower.endsWith(".tar")) {
        addUnit(Kind.TAR, List.of(file), units);
      } else if (lower.endsWith(".parquet")) {
        addUnit(Kind.PARQUET, List.of(file), units);
      } else if (isImage(file)) {
        images.add(file);
        if (images.size() == filesPerUnit) {
          addUnit(Kind.IMAGES, images, units);
          images.clear();
        }
      }
    }
    if (!images.isEmpty()) {
      addUnit(Kind.IMAGES, images, units);
    }
  }

  private static void addUnit(Kind kind, List<InputFile> files, List<InputUnit> units) {
    String base = files.get(0).path();
    base = base.substring(base.lastIndexOf('/') + 1);
    int dot = base.lastIndexOf('.');
    String stem = (dot > 0 ? base.substring(0, dot) : base).replaceAll("[^A-Za-z0-9_-]", "_");
    String shortened = stem.substring(0, Math.min(MAX_NAME, stem.length()));
    String name = String.format(Locale.ROOT, "%06d-%s", units.size(), shortened);
    units.add(new InputUnit(units.size(), name, kind, List.copyOf(files)));
  }

  private static boolean isImage(InputFile file) {
    String name = file.path().substring(file.path().lastIndexOf('/') + 1);
    return ShardMember.of(name).filter(m -> m.kind() == ShardMember.Kind.IMAGE).isPresent();
  }

  private static List<InputFile> files(String input, Configuration configuration) {
    Path path = new Path(input);
    try {
      FileSystem system = path.getFileSystem(configuration);
      FileStatus[] found = system.globStatus(path);
      if (found == null || found.length == 0) {
        throw new InputException(input + " is not there; give files, folders or patterns");
      }
      List<InputFile> files = new ArrayList<>();
      for (FileStatus status : found) {
        if (status.isFile()) {
          files.add(file(status, status.getPath().getParent()));
          continue;
        }
        RemoteIterator<LocatedFileStatus> below = system.listFiles(status.getPath(), true);
        while (below.hasNext()) {
          LocatedFileStatus one = below.next();
          if (isShown(status.getPath(), one.getPath())) {
            files.add(file(one, status.getPath()));
          }
        }
      }
      files.sort(Comparator.comparing(InputFile::path));
      return files;
    } catch (IOException e) {
      throw new InputException(input + " can not be listed: " + e.getMessage(), e);
    }
  }

  private static InputFile file(FileStatus status, Path folder) {
    return new InputFile(
        status.getPath().toString(), below(folder, status.getPath()), status.getLen());
  }

  private static String below(Path folder, Path file) {
    return folder.toUri().relativize(file.toUri()).getPath().replaceFirst("^/+", "");
  }

  private static boolean isShown(Path folder, Path file) {
    for (String part : below(folder, file).split("/", -1)) {
      if (part.startsWith(".") || part.startsWith("_")) {
        return false;
      }
    }
    return true;
  }
}
