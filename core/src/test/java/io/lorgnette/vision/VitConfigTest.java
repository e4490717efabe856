package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VitConfigTest {

  @Test
  void countsOfThePublishedModels() {
    assertThat(EvaVit.giant().parameterCount()).isEqualTo(985_894_528);
    assertThat(EvaVit.giant().tokens()).isEqualTo(257);
    assertThat(EvaVit.giant().sizes().hidden()).isEqualTo(6144);
    assertThat(Blip2Vit.giant().parameterCount()).isEqualTo(985_952_256);
    assertThat(Blip2Vit.giant().withImageSize(364).tokens()).isEqualTo(677);
    assertThat(Dinov2.small().parameterCount()).isEqualTo(22_056_576);
    assertThat(Dinov2.base().parameterCount()).isEqualTo(86_580_480);
    assertThat(Dinov2.large().parameterCount()).isEqualTo(304_368_640);
    assertThat(Dinov2.giant().parameterCount()).isEqualTo(1_136_480_768);
    assertThat(Dinov2.withRegisters(Dinov2.small()).parameterCount()).isEqualTo(22_058_112);
    assertThat(Dinov2.withRegisters(Dinov2.base()).parameterCount()).isEqualTo(86_583_552);
    assertThat(Dinov2.withRegisters(Dinov2.large()).parameterCount()).isEqualTo(304_372_736);
    assertThat(Dinov2.withRegisters(Dinov2.giant()).parameterCount()).isEqualTo(1_136_486_912);
    assertThat(Dinov2.withRegisters(Dinov2.base()).withImageSize(224).tokens()).isEqualTo(261);
    assertThat(Beit.base().parameterCount()).isEqualTo(85_761_984);
    assertThat(Beit.large().parameterCount()).isEqualTo(303_405_568);
    assertThat(Beit.large().withOutput("last-patches").tokens()).isEqualTo(196);
  }

  @Test
  void outputsThatAModelHasNotAreToldWithThoseItHas() {
    VitConfig eva = EvaVit.giant();
    assertThat(eva.withOutput("layer-1").outputName()).isEqualTo("last");
    assertThat(Dinov2.base().withOutput("layer-1-patches").outputName())
        .isEqualTo("layer-1-patches");
    for (String wrong : List.of("pooled", "layer-40", "layer-0", "first", "last-", "features")) {
      assertThatThrownBy(() -> eva.withOutput(wrong))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("'" + wrong + "'")
          .hasMessageContaining("layer-39");
    }
  }
}
