package io.lorgnette.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Text files line by line, with the slice of every line. */
final class Lines {
  private static final int MAX_LINE = 1 << 24;

  private Lines() {}

  interface Visitor {
    /**
     * Takes one line.
     *
     * @param number counted from 1
     * @param text without its end
     */
    void line(long slice, int number, String text);
  }

  /** Visits all lines; one that is not UTF-8 or is too long is a problem and is left out. */
  static void forEach(RecordFile file, DataFiles problems, Visitor visitor) {
    try (InputStream in = file.stream()) {
      byte[] buffer = new byte[1 << 16];
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      long start = 0;
      long position = 0;
      int number = 1;
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        int from = 0;
        for (int i = 0; i < n; i++) {
          if (buffer[i] == '\n') {
            keep(line, buffer, from, i);
            emit(file, problems, visitor, line.toByteArray(), start, number++);
            line.reset();
            from = i + 1;
            start = position + from;
          }
        }
        keep(line, buffer, from, n);
        position += n;
      }
      if (position > start) {
        emit(file, problems, visitor, line.toByteArray(), start, number);
      }
    } catch (IOException e) {
      throw Bytes.unreadable(file.name(), e);
    }
  }

  /** Keeps no more of a line than shows that it is too long. */
  private static void keep(ByteArrayOutputStream line, byte[] buffer, int from, int to) {
    if (line.size() <= MAX_LINE) {
      line.write(buffer, from, to - from);
    }
  }

  private static void emit(
      RecordFile file, DataFiles problems, Visitor visitor, byte[] bytes, long start, int number) {
    boolean bom =
        number == 1
            && bytes.length >= 3
            && bytes[0] == (byte) 0xEF
            && bytes[1] == (byte) 0xBB
            && bytes[2] == (byte) 0xBF;
    int length = bytes.length;
    if (length > 0 && bytes[length - 1] == '\r') {
      length--;
    }
    String place = file.name() + ", line " + number;
    if (length > MAX_LINE) {
      problems.add(Problem.Kind.BROKEN_RECORD, place, "the line is longer than 16 MiB.");
      return;
    }
    int end = length;
    Bytes.utf8(bytes, end)
        .ifPresentOrElse(
            text -> {
              int skip = bom ? 3 : 0;
              visitor.line(
                  Slice.of(start + skip, end - skip), number, bom ? text.substring(1) : text);
            },
            () ->
                problems.add(
                    Problem.Kind.BROKEN_RECORD, place, "the line is not UTF-8; save it as UTF-8."));
  }
}
