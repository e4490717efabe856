package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.image.BufferedImage;
import org.junit.jupiter.api.Test;

class RgbImageTest {

  private final RgbImage image =
      new RgbImage(
          2, 2, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, (byte) 250, (byte) 251, (byte) 252});

  @Test
  void crops() {
    assertThat(image.crop(1, 0, 1, 2))
        .isEqualTo(new RgbImage(1, 2, new byte[] {4, 5, 6, (byte) 250, (byte) 251, (byte) 252}));
    assertThatThrownBy(() -> image.crop(1, 0, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the crop 2 x 1 at (1, 0) is not inside 2 x 2 pixels");
    assertThatThrownBy(() -> image.crop(0, 0, Integer.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void goesThroughJava2d() {
    BufferedImage buffered = image.toBufferedImage();
    assertThat(buffered.getRGB(1, 1)).isEqualTo(0xFFFAFBFC);
    assertThat(RgbImage.of(buffered)).isEqualTo(image);
  }

  @Test
  void laysTransparentDrawingsOnWhite() {
    BufferedImage drawing = new BufferedImage(2, 1, BufferedImage.TYPE_INT_ARGB);
    drawing.setRGB(1, 0, 0x80000000);
    RgbImage flat = RgbImage.of(drawing);
    assertThat(flat.rgb()).containsExactly(-1, -1, -1, 127, 127, 127);
  }

  @Test
  void sizeMustFit() {
    assertThatThrownBy(() -> new RgbImage(2, 2, new byte[11]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new RgbImage(0, 2, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(image).hasToString("RgbImage[2 x 2]").hasSameHashCodeAs(image.crop(0, 0, 2, 2));
  }
}
