package io.lorgnette.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * A file in memory for an ImageIO decoder: no cache on disk, and it remembers whether the decoder
 * asked for more than there is. Some decoders fill up a truncated picture with grey and only
 * murmur.
 */
final class MemoryInput extends ImageInputStreamImpl {

  private final Bytes bytes;
  private boolean ranOut;

  MemoryInput(Bytes bytes) {
    this.bytes = bytes;
  }

  /** Whether a read found nothing left. */
  boolean ranOut() {
    return ranOut;
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos >= bytes.length()) {
      ranOut = true;
      return -1;
    }
    return bytes.array()[bytes.start() + (int) streamPos++] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    int count = (int) Math.min(length, bytes.length() - streamPos);
    if (count <= 0) {
      ranOut = true;
      return -1;
    }
    System.arraycopy(bytes.array(), bytes.start() + (int) streamPos, into, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length();
  }
}
