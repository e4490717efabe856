package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarFile;

/**
 * An uncompressed tar file whose members are found once and then read at their place. Members with
 * unsafe names, links, devices and sparse files are left out. Safe for several threads.
 */
final class TarShard implements AutoCloseable {
  private final RecordFile file;
  private final Map<String, Long> members;
  private final List<String> refused;

  private TarShard(RecordFile file, Map<String, Long> members, List<String> refused) {
    this.file = file;
    this.members = members;
    this.refused = refused;
  }

  static TarShard open(Path path) {
    Map<String, Long> members = new LinkedHashMap<>();
    List<String> refused = new ArrayList<>();
    try (TarFile tar = new TarFile(path)) {
      for (TarArchiveEntry entry : tar.getEntries()) {
        if (!entry.isCheckSumOK()) {
          throw new IOException("the header of a member has a wrong checksum");
        }
        if (entry.isDirectory()) {
          continue;
        }
        boolean plain =
            entry.isFile() && !entry.isSymbolicLink() && !entry.isLink() && !entry.isSparse();
        String name = entry.getName();
        if (!plain
            || !SafeName.isSafe(name)
            || members.containsKey(name)
            || entry.getSize() > ImageSource.MAX_IMAGE_BYTES
            || !Slice.fits(entry.getDataOffset(), entry.getSize())) {
          refused.add(name);
        } else {
          members.put(name, Slice.of(entry.getDataOffset(), entry.getSize()));
        }
      }
      if (members.isEmpty() && refused.isEmpty()) {
        throw new IOException("there are no members");
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new InputException(
          path
              + ": not a complete uncompressed tar file ("
              + e.getMessage()
              + "); unpack its gzip if it has one, or fetch it again.",
          e);
    }
    return new TarShard(RecordFile.open(path), members, refused);
  }

  /** Name to slice, in the order of the file. */
  Map<String, Long> members() {
    return members;
  }

  /** Members that are not used: unsafe or repeated names, links, and files above 50 MiB. */
  List<String> refused() {
    return refused;
  }

  byte[] read(long slice) {
    return file.read(slice);
  }

  String name() {
    return file.name();
  }

  @Override
  public void close() {
    file.close();
  }
}
