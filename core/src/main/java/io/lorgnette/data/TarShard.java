package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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
  private static final int BLOCK = 512;

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
      List<TarArchiveEntry> entries = tar.getEntries();
      for (TarArchiveEntry entry : entries) {
        if (!entry.isCheckSumOK()) {
          throw new IOException("the header of a member has a wrong checksum");
        }
        if (isUsable(entry) && !members.containsKey(entry.getName())) {
          members.put(entry.getName(), Slice.of(entry.getDataOffset(), entry.getSize()));
        } else if (!entry.isDirectory()) {
          refused.add(entry.getName());
        }
      }
      if (entries.isEmpty()) {
        throw new IOException("there are no members");
      }
      checkEnd(path, entries.get(entries.size() - 1));
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

  private static boolean isUsable(TarArchiveEntry entry) {
    return entry.isFile()
        && !entry.isSymbolicLink()
        && !entry.isLink()
        && !entry.isSparse()
        && SafeName.isSafe(entry.getName())
        && entry.getSize() <= ImageSource.MAX_IMAGE_BYTES
        && Slice.fits(entry.getDataOffset(), entry.getSize());
  }

  /** The library takes half a header for the end; POSIX wants blocks of zeros there. */
  private static void checkEnd(Path path, TarArchiveEntry last) throws IOException {
    if (last.isSparse()) {
      return;
    }
    try (FileChannel channel = FileChannel.open(path)) {
      long end = (last.getDataOffset() + last.getSize() + BLOCK - 1) / BLOCK * BLOCK;
      ByteBuffer block = ByteBuffer.allocate(BLOCK);
      while (block.hasRemaining() && channel.read(block, end + block.position()) > 0) {}
      if (block.hasRemaining() || !Arrays.equals(block.array(), new byte[BLOCK])) {
        throw new IOException("the end marker is missing");
      }
    }
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
