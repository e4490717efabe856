package io.lorgnette.weights;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The directory of a zip file, checked as hostile input: where its members' bytes lie. Nothing is
 * ever decompressed, so no member can be larger than the file.
 */
record ZipDirectory(Map<String, ZipDirectory.Member> members) {

  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END_64 = 0x06064b50;
  private static final int LOCATOR_64 = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final long MAX_DIRECTORY_BYTES = 1 << 27;
  private static final int ENCRYPTED = 1;
  private static final int ZIP_64_FIELD = 1;

  /**
   * One file inside.
   *
   * @param stored whether its bytes lie there as they are
   */
  record Member(String name, boolean stored, long begin, long bytes) {}

  static ZipDirectory read(FileBytes in) {
    long end = findEnd(in);
    in.range(end + 10, END_BYTES - 10);
    long count = in.u16();
    long bytes = in.u32();
    long begin = in.u32();
    if (count == 0xFFFF || bytes == 0xFFFF_FFFFL || begin == 0xFFFF_FFFFL) {
      in.range(end - LOCATOR_BYTES, LOCATOR_BYTES);
      if (in.i32() != LOCATOR_64) {
        throw in.broken("lacks the long form of its zip directory");
      }
      in.skip(4);
      long end64 = in.i64();
      in.range(end64, 56);
      if (in.i32() != END_64) {
        throw in.broken("lacks the long form of its zip directory");
      }
      in.skip(28);
      count = in.i64();
      bytes = in.i64();
      begin = in.i64();
    }
    if (begin < 0 || bytes < 0 || bytes > MAX_DIRECTORY_BYTES || begin > end - bytes) {
      throw in.broken("says its zip directory has " + bytes + " bytes at " + begin);
    }
    if (count < 0 || count > bytes / CENTRAL_BYTES) {
      throw in.broken("says its zip directory of " + bytes + " bytes lists " + count + " files");
    }
    List<Member> listed = new ArrayList<>();
    in.range(begin, bytes);
    for (long i = 0; i < count; i++) {
      listed.add(readEntry(in));
    }
    return new ZipDirectory(locate(in, listed, begin));
  }

  private static long findEnd(FileBytes in) {
    // A comment of at most 65535 bytes may follow.
    long first = Math.max(0, in.size() - END_BYTES - 0xFFFF);
    byte[] tail = in.range(first, in.size() - first).bytes(in.size() - first);
    ByteBuffer bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
    for (int at = tail.length - END_BYTES; at >= 0; at--) {
      int comment = tail.length - at - END_BYTES;
      if (bytes.getInt(at) == END && (bytes.getShort(at + 20) & 0xFFFF) == comment) {
        return first + at;
      }
    }
    throw in.broken("has no zip directory at its end (truncated?)");
  }

  /** Gives the member with the place of its local header. */
  private static Member readEntry(FileBytes in) {
    if (in.i32() != CENTRAL) {
      throw in.broken("has a zip directory that breaks off");
    }
    in.skip(4);
    int flags = in.u16();
    int method = in.u16();
    in.skip(8);
    long packed = in.u32();
    long bytes = in.u32();
    int nameBytes = in.u16();
    int extraBytes = in.u16();
    int commentBytes = in.u16();
    in.skip(8);
    long header = in.u32();
    String name = in.utf8(nameBytes);
    long extraEnd = in.position() + extraBytes;
    while (extraEnd - in.position() >= 4) {
      int field = in.u16();
      int length = in.u16();
      if (length > extraEnd - in.position()) {
        throw in.broken("describes its member " + name + " in a field that breaks off");
      }
      long fieldEnd = in.position() + length;
      if (field == ZIP_64_FIELD) {
        if (bytes == 0xFFFF_FFFFL && fieldEnd - in.position() >= 8) {
          bytes = in.i64();
        }
        if (packed == 0xFFFF_FFFFL && fieldEnd - in.position() >= 8) {
          packed = in.i64();
        }
        if (header == 0xFFFF_FFFFL && fieldEnd - in.position() >= 8) {
          header = in.i64();
        }
      }
      in.skip(fieldEnd - in.position());
    }
    in.skip(extraEnd - in.position() + commentBytes);
    if ((flags & ENCRYPTED) != 0) {
      throw in.broken("holds the encrypted member " + name);
    }
    return new Member(name, method == 0 && packed == bytes, header, packed);
  }

  private static Map<String, Member> locate(FileBytes in, List<Member> listed, long end) {
    Map<String, Member> members = new LinkedHashMap<>();
    List<Member> ordered = new ArrayList<>(listed);
    ordered.sort(Comparator.comparingLong(Member::begin));
    long position = 0;
    for (Member member : ordered) {
      if (member.begin() < position) {
        throw in.broken("has the member " + member.name() + " inside another");
      }
      in.range(member.begin(), LOCAL_BYTES);
      if (in.i32() != LOCAL) {
        throw in.broken("has no header where its member " + member.name() + " should be");
      }
      in.skip(22);
      long begin = member.begin() + LOCAL_BYTES + in.u16() + in.u16();
      if (member.bytes() < 0 || member.bytes() > end - begin) {
        throw in.broken(
            "says its member " + member.name() + " has " + member.bytes() + " bytes at " + begin);
      }
      position = begin + member.bytes();
      Member placed = new Member(member.name(), member.stored(), begin, member.bytes());
      if (members.put(member.name(), placed) != null) {
        throw in.broken("holds two members named " + member.name());
      }
    }
    return members;
  }
}
