package io.lorgnette.image;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;

/**
 * Portable Network Graphics (ISO/IEC 15948): all colour types and depths, Adam7 interlacing,
 * transparency by channel, palette and colour key, orientation in an {@code eXIf} chunk.
 *
 * <p>The values become 8-bit RGB as Pillow makes them: 16-bit colour keeps its high byte, 16-bit
 * grey is clipped at 255 and not scaled, and colour profiles and gamma are not applied.
 */
final class PngFile implements ImageFile {

  private static final int PALETTE = 3;

  private final int width;
  private final int height;
  private final int depth;
  private final int colourType;
  private final boolean interlaced;
  private final List<Bytes> compressed = new ArrayList<>();
  private Bytes palette;
  private Bytes transparency;
  private Orientation orientation = Orientation.AS_STORED;

  private PngFile(Bytes header) throws IOException {
    long wide = header.u32be(0);
    long high = header.u32be(4);
    if (wide < 1 || high < 1 || wide > Integer.MAX_VALUE || high > Integer.MAX_VALUE) {
      throw new IOException("its header gives a size of " + wide + " x " + high);
    }
    width = (int) wide;
    height = (int) high;
    depth = header.u8(8);
    colourType = header.u8(9);
    interlaced = header.u8(12) == 1;
    boolean known =
        switch (colourType) {
          case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case 2, 4, 6 -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known || header.u8(12) > 1) {
      throw new IOException("its colour type " + colourType + " of " + depth + " bits is unknown");
    }
  }

  static PngFile open(Bytes file) throws IOException {
    if (!file.has(12, "IHDR")) {
      throw new IOException("its header chunk is missing");
    }
    PngFile png = new PngFile(file.slice(16, 13));
    // A missing end chunk is forgiven; missing pixels are noticed when they are read.
    for (long at = 8; at < file.length() && !file.has(at + 4, "IEND"); ) {
      long length = file.u32be(at);
      String type = file.ascii(at + 4, 4);
      Bytes chunk = file.slice(at + 8, length);
      png.take(type, chunk, file.u32be(at + 8 + length));
      at += 12 + length;
    }
    return png;
  }

  private void take(String type, Bytes chunk, long checksum) throws IOException {
    switch (type) {
      case "PLTE" -> palette = chunk;
      case "tRNS" -> transparency = chunk;
      case "IDAT" -> compressed.add(chunk);
      case "eXIf" -> orientation = Orientation.ofTiff(chunk);
      default -> {}
    }
    if (Character.isUpperCase(type.charAt(0))) {
      CRC32 crc = new CRC32();
      crc.update(chunk.array(), chunk.start() - 4, chunk.length() + 4);
      if (crc.getValue() != checksum) {
        throw new IOException("the checksum of its " + type + " chunk is wrong");
      }
    }
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public Orientation orientation() {
    return orientation;
  }

  @Override
  public Decoded decode() throws IOException {
    if (compressed.isEmpty()) {
      throw new EOFException("no IDAT chunk");
    }
    if (colourType == PALETTE && palette == null) {
      throw new IOException("its palette is missing");
    }
    List<InputStream> parts = new ArrayList<>();
    for (Bytes part : compressed) {
      parts.add(new ByteArrayInputStream(part.array(), part.start(), part.length()));
    }
    PngSamples samples = new PngSamples(width, height, depth, colourType, palette, transparency);
    try (InputStream in = inflate(parts)) {
      if (interlaced) {
        for (int pass = 0; pass < 7; pass++) {
          readPass(in, samples, ADAM7[pass]);
        }
      } else {
        readPass(in, samples, new Pass(0, 0, 1, 1));
      }
    } catch (ZipException e) {
      throw new IOException("its compressed data is broken", e);
    }
    return samples.decoded();
  }

  private static InputStream inflate(List<InputStream> parts) {
    InputStream whole = new SequenceInputStream(Collections.enumeration(parts));
    return new InflaterInputStream(whole, new Inflater(), 1 << 16);
  }

  /** The pixels at (left + i * stepX, top + j * stepY): one pass of Adam7, or all. */
  private record Pass(int left, int top, int stepX, int stepY) {}

  private static final Pass[] ADAM7 = {
    new Pass(0, 0, 8, 8),
    new Pass(4, 0, 8, 8),
    new Pass(0, 4, 4, 8),
    new Pass(2, 0, 4, 4),
    new Pass(0, 2, 2, 4),
    new Pass(1, 0, 2, 2),
    new Pass(0, 1, 1, 2)
  };

  private void readPass(InputStream in, PngSamples samples, Pass pass) throws IOException {
    int columns = (width - pass.left + pass.stepX - 1) / pass.stepX;
    int rows = (height - pass.top + pass.stepY - 1) / pass.stepY;
    if (columns <= 0 || rows <= 0) {
      return;
    }
    int pixelBits = depth * samples.channels();
    int rowBytes = Math.toIntExact(((long) columns * pixelBits + 7) / 8);
    int distance = Math.max(1, pixelBits / 8);
    byte[] above = new byte[rowBytes];
    byte[] row = new byte[rowBytes];
    for (int j = 0; j < rows; j++) {
      int filter = in.read();
      if (filter < 0 || in.readNBytes(row, 0, rowBytes) < rowBytes) {
        throw new EOFException("row " + j + " of " + rows + " is missing");
      }
      unfilter(filter, row, above, distance);
      samples.put(row, columns, pass.left, pass.top + j * pass.stepY, pass.stepX);
      byte[] spare = above;
      above = row;
      row = spare;
    }
  }

  /** Undoes a row's prediction from its left, upper and upper left neighbours. */
  private static void unfilter(int filter, byte[] row, byte[] above, int distance)
      throws IOException {
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = distance; i < row.length; i++) {
          row[i] += row[i - distance];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += above[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < distance ? 0 : row[i - distance] & 0xFF;
          row[i] += (byte) ((left + (above[i] & 0xFF)) >> 1);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < distance ? 0 : row[i - distance] & 0xFF;
          int corner = i < distance ? 0 : above[i - distance] & 0xFF;
          row[i] += (byte) paeth(left, above[i] & 0xFF, corner);
        }
      }
      default -> throw new IOException("its row filter " + filter + " is unknown");
    }
  }

  private static int paeth(int left, int up, int corner) {
    int toLeft = Math.abs(up - corner);
    int toUp = Math.abs(left - corner);
    int toCorner = Math.abs(left + up - 2 * corner);
    if (toLeft <= toUp && toLeft <= toCorner) {
      return left;
    }
    return toUp <= toCorner ? up : corner;
  }
}
