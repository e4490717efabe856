package io.lorgnette.spark.job;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.FeatureWriter;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFiles;
import io.lorgnette.spark.output.RowFormat;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;

/** Makes a feature cache of files of features. Needs no session. */
public final class CollectedFeatures {

  private static final long WAIT_MILLIS = 60_000;

  private CollectedFeatures() {}

  /**
   * Appends the features that the cache does not have.
   *
   * @param folder that a job of features wrote
   * @param into folder of feature caches
   * @param maxBytes bound on the size of the cache
   * @return how many records the cache has then
   * @throws InputException if the folder holds no features, or the cache has no room
   */
  public static long collect(String folder, Path into, long maxBytes, Configuration hadoop) {
    org.apache.hadoop.fs.Path data = new JobFolder(folder, RowFormat.PARQUET).data();
    try {
      FileSystem system = data.getFileSystem(hadoop);
      FileStatus[] files = system.exists(data) ? system.listStatus(data) : new FileStatus[0];
      Arrays.sort(files);
      long records = 0;
      for (FileStatus file : files) {
        records = append(file.getPath(), into, maxBytes, hadoop);
      }
      if (files.length == 0) {
        throw new InputException(
            folder + " holds no features; give what the features command wrote");
      }
      return records;
    } catch (IOException e) {
      throw new InputException(folder + " can not be read: " + e.getMessage(), e);
    }
  }

  private static long append(
      org.apache.hadoop.fs.Path file, Path into, long maxBytes, Configuration hadoop)
      throws IOException {
    FeatureColumns.Notes notes =
        FeatureColumns.Notes.of(file.toString(), RowFiles.notes(file, hadoop));
    try (FeatureCache cache =
            FeatureCache.open(
                into,
                notes.identity().encoder(),
                notes.identity().processor(),
                notes.tokens(),
                notes.width(),
                notes.stored(),
                maxBytes);
        FeatureWriter writer = cache.writer(WAIT_MILLIS)) {
      RowFiles.forEach(
          file,
          hadoop,
          row -> {
            byte[] hash = HexFormat.of().parseHex(row.getString(FeatureColumns.HASH, 0));
            byte[] record = row.getBinary(FeatureColumns.FEATURES, 0).getBytes();
            try (Scope scope = Scope.open()) {
              writer.put(
                  List.of(FeatureKey.ofHash(hash, 0)),
                  Tensors.ofBytes(record, notes.stored(), 1, notes.tokens(), notes.width()));
            }
          });
      return cache.size();
    }
  }
}
