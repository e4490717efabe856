package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Walks over the fields of one protocol buffer message. Nothing is believed: every length is
 * compared with the bytes that are there, groups are refused.
 */
final class ProtoReader {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;

  private final String name;
  private final ByteBuffer in;
  private int field;
  private int wire;

  ProtoReader(byte[] message, String name) {
    this(ByteBuffer.wrap(message), name);
  }

  private ProtoReader(ByteBuffer in, String name) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
    this.name = name;
  }

  /** Steps to the next field. */
  boolean next() {
    if (!in.hasRemaining()) {
      return false;
    }
    long tag = readVarint();
    if (tag >>> 3 < 1 || tag >>> 3 > 0x1FFF_FFFF) {
      throw broken("a field has the number " + (tag >>> 3));
    }
    field = (int) (tag >>> 3);
    wire = (int) (tag & 7);
    return true;
  }

  /** Number of the field. */
  int field() {
    return field;
  }

  long varint() {
    expect(VARINT);
    return readVarint();
  }

  /** A number that must fit into an {@code int}; negative numbers are allowed. */
  int int32() {
    long value = varint();
    if (value != (int) value) {
      throw broken("field " + field + " holds " + value);
    }
    return (int) value;
  }

  float float32() {
    expect(FIXED32);
    need(4);
    return in.getFloat();
  }

  byte[] bytes() {
    ByteBuffer slice = slice();
    byte[] bytes = new byte[slice.remaining()];
    slice.get(bytes);
    return bytes;
  }

  String string() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(slice()).toString();
    } catch (CharacterCodingException e) {
      throw broken("the text of field " + field + " is not UTF-8");
    }
  }

  ProtoReader message() {
    return new ProtoReader(slice(), name);
  }

  void skip() {
    switch (wire) {
      case VARINT -> readVarint();
      case FIXED64 -> advance(8);
      case FIXED32 -> advance(4);
      default -> slice();
    }
  }

  private ByteBuffer slice() {
    expect(LENGTH);
    long length = readVarint();
    if (length < 0 || length > in.remaining()) {
      throw broken("field " + field + " claims more bytes than there are");
    }
    ByteBuffer slice = in.slice(in.position(), (int) length);
    in.position(in.position() + (int) length);
    return slice;
  }

  private void advance(int bytes) {
    need(bytes);
    in.position(in.position() + bytes);
  }

  private void need(int bytes) {
    if (in.remaining() < bytes) {
      throw broken("it ends within field " + field);
    }
  }

  private void expect(int kind) {
    if (wire != kind) {
      throw broken("field " + field + " is of kind " + wire + ", expected " + kind);
    }
  }

  private long readVarint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      need(1);
      byte b = in.get();
      value |= (long) (b & 0x7F) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw broken("a number in field " + field + " does not end");
  }

  InputException broken(String what) {
    return new InputException(
        name + ": is not a whole SentencePiece model (" + what + "); fetch the file again");
  }
}
