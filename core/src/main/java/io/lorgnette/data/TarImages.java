package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.stream.Stream;

/** Images in a tar file. */
final class TarImages implements ImageSource {
  private final TarShard shard;
  private final boolean owned;

  /**
   * Images of a shard.
   *
   * @param owned whether the shard is closed with this, and not by whoever opened it
   */
  TarImages(TarShard shard, boolean owned) {
    this.shard = shard;
    this.owned = owned;
  }

  @Override
  public boolean has(String name) {
    return shard.members().containsKey(name);
  }

  @Override
  public byte[] read(String name) {
    Long slice = shard.members().get(name);
    if (slice == null) {
      throw new InputException("Image " + name + " is not in " + this + ".");
    }
    return shard.read(slice);
  }

  @Override
  public Stream<String> names() {
    return shard.members().keySet().stream();
  }

  @Override
  public List<String> refused() {
    return shard.refused();
  }

  @Override
  public void close() {
    if (owned) {
      shard.close();
    }
  }

  @Override
  public String toString() {
    return "tar file " + shard.name();
  }
}
