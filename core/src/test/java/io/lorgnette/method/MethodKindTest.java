package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import io.lorgnette.testing.Golden;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Parameters told without weights. */
class MethodKindTest {

  @ParameterizedTest
  @EnumSource(names = {"MAPL", "MAPL_BLIND"})
  void countsThePublishedSystem(MethodKind kind) {
    Pair pair =
        new Pair(
            KnownBackbones.encoder("openai/clip-vit-large-patch14"),
            KnownBackbones.languageModel("EleutherAI/gpt-j-6B"));
    Description description = kind.published().describe(pair);
    assertThat(description.trainedParameters()).isEqualTo(3_431_680L);
    assertThat(description.frozenParameters()).isEqualTo(303_179_776L + 6_050_882_784L);
    assertThat(description.parts())
        .containsExactly(
            new Part(
                Part.Role.VISION_ENCODER, "openai/clip-vit-large-patch14", false, 303_179_776L),
            new Part(Part.Role.MAPPER, "1024 -> 32 x 4096", true, 3_431_680L),
            new Part(Part.Role.LANGUAGE_MODEL, "EleutherAI/gpt-j-6b", false, 6_050_882_784L));
  }

  /** The table of known models against their published configurations. */
  @Test
  void knowsTheSizesOfLanguageModels() {
    JsonNode published = Golden.open("published").json("decoders.json");
    assertThat(KnownBackbones.languageModels()).hasSizeGreaterThan(40);
    for (LanguageSpec known : KnownBackbones.languageModels()) {
      JsonNode model = published.path(known.name());
      assertThat(known.parameters()).as(known.name()).isEqualTo(model.path("parameters").asLong());
      JsonNode config = model.path("config");
      JsonNode width =
          Stream.of("word_embed_proj_dim", "n_embd", "hidden_size")
              .filter(config::has)
              .map(config::path)
              .findFirst()
              .orElseThrow();
      assertThat(known.width()).as(known.name()).isEqualTo(width.asInt());
    }
  }

  /** 12 d^2 + 13 d for a block; embeddings, positions and norms besides. */
  @Test
  void knowsTheSizesOfClip() {
    assertThat(clip(768, 12, 32, 50))
        .isEqualTo(KnownBackbones.encoder("openai/clip-vit-base-patch32").parameters());
    assertThat(clip(1024, 24, 14, 257))
        .isEqualTo(KnownBackbones.encoder("openai/clip-vit-large-patch14").parameters());
    assertThat(clip(1024, 24, 14, 577))
        .isEqualTo(KnownBackbones.encoder("openai/clip-vit-large-patch14-336").parameters());
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
