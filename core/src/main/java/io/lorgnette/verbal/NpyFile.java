package io.lorgnette.verbal;

import io.lorgnette.error.InputException;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * NumPy's {@code .npy}: a matrix of numbers of 2, 4 or 8 bytes, row by row, little-endian; formats
 * 1 to 3. Nothing but the numbers is read: there is no pickle in it.
 */
public final class NpyFile {

  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int MAX_HEADER = 1 << 16;
  private static final Pattern TYPE = Pattern.compile("'descr': *'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\((\\d{1,9}), *(\\d{1,9}),?\\)");

  private NpyFile() {}

  /**
   * Reads a matrix.
   *
   * @return its rows, as F32
   * @throws InputException if the file is absent, broken, or holds something else
   */
  public static Rows read(Path file) {
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      byte[] magic = in.readNBytes(MAGIC.length);
      if (!Arrays.equals(magic, MAGIC)) {
        throw broken(file, "does not begin as NumPy's files do");
      }
      int version = in.readUnsignedByte();
      in.readUnsignedByte();
      int length = version == 1 ? Short.toUnsignedInt(Short.reverseBytes(in.readShort())) : 0;
      if (version > 1) {
        length = Integer.reverseBytes(in.readInt());
      }
      if (version < 1 || version > 3 || length < 0 || length > MAX_HEADER) {
        throw broken(file, "has a header of " + length + " bytes in format " + version);
      }
      String header = new String(in.readNBytes(length), StandardCharsets.UTF_8);
      long start = MAGIC.length + 2L + (version == 1 ? 2 : 4) + length;
      return rows(file, in, header, Files.size(file) - start);
    } catch (EOFException e) {
      throw new InputException(file + " ends in its header; copy it again", e);
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e, e);
    }
  }

  private static Rows rows(Path file, DataInputStream in, String header, long bytes)
      throws IOException {
    Matcher type = TYPE.matcher(header);
    Matcher order = ORDER.matcher(header);
    Matcher shape = SHAPE.matcher(header);
    if (!type.find() || !order.find() || !shape.find() || order.group(1).equals("True")) {
      throw broken(file, "is no matrix stored row by row: " + header.strip());
    }
    int size =
        switch (type.group(1)) {
          case "<f2" -> 2;
          case "<f4" -> 4;
          case "<f8" -> 8;
          default -> throw broken(file, "holds " + type.group(1) + ", not <f2, <f4 or <f8");
        };
    long rows = Long.parseLong(shape.group(1));
    long width = Long.parseLong(shape.group(2));
    if (width == 0 || rows * width > Integer.MAX_VALUE - 8 || rows * width * size != bytes) {
      throw broken(
          file,
          String.format(
              java.util.Locale.ROOT,
              "has %d bytes for %d rows of %d numbers of %d bytes",
              bytes,
              rows,
              width,
              size));
    }
    float[] values = new float[(int) (rows * width)];
    int perRow = (int) width * size;
    for (int row = 0; row < rows; row++) {
      ByteBuffer next = ByteBuffer.wrap(in.readNBytes(perRow)).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < width; i++) {
        values[row * (int) width + i] =
            switch (size) {
              case 2 -> half(next.getShort());
              case 4 -> next.getFloat();
              default -> (float) next.getDouble();
            };
      }
    }
    return new Rows(values, (int) width);
  }

  /** A number of IEEE 754's 16 bits. */
  private static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >> 10) & 31;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      float value = fraction * 0x1p-24f;
      return sign == 0 ? value : -value;
    }
    int wide = exponent == 31 ? 255 : exponent + 112;
    return Float.intBitsToFloat(sign | (wide << 23) | (fraction << 13));
  }

  private static InputException broken(Path file, String what) {
    return new InputException(
        file + " " + what + "; expected a matrix that numpy.save wrote, float16, 32 or 64");
  }
}
