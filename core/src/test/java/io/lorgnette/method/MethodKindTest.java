package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.nn.Activation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Parameters told without weights. */
class MethodKindTest {

  @ParameterizedTest
  @EnumSource(MethodKind.class)
  void countsThePublishedSystem(MethodKind kind) {
    Pair pair =
        new Pair(
            KnownBackbones.encoder("openai/clip-vit-large-patch14"),
            KnownBackbones.languageModel("EleutherAI/gpt-j-6B"));
    MethodKind.Description description =
        kind.describe(pair, MaplConfig.between(pair.encoder().width(), pair.language().width()));
    assertThat(description.trainedParameters()).isEqualTo(3_431_680L);
    assertThat(description.frozenParameters()).isEqualTo(303_179_776L + 6_050_882_784L);
    assertThat(description.parts())
        .containsExactly(
            new Part(
                Part.Role.VISION_ENCODER, "openai/clip-vit-large-patch14", false, 303_179_776L),
            new Part(Part.Role.MAPPER, "1024 -> 32 x 4096", true, 3_431_680L),
            new Part(Part.Role.LANGUAGE_MODEL, "EleutherAI/gpt-j-6b", false, 6_050_882_784L));
  }

  /** The table of known models against the arithmetic of the architecture. */
  @ParameterizedTest
  @CsvSource({
    "gpt2, 768, 12",
    "gpt2-medium, 1024, 24",
    "gpt2-large, 1280, 36",
    "gpt2-xl, 1600, 48"
  })
  void knowsTheSizesOfGpt2(String name, int width, int layers) {
    DecoderConfig config =
        new DecoderConfig(
            DecoderConfig.Family.GPT2,
            50257,
            width,
            layers,
            width / 64,
            width / 64,
            64,
            4 * width,
            1024,
            1e-5,
            Activation.GELU_TANH,
            0,
            null,
            0,
            true,
            true);
    LanguageSpec known = KnownBackbones.languageModel(name);
    assertThat(known.width()).isEqualTo(width);
    assertThat(known.parameters()).isEqualTo(config.parameterCount());
  }

  /** 12 d^2 + 13 d for a block; embeddings, positions and norms besides. */
  @Test
  void knowsTheSizesOfClipAndOpt() {
    assertThat(clip(768, 12, 32, 50))
        .isEqualTo(KnownBackbones.encoder("openai/clip-vit-base-patch32").parameters());
    assertThat(clip(1024, 24, 14, 257))
        .isEqualTo(KnownBackbones.encoder("openai/clip-vit-large-patch14").parameters());
    assertThat(clip(1024, 24, 14, 577))
        .isEqualTo(KnownBackbones.encoder("openai/clip-vit-large-patch14-336").parameters());
    assertThat(50272L * 2560 + 2050 * 2560 + 32 * block(2560) + 2 * 2560)
        .isEqualTo(KnownBackbones.languageModel("facebook/opt-2.7b").parameters());
  }

  private static long clip(long d, int layers, int patch, int tokens) {
    return 3L * patch * patch * d + d + tokens * d + 4 * d + layers * block(d);
  }

  private static long block(long d) {
    return 12 * d * d + 13 * d;
  }

  @Test
  void namesTheKnownOnesWhenAskedForAnother() {
    assertThatThrownBy(() -> KnownBackbones.encoder("clip"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("openai/clip-vit-base-patch32");
    assertThatThrownBy(() -> KnownBackbones.languageModel("gpt5"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gpt2-xl");
    assertThat(MethodKind.named("mapl-blind", "here")).isEqualTo(MethodKind.MAPL_BLIND);
    assertThatThrownBy(() -> MethodKind.named("maple", "run.yaml, line 3"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("run.yaml, line 3")
        .hasMessageContaining("mapl, mapl-blind");
  }
}
