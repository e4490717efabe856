package io.lorgnette.image;

import java.util.Arrays;

/**
 * Antialiased resizing with pixels equal to those of Pillow's {@code Image.resize} (version 13).
 *
 * <p>Two passes, one along rows and one along columns, with integer weights; the result of the
 * first is rounded to 8 bits, as the models' own preprocessing does it. A plain 4 x 4 bicubic or
 * one in floating point gives other pixels, and other scores.
 */
public final class Resampler {

  /** Rows handled together along rows: their values lie side by side for vector units. */
  private static final int BAND = 32;

  /** Most numbers in a band; of very wide pictures fewer rows are handled together. */
  private static final int BAND_VALUES = 1 << 22;

  private static final int HALF = 1 << (Kernel.FRACTION_BITS - 1);

  private Resampler() {}

  /** The whole picture at another size. */
  public static RgbImage resize(RgbImage image, int width, int height, Filter filter) {
    return resize(image, width, height, 0, 0, width, height, filter);
  }

  /**
   * A rectangle of the picture at another size: the same pixels as {@link #resize(RgbImage, int,
   * int, Filter)} and then {@link RgbImage#crop}, without computing the others.
   *
   * @param width of the whole resized picture
   * @param height of the whole resized picture
   * @param left of the rectangle in the resized picture
   * @param top of the rectangle in the resized picture
   * @throws IllegalArgumentException if the rectangle is empty or reaches beyond the picture
   */
  public static RgbImage resize(
      RgbImage image,
      int width,
      int height,
      int left,
      int top,
      int cropWidth,
      int cropHeight,
      Filter filter) {
    RgbImage.requireInside(left, top, cropWidth, cropHeight, width, height);
    if (width == image.width() && height == image.height()) {
      return image.crop(left, top, cropWidth, cropHeight);
    }
    Kernel columns = new Kernel(image.width(), width, left, cropWidth, filter);
    Kernel rows = new Kernel(image.height(), height, top, cropHeight, filter);
    int firstRow = rows.firstInput();
    int firstColumn = columns.firstInput();
    if (columnsFirst(image, width, height)) {
      int wide = columns.endInput() - firstColumn;
      byte[] flat = alongColumns(image.rgb(), image.width(), 0, rows, firstColumn, wide);
      byte[] out = alongRows(flat, wide, firstColumn, columns, 0, cropHeight);
      return new RgbImage(cropWidth, cropHeight, out);
    }
    int high = rows.endInput() - firstRow;
    byte[] narrow = alongRows(image.rgb(), image.width(), 0, columns, firstRow, high);
    byte[] out = alongColumns(narrow, cropWidth, firstRow, rows, 0, cropWidth);
    return new RgbImage(cropWidth, cropHeight, out);
  }

  /**
   * Pillow's choice since version 13: columns first where the height shrinks by more than twice the
   * pixels of the width. Rounding between the passes makes the order visible.
   */
  private static boolean columnsFirst(RgbImage image, int width, int height) {
    long lower = (long) image.height() - height;
    return lower > 0 && lower > 2 * ((long) image.width() - width);
  }

  /**
   * Resizes horizontally: {@code [.., inWidth, 3]} -> {@code [rows, wanted columns, 3]}.
   *
   * @param inWidth pixels in a row of {@code in}
   * @param originColumn position, in the kernel's counting, of the first of them
   * @param firstRow row of {@code in} to begin with
   */
  private static byte[] alongRows(
      byte[] in, int inWidth, int originColumn, Kernel kernel, int firstRow, int rows) {
    int wanted = kernel.start.length;
    byte[] out = new byte[Math.multiplyExact(rows, 3 * wanted)];
    int firstColumn = kernel.firstInput();
    int columns = kernel.endInput() - firstColumn;
    int bandRows = Math.max(1, Math.min(BAND, BAND_VALUES / (3 * columns)));
    int lanes = 3 * bandRows;
    int[] band = new int[columns * lanes];
    int[] sums = new int[lanes];
    for (int y = 0; y < rows; y += bandRows) {
      int filled = Math.min(bandRows, rows - y);
      for (int r = 0; r < filled; r++) {
        int from = 3 * ((firstRow + y + r) * inWidth + firstColumn - originColumn);
        gather(in, from, 3 * columns, band, r, bandRows);
      }
      for (int i = 0; i < wanted; i++) {
        Arrays.fill(sums, HALF);
        int from = (kernel.start[i] - firstColumn) * lanes;
        for (int j = 0; j < kernel.count[i]; j++) {
          addScaled(sums, band, from + j * lanes, kernel.weights[i * kernel.stride + j]);
        }
        int to = 3 * (y * wanted + i);
        for (int r = 0; r < filled; r++) {
          out[to] = toByte(sums[r]);
          out[to + 1] = toByte(sums[bandRows + r]);
          out[to + 2] = toByte(sums[2 * bandRows + r]);
          to += 3 * wanted;
        }
      }
    }
    return out;
  }

  /** One row of a picture to every {@code step}-th place: a band is [column, channel, row]. */
  private static void gather(byte[] in, int from, int count, int[] band, int row, int step) {
    int to = row;
    for (int i = 0; i < count; i++) {
      band[to] = in[from + i] & 0xFF;
      to += step;
    }
  }

  /**
   * Resizes vertically: {@code [.., inWidth, 3]} -> {@code [wanted rows, columns, 3]}.
   *
   * @param inWidth pixels in a row of {@code in}
   * @param originRow position, in the kernel's counting, of the first row of {@code in}
   * @param firstColumn column of {@code in} to begin with
   */
  private static byte[] alongColumns(
      byte[] in, int inWidth, int originRow, Kernel kernel, int firstColumn, int columns) {
    int width = 3 * columns;
    byte[] out = new byte[Math.multiplyExact(kernel.start.length, width)];
    int[] sums = new int[width];
    // The rows that some output row still needs, widened to int; row y lies at y modulo their
    // number.
    int[][] ring = new int[kernel.stride][width];
    int loaded = kernel.firstInput();
    for (int i = 0; i < kernel.start.length; i++) {
      int end = kernel.start[i] + kernel.count[i];
      for (; loaded < end; loaded++) {
        int[] row = ring[loaded % ring.length];
        int from = 3 * ((loaded - originRow) * inWidth + firstColumn);
        for (int x = 0; x < width; x++) {
          row[x] = in[from + x] & 0xFF;
        }
      }
      Arrays.fill(sums, HALF);
      for (int y = kernel.start[i]; y < end; y++) {
        int weight = kernel.weights[i * kernel.stride + y - kernel.start[i]];
        addScaled(sums, ring[y % ring.length], 0, weight);
      }
      for (int x = 0; x < width; x++) {
        out[i * width + x] = toByte(sums[x]);
      }
    }
    return out;
  }

  /** The loop that the Java compiler turns into vector instructions. */
  private static void addScaled(int[] sums, int[] values, int from, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * values[from + i];
    }
  }

  private static byte toByte(int sum) {
    return (byte) Math.max(0, Math.min(255, sum >> Kernel.FRACTION_BITS));
  }
}
