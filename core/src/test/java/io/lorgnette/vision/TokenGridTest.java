package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenGridTest {

  @Test
  void isASquareBehindWhatHasNoPlace() {
    assertThat(TokenGrid.square(49, 0)).contains(new TokenGrid(0, 7, 7));
    assertThat(TokenGrid.square(257, 1)).contains(new TokenGrid(1, 16, 16));
    assertThat(TokenGrid.square(50, 0)).isEmpty();
    assertThat(TokenGrid.square(1, 0)).isEmpty();
    assertThat(TokenGrid.square(1, 1)).isEmpty();
  }

  @Test
  void encodersKnowWhichTokensHaveNoPlace() {
    ClipVitConfig clip = ClipVitConfig.vitB32().withProjection(512);
    assertThat(clip.placeless()).isEqualTo(1);
    assertThat(clip.withOutput("last-patches").placeless()).isZero();
    assertThat(clip.withOutput("embedding").placeless()).isZero();
    assertThat(EfficientNetLiteConfig.lite(0).placeless()).isZero();
  }
}
