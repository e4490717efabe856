package io.lorgnette.spark.input;

import io.lorgnette.data.ImageSource;
import io.lorgnette.data.SampleTexts;
import io.lorgnette.data.ShardMember;
import io.lorgnette.error.InputException;
import io.lorgnette.spark.input.InputUnit.InputFile;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Queue;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.Path;

/**
 * Images of a shard in WebDataset's manner, read from front to back: members of one sample follow
 * each other. Where the archive breaks off, what came before counts.
 */
final class TarSamples implements Samples {

  private final String shard;
  private final TarArchiveInputStream tar;
  private final Queue<Sample> ready = new ArrayDeque<>();
  private Open open; // null before the first member
  private boolean ended;

  /** The sample whose members are being read. */
  private static final class Open {
    final String key;
    boolean refused;
    byte[] image;
    byte[] json;
    byte[] text;

    Open(String key) {
      this.key = key;
    }
  }

  private TarSamples(String shard, TarArchiveInputStream tar) {
    this.shard = shard;
    this.tar = tar;
  }

  @SuppressWarnings("MustBeClosedChecker") // the stream belongs to what is returned
  static TarSamples open(InputFile file, Configuration configuration) throws IOException {
    Path path = new Path(file.path());
    FSDataInputStream in = path.getFileSystem(configuration).open(path);
    SourceStream source = new SourceStream(in, file.path());
    return new TarSamples(file.id(), new TarArchiveInputStream(source));
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && !ended) {
      try {
        read();
      } catch (IOException | IllegalArgumentException e) {
        finish();
        ready.add(Sample.broken(shard, "the shard breaks off here: " + e.getMessage()));
        ended = true;
      }
    }
    return !ready.isEmpty();
  }

  private void read() throws IOException {
    TarArchiveEntry entry = tar.getNextEntry();
    if (entry == null) {
      finish();
      ended = true;
      return;
    }
    Optional<ShardMember> known = ShardMember.of(entry.getName());
    if (entry.isDirectory() || known.isEmpty()) {
      return;
    }
    ShardMember member = known.get();
    if (open == null || !open.key.equals(member.key())) {
      finish();
      open = new Open(member.key());
    }
    if (member.kind() != ShardMember.Kind.OTHER) {
      take(entry, member);
    }
  }

  private void take(TarArchiveEntry entry, ShardMember member) throws IOException {
    String name = entry.getName();
    if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink() || entry.isSparse()) {
      refuse(name + " is a link or no plain file");
      return;
    }
    if (entry.getSize() > ImageSource.MAX_IMAGE_BYTES) {
      refuse(Samples.tooLong(name, entry.getSize()));
      return;
    }
    byte[] bytes = tar.readNBytes((int) entry.getSize());
    if (bytes.length < entry.getSize()) {
      throw new IOException(name + " is not whole");
    }
    switch (member.kind()) {
      case IMAGE -> open.image = bytes;
      case JSON -> open.json = bytes;
      case TEXT -> open.text = bytes;
      case OTHER -> throw new IllegalStateException(name);
    }
  }

  private void refuse(String problem) {
    ready.add(Sample.broken(open.key, problem));
    open.refused = true;
  }

  private void finish() {
    if (open != null && !open.refused) {
      ready.add(sample(open));
    }
    open = null;
  }

  private static Sample sample(Open open) {
    if (open.image == null) {
      return Sample.broken(open.key, "there is no image beside its text");
    }
    try {
      SampleTexts texts = SampleTexts.of(open.key, open.json, open.text);
      return new Sample(texts.id(), open.image, texts.captions(), texts.questions(), null);
    } catch (InputException e) {
      return Sample.broken(open.key, e.getMessage());
    }
  }

  @Override
  public Sample next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  @Override
  public void close() throws IOException {
    tar.close();
  }
}
