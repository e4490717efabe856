package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.testing.Golden;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pictures of every kind against the pixels that Pillow reads from them. */
class ImageKindsTest {

  private static final Golden GOLDEN = Golden.open("goldens/image-kinds");
  private static final ImageReader.Options AS_STORED =
      ImageReader.Options.DEFAULT.withAlpha(Alpha.DROP).withUpright(false);

  static Stream<String> images() {
    return StreamSupport.stream(GOLDEN.json().get("images").spliterator(), false)
        .map(node -> node.asText());
  }

  static Stream<String> sizes() {
    return GOLDEN.names().stream().filter(name -> name.matches("resize/.*/.*"));
  }

  @ParameterizedTest
  @MethodSource("images")
  void readsAsPillowDoes(String name) {
    check(name, name, AS_STORED);
    if (GOLDEN.has(name + "@on-white")) {
      check(name, name + "@on-white", AS_STORED.withAlpha(Alpha.WHITE));
    }
    if (GOLDEN.has(name + "@upright")) {
      check(name, name + "@upright", AS_STORED.withUpright(true));
    }
  }

  private static void check(String name, String tensor, ImageReader.Options options) {
    RgbImage image = ImageReader.read(GOLDEN.path("images/" + name), options);
    assertThat(List.of(image.height(), image.width()))
        .as(tensor)
        .containsExactly((int) GOLDEN.shape(tensor)[0], (int) GOLDEN.shape(tensor)[1]);
    assertThat(Pixels.largestDifference(image.rgb(), GOLDEN.bytes(tensor))).as(tensor).isZero();
  }

  @Test
  void everyOrientationIsCovered() {
    List<String> turned = GOLDEN.names().stream().filter(n -> n.endsWith("@upright")).toList();
    assertThat(turned).hasSizeGreaterThanOrEqualTo(9);
    for (int value = 2; value <= 8; value++) {
      assertThat(turned).contains("jpeg-exif" + value + ".jpg@upright");
    }
  }

  @Test
  void laysEveryTransparencyOnWhite() {
    byte[] expected = GOLDEN.bytes("every-alpha");
    for (int alpha = 0; alpha < 256; alpha++) {
      for (int grey = 0; grey < 256; grey++) {
        assertThat(Alpha.overWhite(grey, alpha)).isEqualTo(expected[256 * alpha + grey]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void resizesAsPillowDoes(String name) {
    long[] shape = GOLDEN.shape("resize/source");
    RgbImage source = new RgbImage((int) shape[1], (int) shape[0], GOLDEN.bytes("resize/source"));
    Filter filter = name.contains("/bilinear/") ? Filter.BILINEAR : Filter.BICUBIC;
    int height = (int) GOLDEN.shape(name)[0];
    int width = (int) GOLDEN.shape(name)[1];
    RgbImage resized = Resampler.resize(source, width, height, filter);
    assertThat(resized).isEqualTo(new RgbImage(width, height, GOLDEN.bytes(name)));

    int left = width / 3;
    int top = height / 4;
    RgbImage part =
        Resampler.resize(
            source, width, height, left, top, width - left, (height - top + 1) / 2, filter);
    assertThat(part).isEqualTo(resized.crop(left, top, width - left, (height - top + 1) / 2));
  }
}
