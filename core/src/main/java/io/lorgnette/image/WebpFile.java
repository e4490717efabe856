package io.lorgnette.image;

import java.io.EOFException;
import java.io.IOException;

/**
 * WebP (RFC 9649): lossy and lossless, with transparency; of an animation the first frame on its
 * canvas. This class reads the container; colour profiles in it are ignored.
 */
final class WebpFile implements ImageFile {

  private int width;
  private int height;
  private boolean extended;
  private Orientation orientation = Orientation.AS_STORED;

  /** Where the picture lies on the canvas. */
  private int left;

  private int top;
  private int frameWidth;
  private int frameHeight;
  private Bytes lossy;
  private Bytes lossless;
  private Bytes alpha;
  private boolean losslessHasAlpha;

  private WebpFile() {}

  static WebpFile open(Bytes file) throws IOException {
    WebpFile webp = new WebpFile();
    Bytes body = file.slice(8, file.u32le(4));
    webp.readChunks(body.slice(4, body.length() - 4L));
    if (webp.lossy == null && webp.lossless == null) {
      throw new EOFException("no picture chunk");
    }
    if (webp.width < 1 || webp.height < 1) {
      throw new IOException("its header gives a size of " + webp.width + " x " + webp.height);
    }
    if (webp.left + webp.frameWidth > webp.width || webp.top + webp.frameHeight > webp.height) {
      throw new IOException("its picture is larger than its header says");
    }
    return webp;
  }

  private void readChunks(Bytes chunks) throws IOException {
    for (long at = 0; at + 8 <= chunks.length(); ) {
      String type = chunks.ascii(at, 4);
      long length = chunks.u32le(at + 4);
      readChunk(type, chunks.slice(at + 8, length));
      at += 8 + length + (length & 1);
    }
  }

  private void readChunk(String type, Bytes chunk) throws IOException {
    boolean first = lossy == null && lossless == null;
    switch (type) {
      case "VP8X" -> {
        extended = true;
        width = 1 + u24(chunk, 4);
        height = 1 + u24(chunk, 7);
      }
      case "ALPH" -> alpha = first ? chunk : alpha;
      case "VP8 " -> {
        if (first) {
          if (!chunk.has(3, "\u009D\u0001*")) {
            throw new IOException("its lossy data does not begin with a key frame");
          }
          lossy = chunk;
          frame(chunk.u16le(6) & 0x3FFF, chunk.u16le(8) & 0x3FFF);
        }
      }
      case "VP8L" -> {
        if (first) {
          if (chunk.u8(0) != 0x2F) {
            throw new IOException("its lossless data has no signature");
          }
          lossless = chunk;
          long bits = chunk.u32le(1);
          frame(1 + (int) (bits & 0x3FFF), 1 + (int) ((bits >> 14) & 0x3FFF));
          losslessHasAlpha = ((bits >> 28) & 1) != 0;
        }
      }
      case "ANMF" -> {
        if (first) {
          left = 2 * u24(chunk, 0);
          top = 2 * u24(chunk, 3);
          readChunks(chunk.slice(16, chunk.length() - 16L));
        }
      }
      case "EXIF" -> {
        int prefix = chunk.has(0, "Exif\0\0") ? 6 : 0;
        orientation = Orientation.ofTiff(chunk.slice(prefix, chunk.length() - (long) prefix));
      }
      default -> {}
    }
  }

  private void frame(int wide, int high) {
    frameWidth = wide;
    frameHeight = high;
    if (!extended) {
      width = wide;
      height = high;
    }
  }

  private static int u24(Bytes chunk, long at) throws EOFException {
    return chunk.u16le(at) | chunk.u8(at + 2) << 16;
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
    Decoded frame =
        lossless != null
            ? WebpPixels.decode("VP8L", lossless, null, !losslessHasAlpha, frameWidth, frameHeight)
            : WebpPixels.decode("VP8 ", lossy, alpha, alpha == null, frameWidth, frameHeight);
    return frameWidth == width && frameHeight == height ? frame : onCanvas(frame);
  }

  /** The frame on a canvas that is transparent around it. */
  private Decoded onCanvas(Decoded frame) {
    byte[] rgb = new byte[3 * width * height];
    byte[] opacity = new byte[width * height];
    for (int y = 0; y < frameHeight; y++) {
      int to = (top + y) * width + left;
      System.arraycopy(frame.rgb(), 3 * y * frameWidth, rgb, 3 * to, 3 * frameWidth);
      for (int x = 0; x < frameWidth; x++) {
        opacity[to + x] = frame.alpha() == null ? -1 : frame.alpha()[y * frameWidth + x];
      }
    }
    return new Decoded(width, height, rgb, opacity);
  }
}
