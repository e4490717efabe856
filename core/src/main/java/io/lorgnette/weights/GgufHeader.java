package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What stands at the front of a GGUF file (versions 2 and 3), checked as hostile input: counts,
 * lengths, formats, shapes, places and overlaps, before any tensor is touched.
 *
 * @param metadata by key: {@code Long}, {@code Double}, {@code Boolean}, {@code String} or a {@code
 *     List} of one of them
 * @param tensors by the file's own names
 */
record GgufHeader(
    Path file,
    long fileBytes,
    Map<String, Object> metadata,
    Map<String, GgufHeader.Entry> tensors) {

  private static final int MAGIC = 0x46554747;
  private static final long MAX_HEADER_BYTES = 1L << 29;
  private static final int MAX_DIMENSIONS = 4;
  private static final int MAX_NESTING = 4;
  private static final int DEFAULT_ALIGNMENT = 32;

  /** Where a tensor lies and in what form; its shape is as elsewhere, rows first. */
  record Entry(GgufFormat format, List<Long> shape, long begin, long bytes) {}

  /**
   * Reads the front of a file.
   *
   * @throws InputException if it is broken or of another version
   */
  static GgufHeader read(Path file) {
    try (FileBytes in = FileBytes.open(file, "GGUF file")) {
      in.range(0, Math.min(in.size(), MAX_HEADER_BYTES));
      if (in.i32() != MAGIC) {
        throw in.broken("does not begin with GGUF");
      }
      int version = in.i32();
      if (version != 2 && version != 3) {
        throw in.refused(
            "is GGUF of version " + version + " or of a big-endian machine",
            "versions 2 and 3 are read; convert the model again");
      }
      long tensorCount = in.i64();
      long entryCount = in.i64();
      // A key needs a length, a type and a value; a tensor a length, dimensions, a type, a place.
      require(in, entryCount, 13, "entries");
      require(in, tensorCount, 24, "tensors");
      Map<String, Object> metadata = new LinkedHashMap<>();
      for (long i = 0; i < entryCount; i++) {
        String key = string(in);
        if (metadata.put(key, value(in, in.i32(), 0)) != null) {
          throw in.broken("says " + key + " twice");
        }
      }
      Map<String, Entry> tensors = new LinkedHashMap<>();
      for (long i = 0; i < tensorCount; i++) {
        readTensor(in, tensors);
      }
      return place(in, file, metadata, tensors);
    }
  }

  private static void require(FileBytes in, long count, int bytesEach, String what) {
    if (count < 0 || count > in.remaining() / bytesEach) {
      throw in.broken(
          "says it has "
              + Long.toUnsignedString(count)
              + " "
              + what
              + " in "
              + in.size()
              + " bytes");
    }
  }

  private static String string(FileBytes in) {
    return in.utf8(in.i64());
  }

  private static Object value(FileBytes in, int type, int depth) {
    return switch (type) {
      case 0 -> (long) in.u8();
      case 1 -> (long) (byte) in.u8();
      case 2 -> (long) in.u16();
      case 3 -> (long) (short) in.u16();
      case 4 -> in.u32();
      case 5 -> (long) in.i32();
      case 6 -> (double) Float.intBitsToFloat(in.i32());
      case 7 -> in.u8() != 0;
      case 8 -> string(in);
      case 9 -> array(in, depth);
      case 10, 11 -> in.i64();
      case 12 -> Double.longBitsToDouble(in.i64());
      default -> throw in.broken("has a value of the unknown type " + type);
    };
  }

  private static Object array(FileBytes in, int depth) {
    if (depth == MAX_NESTING) {
      throw in.broken("nests lists deeper than " + MAX_NESTING);
    }
    int type = in.i32();
    long count = in.i64();
    require(in, count, elementBytes(type), "values in a list");
    List<Object> values = new ArrayList<>((int) Math.min(count, 1 << 20));
    for (long i = 0; i < count; i++) {
      values.add(value(in, type, depth + 1));
    }
    return Collections.unmodifiableList(values);
  }

  /** What a value of a type takes at least. */
  private static int elementBytes(int type) {
    return switch (type) {
      case 0, 1, 7 -> 1;
      case 2, 3 -> 2;
      case 4, 5, 6 -> 4;
      default -> 8;
    };
  }

  private static void readTensor(FileBytes in, Map<String, Entry> tensors) {
    String name = string(in);
    long dimensions = in.u32();
    if (dimensions > MAX_DIMENSIONS) {
      throw in.broken("gives tensor " + name + " " + dimensions + " dimensions");
    }
    List<Long> shape = new ArrayList<>();
    long elements = 1;
    for (int i = 0; i < dimensions; i++) {
      long size = in.i64();
      // The product bounds every size in bytes too, since no block has more than 4 per value.
      if (size < 1 || elements > (Long.MAX_VALUE >> 3) / size) {
        throw in.broken("gives tensor " + name + " an impossible shape");
      }
      elements *= size;
      shape.add(0, size);
    }
    int code = in.i32();
    GgufFormat format = GgufFormat.of(code);
    if (format == null) {
      throw in.refused(
          "stores tensor " + name + " in form " + code + ", which is not read",
          "those read are " + List.of(GgufFormat.values()));
    }
    long row = shape.isEmpty() ? 1 : shape.get(shape.size() - 1);
    if (row % format.blockValues() != 0) {
      throw in.broken(
          "stores tensor " + name + " " + shape + " in " + format + ", by parts of rows");
    }
    long bytes = elements / format.blockValues() * format.blockBytes();
    if (tensors.put(name, new Entry(format, List.copyOf(shape), in.i64(), bytes)) != null) {
      throw in.broken("holds two tensors named " + name);
    }
  }

  /** Counts places from the file's first byte and checks them. */
  private static GgufHeader place(
      FileBytes in, Path file, Map<String, Object> metadata, Map<String, Entry> tensors) {
    long alignment = DEFAULT_ALIGNMENT;
    if (metadata.get("general.alignment") instanceof Long given) {
      alignment = given;
    }
    if (alignment < 1 || alignment > 1 << 20 || Long.bitCount(alignment) != 1) {
      throw in.broken("aligns its tensors to " + alignment + " bytes");
    }
    long start = (in.position() + alignment - 1) / alignment * alignment;
    List<Map.Entry<String, Entry>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(Comparator.comparingLong(e -> e.getValue().begin()));
    Map<String, Entry> placed = new LinkedHashMap<>(tensors);
    long end = 0;
    for (Map.Entry<String, Entry> tensor : ordered) {
      Entry entry = tensor.getValue();
      if (entry.begin() < end || entry.begin() % alignment != 0) {
        throw in.broken("has tensor " + tensor.getKey() + " inside another or not aligned");
      }
      if (entry.begin() > in.size() - start - entry.bytes()) {
        throw in.broken("ends before its tensor " + tensor.getKey() + " does (truncated?)");
      }
      end = entry.begin() + entry.bytes();
      placed.put(
          tensor.getKey(),
          new Entry(entry.format(), entry.shape(), start + entry.begin(), entry.bytes()));
    }
    return new GgufHeader(
        file,
        in.size(),
        Collections.unmodifiableMap(metadata),
        Collections.unmodifiableMap(placed));
  }
}
