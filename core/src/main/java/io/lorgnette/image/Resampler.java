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
  private static final int BAND = 64;

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
    int[][] band = new int[columns][3 * bandRows]; // [column, channel and row]
    int[] sums = new int[3 * bandRows];
    for (int y = 0; y < rows; y += bandRows) {
      int filled = Math.min(bandRows, rows - y);
      int from = 3 * ((firstRow + y) * inWidth + firstColumn - originColumn);
      gather(in, from, 3 * inWidth, filled, band);
      for (int i = 0; i < wanted; i++) {
        int first = kernel.start[i] - firstColumn;
        weigh(band, first, kernel, i, sums);
        int to = 3 * (y * wanted + i);
        for (int r = 0; r < filled; r++) {
          out[to] = (byte) sums[r];
          out[to + 1] = (byte) sums[bandRows + r];
          out[to + 2] = (byte) sums[2 * bandRows + r];
          to += 3 * wanted;
        }
      }
    }
    return out;
  }

  /**
   * Rows of a picture to a band, four at a time, whose values lie side by side there.
   *
   * @param step from a row of {@code in} to the next
   */
  private static void gather(byte[] in, int from, int step, int rows, int[][] band) {
    int bandRows = band[0].length / 3;
    int r = 0;
    for (; r + 3 < rows; r += 4) {
      int at = from + r * step;
      for (int[] column : band) {
        for (int to = r; to < column.length; to += bandRows) {
          column[to] = in[at] & 0xFF;
          column[to + 1] = in[at + step] & 0xFF;
          column[to + 2] = in[at + 2 * step] & 0xFF;
          column[to + 3] = in[at + 3 * step] & 0xFF;
          at++;
        }
      }
    }
    for (; r < rows; r++) {
      int at = from + r * step;
      for (int[] column : band) {
        for (int to = r; to < column.length; to += bandRows) {
          column[to] = in[at++] & 0xFF;
        }
      }
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
      weigh(ring, kernel.start[i] % ring.length, kernel, i, sums);
      for (int x = 0; x < width; x++) {
        out[i * width + x] = (byte) sums[x];
      }
    }
    return out;
  }

  /**
   * One output position: the weighted sum of lines, as values from 0 to 255.
   *
   * @param first line, the others behind it; behind the last one comes the first
   * @param sums is filled
   */
  private static void weigh(int[][] lines, int first, Kernel kernel, int position, int[] sums) {
    Arrays.fill(sums, HALF);
    int[] weights = kernel.weights;
    int w = position * kernel.stride;
    int end = w + kernel.count[position];
    int line = first;
    for (; w + 3 < end; w += 4) {
      int[] a = lines[line++ % lines.length];
      int[] b = lines[line++ % lines.length];
      int[] c = lines[line++ % lines.length];
      int[] d = lines[line++ % lines.length];
      addFour(sums, a, b, c, d, weights[w], weights[w + 1], weights[w + 2], weights[w + 3]);
    }
    for (; w < end; w++) {
      addOne(sums, lines[line++ % lines.length], weights[w]);
    }
    round(sums);
  }

  // The loops that the Java compiler turns into vector instructions. It does so only where it sees
  // that no turn reads what another wrote: all arrays have the same index, whichever they are.

  private static void addFour(
      int[] sums, int[] a, int[] b, int[] c, int[] d, int wa, int wb, int wc, int wd) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }
  }

  private static void addOne(int[] sums, int[] line, int weight) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] += weight * line[i];
    }
  }

  private static void round(int[] sums) {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = Math.max(0, Math.min(255, sums[i] >> Kernel.FRACTION_BITS));
    }
  }
}
