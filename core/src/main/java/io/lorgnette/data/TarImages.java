package io.lorgnette.data;

import io.lorgnette.error.InputException;

/** Images in a tar file; the shard is closed by whoever opened it. */
final class TarImages implements ImageSource {
  private final TarShard shard;

  TarImages(TarShard shard) {
    this.shard = shard;
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
  public void close() {}

  @Override
  public String toString() {
    return "tar file " + shard.name();
  }
}
