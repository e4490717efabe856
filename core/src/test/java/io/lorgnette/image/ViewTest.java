package io.lorgnette.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViewTest {

  /** Every pixel of another colour. */
  private static RgbImage drawn(int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < width * height; i++) {
      rgb[3 * i] = (byte) (i % width);
      rgb[3 * i + 1] = (byte) (i / width);
      rgb[3 * i + 2] = (byte) (7 * i);
    }
    return new RgbImage(width, height, rgb);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0, 0, 0, false",
    "0, 0, 0, 0, true",
    "127, 0, 0, 0, false",
    "1, 2, 3, 4, true",
    "0, 127, 0, 0, true",
    "0, 0, 127, 127, true"
  })
  void isItsNumber(int left, int top, int right, int bottom, boolean mirrored) {
    View view = new View(left, top, right, bottom, mirrored);
    assertThat(view.number()).isNotNegative();
    assertThat(View.of(view.number())).isEqualTo(view);
  }

  @Test
  void theNumberOfThePhotoItselfIsZero() {
    assertThat(View.PLAIN.number()).isZero();
    RgbImage photo = drawn(20, 10);
    assertThat(View.PLAIN.apply(photo, 8)).isSameAs(photo);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1 << 29, Integer.MAX_VALUE})
  void noViewHasOtherNumbers(int number) {
    assertThatThrownBy(() -> View.of(number)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void somethingRemains() {
    assertThatThrownBy(() -> new View(64, 0, 64, 0, false))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new View(0, -1, 0, 0, false))
        .isInstanceOf(IllegalArgumentException.class);
    RgbImage thin = new View(60, 127, 60, 0, false).apply(drawn(3, 1), 4);
    assertThat(thin.width()).isEqualTo(4);
  }

  @Test
  void cutsItsMarginsOffAndFillsTheSquare() {
    RgbImage photo = drawn(64, 32);
    RgbImage seen = new View(16, 32, 32, 64, false).apply(photo, 24);
    assertThat(seen).isEqualTo(Resampler.resize(photo.crop(8, 8, 40, 8), 24, 24, Filter.BICUBIC));
  }

  @Test
  void mirrorsWhatItSees() {
    RgbImage photo = drawn(5, 2);
    RgbImage mirrored = new View(0, 0, 0, 0, true).apply(photo, 8);
    for (int y = 0; y < 2; y++) {
      for (int x = 0; x < 5; x++) {
        assertThat(mirrored.crop(x, y, 1, 1)).isEqualTo(photo.crop(4 - x, y, 1, 1));
      }
    }
    View part = new View(64, 0, 0, 0, false);
    RgbImage once = new View(64, 0, 0, 0, true).apply(drawn(64, 32), 24);
    RgbImage whole = part.apply(drawn(64, 32), 24);
    assertThat(once.crop(0, 0, 1, 24)).isEqualTo(whole.crop(23, 0, 1, 24));
  }
}
