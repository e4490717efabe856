package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.mapper.QFormerKeys.Form;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QFormerMapperTest {

  private static final QFormerConfig SMALL =
      new QFormerConfig(4, 16, 2, 2, 24, 2, 12, null, Activation.GELU, 1e-12, 0.1);

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  /** BLIP-2's second stage: queries, Q-Former without text, norm of the features, linear map. */
  @ParameterizedTest
  @CsvSource({
    "1408, 2560, 107133696", // ViT-g, OPT-2.7B
    "1408, 4096, 108314880", // ViT-g, OPT-6.7B and FlanT5-XXL
    "1408, 2048, 106739968", // ViT-g, FlanT5-XL
    "1024, 2560, 103593984", // ViT-L, OPT-2.7B
    "1024, 2048, 103200256" // ViT-L, FlanT5-XL
  })
  void hasThePublishedNumberOfParameters(int imageWidth, int textWidth, long parameters) {
    QFormerMapperConfig config = QFormerMapperConfig.between(imageWidth, textWidth);
    assertThat(config.parameterCount()).isEqualTo(parameters);
    assertThat(config.lavisKeys("opt_proj").parameterCount()).isEqualTo(parameters);
  }

  /** What the first stage trains in the Q-Former: 186,705,470 less heads and the image's norm. */
  @Test
  void countsTheTextSide() {
    QFormerConfig config = QFormerConfig.base(1408).withText(TextSide.BERT_WITH_BEGIN);
    long heads = 622_651 + 393_728 + 1_538 + 1 + 2_816;
    assertThat(config.parameterCount()).isEqualTo(186_705_470L - heads);
    for (Form form : Form.values()) {
      assertThat(QFormerKeys.of(config, form).parameterCount()).isEqualTo(config.parameterCount());
    }
  }

  @Test
  void startsWithTheQueriesFeedForwardOfItsText() {
    QFormerMapperConfig config =
        new QFormerMapperConfig(SMALL.withText(new TextSide(30, 8)), 10, true);
    try (Scope scope = Scope.open();
        QFormerMapper mapper = config.create(3, Device.CPU);
        QFormerMapper again = config.create(3, Device.CPU)) {
      mapper
          .parameters()
          .asMap()
          .forEach(
              (name, tensor) ->
                  assertThat(Tensors.toFloats(tensor))
                      .as(name)
                      .isEqualTo(Tensors.toFloats(again.parameters().get(name))));
      assertThat(Tensors.toFloats(mapper.parameters().get("layers.1.mlp.up.weight")))
          .isEqualTo(Tensors.toFloats(mapper.parameters().get("layers.1.text_mlp.up.weight")));
      assertThat(Tensors.value(mapper.parameters().get("layers.0.norm1.weight").min()))
          .isEqualTo(1);
      double deviation = Tensors.value(mapper.parameters().get("embed.words").std());
      assertThat(deviation).isBetween(0.017, 0.023);
      assertThat(mapper.prefixLength()).isEqualTo(4);
    }
  }

  @Test
  void takesFeaturesOfAnyFormatAndRefusesOtherWidths() {
    QFormerMapperConfig config = new QFormerMapperConfig(SMALL, 10, false);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        QFormerMapper mapper = config.create(5, Device.CPU)) {
      Tensor features = torch.randn(3, 7, 12);
      Tensor prefix = mapper.map(Tensors.to(features, Dtype.BF16));
      assertThat(Tensors.shape(prefix)).containsExactly(3, 4, 10);
      assertThat(Tensors.dtype(prefix)).isEqualTo(Dtype.F32);
      assertThatThrownBy(() -> mapper.map(torch.randn(3, 7, 11)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("[3, 7, 11]");
      assertThatThrownBy(
              () -> mapper.map(features, Tensors.ofLongs(new long[3], 3, 1), null, Dropout.NONE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("no text");
    }
  }

  @Test
  void dropoutChangesTheResultAndItsSeedTellsHow() {
    QFormerMapperConfig config = new QFormerMapperConfig(SMALL, 10, true);
    try (Scope scope = Scope.open();
        QFormerMapper mapper = config.create(7, Device.CPU)) {
      Tensor features = torch.randn(2, 5, 12);
      float[] plain = Tensors.toFloats(mapper.map(features));
      float[] dropped = Tensors.toFloats(mapper.map(features, Dropout.seeded(1)));
      assertThat(dropped).isNotEqualTo(plain);
      assertThat(Tensors.toFloats(mapper.map(features, Dropout.seeded(1)))).isEqualTo(dropped);
      assertThat(Tensors.toFloats(mapper.map(features))).isEqualTo(plain);
    }
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertThatThrownBy(
            () -> new QFormerConfig(4, 16, 2, 3, 24, 2, 12, null, Activation.GELU, 1e-12, 0))
        .hasMessageContaining("no multiple of heads 3");
    assertThatThrownBy(
            () -> new QFormerConfig(0, 16, 2, 2, 24, 2, 12, null, Activation.GELU, 1e-12, 0))
        .hasMessageContaining("queries");
    assertThatThrownBy(
            () ->
                new QFormerConfig(4, 16, 2_000_000, 2, 24, 2, 12, null, Activation.GELU, 1e-12, 0))
        .hasMessageContaining("layers");
    assertThatThrownBy(() -> new TextSide(0, 3)).hasMessageContaining("vocabulary");
  }
}
