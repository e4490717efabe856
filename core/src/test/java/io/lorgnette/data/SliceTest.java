package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class SliceTest {
  private static final long FARTHEST = (1L << 37) - 1;

  @Test
  void packsOffsetsUpTo128GiBAndLengthsUpTo64MiB() {
    for (long offset : new long[] {0, 1, 1L << 36, FARTHEST}) {
      for (int length : new int[] {0, 1, Slice.MAX_LENGTH}) {
        long slice = Slice.of(offset, length);
        assertThat(slice).isNotEqualTo(Slice.NONE).isNotNegative();
        assertThat(Slice.offset(slice)).isEqualTo(offset);
        assertThat(Slice.length(slice)).isEqualTo(length);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThat(Slice.fits(FARTHEST + 1, 0)).isFalse();
    assertThat(Slice.fits(0, Slice.MAX_LENGTH + 1L)).isFalse();
    assertThat(Slice.fits(-1, 0)).isFalse();
    assertThat(ImageSource.MAX_IMAGE_BYTES).isLessThanOrEqualTo(Slice.MAX_LENGTH);
    assertThatThrownBy(() -> Slice.of(0, Slice.MAX_LENGTH + 1L))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
