package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.vision.EfficientNetLiteConfig.Kind;
import io.lorgnette.vision.EfficientNetLiteConfig.Padding;
import io.lorgnette.vision.EfficientNetLiteConfig.Stage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Multiplications of encoders against counts by hand. */
class WorkTest {

  /** An 8 x 8 image: stem to 4 x 4, a depthwise-separable block, an inverted one to 2 x 2. */
  @Test
  void aSmallEfficientNetIsAsCountedByHand() {
    EfficientNetLiteConfig config =
        new EfficientNetLiteConfig(
            8,
            8,
            List.of(new Stage(Kind.DS, 1, 3, 1, 1, 16), new Stage(Kind.IR, 1, 5, 2, 2, 24)),
            40,
            0,
            Padding.SAME,
            1e-3,
            false,
            2);
    long stem = 16 * 9 * 3 * 8;
    long separable = 16 * 9 * 8 + 16 * 8 * 16;
    long inverted = 16 * 16 * 32 + 4 * 25 * 32 + 4 * 32 * 24;
    long head = 4 * 24 * 40;
    assertThat(config.multiplyAdds()).isEqualTo(stem + separable + inverted + head);
    assertThat(config.withOutput(0).multiplyAdds()).isEqualTo(stem + separable);
  }

  @Test
  void anEarlierOutputCostsLess() {
    EfficientNetLiteConfig whole = EfficientNetLiteConfig.lite(0);
    assertThat(whole.withOutput(6).multiplyAdds())
        .isEqualTo(whole.multiplyAdds() - 320L * 1280 * 49);
    NfResNetConfig resnet = NfResNetConfig.nfResNet50();
    assertThat(resnet.withOutput("stage2").multiplyAdds()).isLessThan(resnet.multiplyAdds());
    assertThat(resnet.withOutput("pooled").multiplyAdds()).isEqualTo(resnet.multiplyAdds());
  }

  /** 12 blocks, 50 tokens: by hand. */
  @Test
  void aVisionTransformerIsItsMatricesAndAttention() {
    long matrices = 12L * 50 * (4 * 768 * 768 + 2 * 768 * 3072);
    long attention = 12L * 2 * 50 * 50 * 768;
    long patches = 49L * 3 * 32 * 32 * 768;
    assertThat(ClipVitConfig.vitB32().multiplyAdds()).isEqualTo(matrices + attention + patches);
    assertThat(ClipVitConfig.vitB32().withOutput("layer-2").multiplyAdds())
        .isEqualTo((matrices + attention) / 12 * 11 + patches);
  }

  /** ResNet-50 has 4.1 billion at 224 pixels; CLIP's has a longer stem and pools behind strides. */
  @Test
  void residualNetworksAreNearTheirOrdinaryRelative() {
    assertThat(NfResNetConfig.nfResNet50().withImageSize(224).multiplyAdds())
        .isBetween(4_000_000_000L, 4_300_000_000L);
    assertThat(ClipResNetConfig.rn50().multiplyAdds()).isBetween(5_000_000_000L, 6_000_000_000L);
  }
}
