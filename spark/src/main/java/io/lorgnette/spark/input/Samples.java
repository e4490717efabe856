package io.lorgnette.spark.input;

import io.lorgnette.data.ImageSource;
import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;

/**
 * The images of a unit, one after the other, never more than one in memory. What is wrong with an
 * image is a {@link Sample} with a problem; a file system that fails is an exception, so that the
 * task is tried again. Belongs to one thread.
 */
public interface Samples extends Iterator<Sample>, AutoCloseable {

  /** Opens a unit. */
  static Samples open(InputUnit unit, ParquetColumns columns, Configuration configuration)
      throws IOException {
    return switch (unit.kind()) {
      case TAR -> TarSamples.open(unit.files().get(0), configuration);
      case PARQUET -> ParquetSamples.open(unit.files().get(0), columns, configuration);
      case IMAGES -> new ImageFiles(unit.files(), configuration);
    };
  }

  /** The problem of an image file that is longer than the house reads. */
  static String tooLong(String name, long bytes) {
    return String.format(
        Locale.ROOT,
        "%s has %,d bytes, more than the limit of %,d for an image file",
        name,
        bytes,
        ImageSource.MAX_IMAGE_BYTES);
  }

  @Override
  void close() throws IOException;
}
