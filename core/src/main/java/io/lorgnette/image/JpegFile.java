package io.lorgnette.image;

import java.awt.image.DataBufferByte;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageReader;
import javax.imageio.spi.IIORegistry;
import javax.imageio.spi.ImageReaderSpi;

/**
 * JPEG (ITU T.81): baseline and progressive Huffman files of 8 bits with 1, 3 or 4 components.
 *
 * <p>The JDK's decoder gives the raw components; which colours they are is decided here, by the
 * rules of the IJG library, so that embedded ICC profiles play no part (the JDK would apply them)
 * and CMYK files are read (the JDK refuses them).
 */
final class JpegFile implements ImageFile {

  private final Bytes file;
  private int width;
  private int height;
  private int components;
  private String componentIds = "";
  private boolean jfif;
  private Optional<Integer> adobeTransform = Optional.empty();
  private Orientation orientation = Orientation.AS_STORED;

  private JpegFile(Bytes file) {
    this.file = file;
  }

  static JpegFile open(Bytes file) throws IOException {
    JpegFile jpeg = new JpegFile(file);
    jpeg.readMarkers();
    return jpeg;
  }

  /** Walks the segments up to the first scan. */
  private void readMarkers() throws IOException {
    long at = 2;
    while (true) {
      // Stray bytes between segments and repeated 0xFF before a marker are allowed.
      while (file.u8(at) != 0xFF) {
        at++;
      }
      while (file.u8(at) == 0xFF) {
        at++;
      }
      int marker = file.u8(at++);
      boolean standsAlone = marker <= 0x01 || (marker >= 0xD0 && marker <= 0xD8);
      if (standsAlone) {
        continue;
      }
      if (marker == 0xD9) {
        throw new IOException("it ends before the picture begins");
      }
      int length = file.u16be(at);
      Bytes segment = file.slice(at + 2, Math.max(0, length - 2));
      if (marker == 0xDA) {
        break;
      }
      readSegment(marker, segment);
      at += Math.max(2, length);
    }
    if (components == 0) {
      throw new IOException("its frame header is missing");
    }
  }

  private void readSegment(int marker, Bytes segment) throws IOException {
    boolean frame =
        marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      readFrame(marker, segment);
    } else if (marker == 0xE0 && segment.has(0, "JFIF\0")) {
      jfif = true;
    } else if (marker == 0xE1 && segment.has(0, "Exif\0\0")) {
      if (orientation == Orientation.AS_STORED) {
        orientation = Orientation.ofTiff(segment.slice(6, segment.length() - 6));
      }
    } else if (marker == 0xEE && segment.has(0, "Adobe") && segment.length() >= 12) {
      adobeTransform = Optional.of(segment.u8(11));
    }
  }

  private void readFrame(int marker, Bytes segment) throws IOException {
    if (components != 0) {
      throw new IOException("it has two frame headers");
    }
    if (marker > 0xC2 || segment.u8(0) != 8) {
      throw new IOException(
          "its coding (process "
              + (marker - 0xC0)
              + ", "
              + segment.u8(0)
              + " bits) is not the usual baseline or progressive one of 8 bits");
    }
    height = segment.u16be(1);
    width = segment.u16be(3);
    components = segment.u8(5);
    if (width == 0 || height == 0) {
      throw new IOException("its header gives a size of " + width + " x " + height);
    }
    if (components != 1 && components != 3 && components != 4) {
      throw new IOException("it has " + components + " colour components");
    }
    for (int c = 0; c < components; c++) {
      componentIds += (char) segment.u8(6 + 3 * c);
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
    byte[] samples = readSamples();
    byte[] rgb =
        switch (components) {
          case 1 -> JpegColours.greyToRgb(samples);
          case 3 -> isYcc() ? JpegColours.yccToRgb(samples) : samples;
          default -> JpegColours.cmykToRgb(samples, isYcc());
        };
    return new Decoded(width, height, rgb, null);
  }

  /**
   * Whether the first three components are luminance and chrominance: the IJG library's rules, from
   * the JFIF and Adobe markers, or else from the component ids.
   */
  private boolean isYcc() {
    if (components == 4) {
      return adobeTransform.isPresent() && adobeTransform.get() != 0;
    }
    if (jfif) {
      return true;
    }
    return adobeTransform.map(t -> t != 0).orElse(!componentIds.equals("RGB"));
  }

  /** The decoder's components, {@code [H, W, components]}. */
  private byte[] readSamples() throws IOException {
    Raster raster = readRaster();
    if (raster.getWidth() != width
        || raster.getHeight() != height
        || raster.getNumBands() != components) {
      throw new IOException("its header and its picture disagree");
    }
    return samples(raster);
  }

  private Raster readRaster() throws IOException {
    ImageReader reader = newReader();
    MemoryInput input = new MemoryInput(file);
    try (input) {
      reader.setInput(input, true, true);
      Raster raster = reader.readRaster(0, null);
      if (input.ranOut()) {
        throw new EOFException("no end marker");
      }
      return raster;
    } catch (IOException | RuntimeException e) {
      // Broken data makes the decoder fail in many ways, for example with a bad array index.
      if (input.ranOut()) {
        throw (IOException) new EOFException("the data ends too soon").initCause(e);
      }
      throw new IOException("its compressed data is broken", e);
    } finally {
      reader.dispose();
    }
  }

  private byte[] samples(Raster raster) {
    if (raster.getDataBuffer() instanceof DataBufferByte buffer
        && raster.getSampleModel() instanceof PixelInterleavedSampleModel model
        && model.getScanlineStride() == components * width
        && inOrder(model.getBandOffsets())
        && buffer.getData().length == components * width * height) {
      return buffer.getData();
    }
    int[] row = new int[components * width];
    byte[] samples = new byte[components * width * height];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int sample : raster.getPixels(0, y, width, 1, row)) {
        samples[at++] = (byte) sample;
      }
    }
    return samples;
  }

  private static boolean inOrder(int[] offsets) {
    for (int i = 0; i < offsets.length; i++) {
      if (offsets[i] != i) {
        return false;
      }
    }
    return true;
  }

  /** The JDK's own decoder, whatever plug-ins an application has besides. */
  private static ImageReader newReader() throws IOException {
    Iterator<ImageReaderSpi> providers =
        IIORegistry.getDefaultInstance()
            .getServiceProviders(
                ImageReaderSpi.class,
                provider ->
                    provider.getClass().getModule() == ImageReader.class.getModule()
                        && List.of(((ImageReaderSpi) provider).getFormatNames()).contains("jpeg"),
                false);
    if (!providers.hasNext()) {
      throw new IllegalStateException("this Java runtime lacks the JPEG decoder of java.desktop");
    }
    return providers.next().createReaderInstance();
  }
}
