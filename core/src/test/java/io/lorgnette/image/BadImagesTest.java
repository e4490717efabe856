package io.lorgnette.image;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lorgnette.error.InputException;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is no whole picture gives one clear sentence, before much memory is taken. */
class BadImagesTest {

  private static final Golden KINDS = Golden.open("goldens/image-kinds");

  @TempDir Path folder;

  private static byte[] picture(String name) {
    try {
      return Files.readAllBytes(KINDS.path("images/" + name));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void refused(byte[] bytes, String... says) {
    assertThatThrownBy(() -> ImageReader.read(bytes, "photos/cat.jpg"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("photos/cat.jpg ")
        .hasMessageNotContaining("\n")
        .hasMessageContainingAll(says);
  }

  @Test
  void missingFile() {
    Path path = folder.resolve("no.png");
    assertThatThrownBy(() -> ImageReader.read(path))
        .isInstanceOf(InputException.class)
        .hasMessage(path + " does not exist; give the path of an image file");
  }

  @Test
  void folderInsteadOfFile() {
    assertThatThrownBy(() -> ImageReader.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessage(folder + " is a folder; give the path of an image file");
  }

  @Test
  void emptyFile() throws IOException {
    Path path = Files.createFile(folder.resolve("empty.jpg"));
    assertThatThrownBy(() -> ImageReader.read(path))
        .isInstanceOf(InputException.class)
        .hasMessage(path + " is empty (0 bytes); copy or download it again");
    refused(new byte[0], "is empty (0 bytes)");
  }

  @Test
  void whatIsNoImage() {
    refused("BMW is a make of car.\n".getBytes(UTF_8), "is a text file, not an image", "PNG");
    refused("  <!DOCTYPE html><html>404".getBytes(UTF_8), "is a web page, not an image");
    refused("<svg xmlns='x'/>".getBytes(UTF_8), "is an SVG drawing, not an image");
    refused("%PDF-1.7\n".getBytes(UTF_8), "is a PDF document, not an image");
    refused("version https://git-lfs.github.com/spec/v1\n".getBytes(UTF_8), "Git LFS pointer");
    refused(new byte[] {0, 1, 2, 3}, "is not an image of a known kind; give a PNG, JPEG");
  }

  @ParameterizedTest
  @CsvSource({"heic, HEIC", "heix, HEIC", "mif1, HEIC", "avif, AVIF", "avis, AVIF"})
  void knownButUnreadable(String brand, String label) {
    byte[] bytes = ("\0\0\0\u0018ftyp" + brand + "\0\0\0\0mif1miaf....").getBytes(ISO_8859_1);
    refused(bytes, "is a " + label + " image, which can not be read; convert it to JPEG or PNG");
  }

  @Test
  void tiffIsNamed() {
    refused("II*\0....".getBytes(ISO_8859_1), "is a TIFF image, which can not be read");
  }

  @Test
  void videoIsNoImage() {
    refused("\0\0\0\u0014ftypisom\0\0\2\0mp42".getBytes(ISO_8859_1), "not an image");
  }

  @Test
  void largeFile() throws IOException {
    Path path = folder.resolve("large.png");
    Files.write(path, picture("rgb16.png"));
    long size = Files.size(path);
    ImageReader.Options options = ImageReader.Options.DEFAULT.withMaxBytes(size - 1);
    assertThatThrownBy(() -> ImageReader.read(path, options))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("more than the limit of")
        .hasMessageContaining("give a smaller one");
    assertThat(ImageReader.read(path, options.withMaxBytes(size)).width()).isEqualTo(19);
  }

  /** Cut anywhere, a picture is refused; only the very last bytes may be missing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "adam7-rgb8.png",
        "palette8.png",
        "jpeg-420.jpg",
        "jpeg-progressive-422.jpg",
        "jpeg-cmyk.jpg",
        "gif-noise.gif",
        "gif-interlaced.gif",
        "bmp24.bmp",
        "bmp8-rle.bmp",
        "bmp4.bmp",
        "webp-lossless.webp",
        "webp-lossy.webp",
        "webp-lossy-alpha.webp"
      })
  void truncated(String name) {
    byte[] whole = picture(name);
    for (double part : new double[] {0.03, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97}) {
      byte[] cut = Arrays.copyOf(whole, Math.max(30, (int) (part * whole.length)));
      refused(cut, "is a truncated ", "download it again");
    }
    assertThat(ImageReader.read(whole, name).width()).isPositive();
  }

  @Test
  void jpegWithoutEndMarker() {
    byte[] whole = picture("jpeg-420.jpg");
    refused(Arrays.copyOf(whole, whole.length - 2), "is a truncated JPEG image");
  }

  @Test
  void missingEndChunkOfPngIsForgiven() {
    byte[] whole = picture("rgb16.png");
    byte[] cut = Arrays.copyOf(whole, whole.length - 12);
    assertThat(ImageReader.read(cut, "x")).isEqualTo(ImageReader.read(whole, "x"));
  }

  static Stream<byte[]> bombs() {
    return Stream.of(pngBomb(), gifBomb(), gifFrameBomb(), bmpBomb(), jpegBomb(), webpBomb());
  }

  /** A few bytes that announce hundreds of millions of pixels. */
  @ParameterizedTest
  @MethodSource("bombs")
  void decompressionBombs(byte[] bomb) {
    assertThat(bomb.length).isLessThan(10_000);
    refused(bomb, "pixels, more than the limit of 134,217,728; shrink it first");
  }

  @Test
  void largestSidesDoNotOverflow() {
    refused(png(Integer.MAX_VALUE, Integer.MAX_VALUE), "2147483647 x 2147483647 pixels");
    refused(png(1_000_001, 1), "1000001 x 1 pixels, more than 1,000,000 in one direction");
    byte[] lowestHeight = picture("bmp24.bmp");
    little(lowestHeight).putInt(22, Integer.MIN_VALUE);
    refused(lowestHeight, "damaged or unusual BMP", "19 x -2147483648");
    refused(png(-1, 5), "damaged or unusual PNG", "4294967295 x 5");
    refused(png(0, 5), "damaged or unusual PNG", "0 x 5");
  }

  @Test
  void limitIsInclusive() {
    byte[] bytes = picture("rgb16.png");
    ImageReader.Options options = ImageReader.Options.DEFAULT;
    assertThat(ImageReader.read(bytes, "x", options.withMaxPixels(19 * 13)).height()).isEqualTo(13);
    assertThatThrownBy(() -> ImageReader.read(bytes, "x", options.withMaxPixels(19 * 13 - 1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("announces 19 x 13 pixels, more than the limit of 246");
  }

  /** The pixels are allocated by the header; what the decoder finds must agree with it. */
  @Test
  void jpegWithTwoFrameHeaders() {
    byte[] whole = picture("jpeg-420.jpg");
    int frame = indexOf(whole, 0xFF, 0xC0);
    int length = 2 + (((whole[frame + 2] & 0xFF) << 8) | (whole[frame + 3] & 0xFF));
    byte[] twice = new byte[whole.length + length];
    System.arraycopy(whole, 0, twice, 0, frame + length);
    System.arraycopy(whole, frame, twice, frame + length, whole.length - frame);
    refused(twice, "it has two frame headers");
  }

  @Test
  void wrongChecksum() {
    byte[] bytes = picture("rgb16.png");
    int data = indexOf(bytes, 'I', 'D', 'A', 'T');
    bytes[data + 10] ^= 0x40;
    refused(bytes, "is a damaged or unusual PNG image: the checksum of its IDAT chunk is wrong");
  }

  /** Any single damage gives a picture or an InputException, and nothing else. */
  @Test
  void randomDamage() {
    long seed = 1504;
    Random random = new Random(seed);
    ImageReader.Options options = ImageReader.Options.DEFAULT.withMaxPixels(1_000_000);
    List<String> names =
        ImageKindsTest.images().filter(n -> !n.contains("noise") && !n.contains("exif")).toList();
    int pictures = 0;
    int refusals = 0;
    for (String name : names) {
      byte[] whole = picture(name);
      for (int i = 0; i < 12; i++) {
        byte[] damaged = whole.clone();
        for (int j = 0; j <= i % 3; j++) {
          damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
        }
        Throwable thrown = catchThrowable(() -> ImageReader.read(damaged, name, options));
        if (thrown == null) {
          pictures++;
        } else {
          assertThat(thrown).as(name + ", seed " + seed).isInstanceOf(InputException.class);
          refusals++;
        }
      }
    }
    assertThat(pictures).isPositive();
    assertThat(refusals).isPositive();
  }

  private static int indexOf(byte[] bytes, int... wanted) {
    for (int i = 0; i + wanted.length <= bytes.length; i++) {
      boolean found = true;
      for (int j = 0; j < wanted.length; j++) {
        found &= (bytes[i + j] & 0xFF) == wanted[j];
      }
      if (found) {
        return i;
      }
    }
    throw new AssertionError("not found");
  }

  private static byte[] png(int width, int height) {
    byte[] bytes = picture("grey8.png");
    ByteBuffer buffer = ByteBuffer.wrap(bytes).putInt(16, width).putInt(20, height);
    CRC32 crc = new CRC32();
    crc.update(bytes, 12, 17);
    buffer.putInt(29, (int) crc.getValue());
    return bytes;
  }

  private static byte[] pngBomb() {
    return png(40_000, 40_000);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static byte[] gifBomb() {
    byte[] bytes = picture("gif.gif");
    little(bytes).putShort(6, (short) 60_000).putShort(8, (short) 60_000);
    return bytes;
  }

  /** A small screen with a huge frame. */
  private static byte[] gifFrameBomb() {
    byte[] bytes = picture("gif.gif");
    int frame = indexOf(bytes, 0x2C, 0, 0, 0, 0, 23, 0, 17, 0);
    little(bytes).putShort(frame + 5, (short) 65_535).putShort(frame + 7, (short) 65_535);
    return bytes;
  }

  private static byte[] bmpBomb() {
    byte[] bytes = picture("bmp24.bmp");
    little(bytes).putInt(18, 50_000).putInt(22, -600_000);
    return bytes;
  }

  private static byte[] jpegBomb() {
    byte[] bytes = picture("jpeg-420.jpg");
    int frame = indexOf(bytes, 0xFF, 0xC0);
    ByteBuffer.wrap(bytes).putShort(frame + 5, (short) 65_500).putShort(frame + 7, (short) 65_500);
    return bytes;
  }

  private static byte[] webpBomb() {
    byte[] bytes = picture("webp-lossless.webp");
    int chunk = indexOf(bytes, 'V', 'P', '8', 'L');
    int bits = 16_383 | 16_383 << 14;
    little(bytes).putInt(chunk + 9, bits);
    return bytes;
  }
}
