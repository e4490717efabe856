package io.lorgnette.spark.input;

import java.io.Serializable;
import java.util.List;

/**
 * A part of the input that is done as a whole, by one task, into files of its own.
 *
 * @param number its place in the order of the input, from 0
 * @param name of its output files, without an ending; unique in the input
 * @param files it is made of: one shard, one Parquet file, or many images
 */
public record InputUnit(int number, String name, Kind kind, List<InputFile> files)
    implements Serializable {

  /** What a unit's files are. */
  public enum Kind {
    TAR,
    PARQUET,
    IMAGES
  }

  /**
   * A file on any Hadoop file system.
   *
   * @param path with its scheme
   * @param id what an image is called that is the whole file
   * @param bytes its length
   */
  public record InputFile(String path, String id, long bytes) implements Serializable {}

  /** The length of all files. */
  public long bytes() {
    return files.stream().mapToLong(InputFile::bytes).sum();
  }
}
