package io.lorgnette.spark.input;

import io.lorgnette.data.ImageSource;
import io.lorgnette.spark.input.InputUnit.InputFile;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/** Images that are files of their own. */
final class ImageFiles implements Samples {

  private final Iterator<InputFile> files;
  private final Configuration configuration;

  ImageFiles(List<InputFile> files, Configuration configuration) {
    this.files = files.iterator();
    this.configuration = configuration;
  }

  @Override
  public boolean hasNext() {
    return files.hasNext();
  }

  @Override
  public Sample next() {
    InputFile file = files.next();
    if (file.bytes() > ImageSource.MAX_IMAGE_BYTES) {
      return Sample.broken(file.id(), Samples.tooLong(file.id(), file.bytes()));
    }
    Path path = new Path(file.path());
    try (FSDataInputStream in = path.getFileSystem(configuration).open(path)) {
      return Sample.of(file.id(), in.readNBytes(ImageSource.MAX_IMAGE_BYTES));
    } catch (FileNotFoundException e) {
      return Sample.broken(file.id(), file.path() + " is gone or can not be read");
    } catch (IOException e) {
      throw new UncheckedIOException(file.path() + " can not be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {}
}
