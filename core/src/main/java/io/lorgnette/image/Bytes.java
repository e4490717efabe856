package io.lorgnette.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.EOFException;

/** A stretch of a file in memory. Every access outside it is an {@link EOFException}. */
final class Bytes {

  private final byte[] data;
  private final int start;
  private final int length;

  Bytes(byte[] data) {
    this(data, 0, data.length);
  }

  private Bytes(byte[] data, int start, int length) {
    this.data = data;
    this.start = start;
    this.length = length;
  }

  int length() {
    return length;
  }

  /** The backing array; this stretch begins at {@link #start()}. */
  byte[] array() {
    return data;
  }

  int start() {
    return start;
  }

  /** The part of {@code count} bytes from {@code at}. */
  Bytes slice(long at, long count) throws EOFException {
    need(at, count);
    return new Bytes(data, start + (int) at, (int) count);
  }

  int u8(long at) throws EOFException {
    need(at, 1);
    return data[start + (int) at] & 0xFF;
  }

  int u16(long at, boolean bigEndian) throws EOFException {
    need(at, 2);
    int a = u8(at);
    int b = u8(at + 1);
    return bigEndian ? a << 8 | b : b << 8 | a;
  }

  /** An unsigned 32-bit number. */
  long u32(long at, boolean bigEndian) throws EOFException {
    need(at, 4);
    long a = u16(at, bigEndian);
    long b = u16(at + 2, bigEndian);
    return bigEndian ? a << 16 | b : b << 16 | a;
  }

  int u16be(long at) throws EOFException {
    return u16(at, true);
  }

  int u16le(long at) throws EOFException {
    return u16(at, false);
  }

  long u32be(long at) throws EOFException {
    return u32(at, true);
  }

  long u32le(long at) throws EOFException {
    return u32(at, false);
  }

  /** A signed 32-bit little-endian number. */
  int i32le(long at) throws EOFException {
    return (int) u32(at, false);
  }

  String ascii(long at, int count) throws EOFException {
    need(at, count);
    return new String(data, start + (int) at, count, ISO_8859_1);
  }

  boolean has(long at, String magic) {
    if (at < 0 || at + magic.length() > length) {
      return false;
    }
    for (int i = 0; i < magic.length(); i++) {
      if ((data[start + (int) at + i] & 0xFF) != magic.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private void need(long at, long count) throws EOFException {
    if (at < 0 || count < 0 || at + count > length) {
      throw new EOFException("needs " + count + " bytes at " + at + ", there are " + length);
    }
  }
}
