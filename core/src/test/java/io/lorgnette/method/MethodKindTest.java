package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.testing.Golden;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /**
   * Rows of the lecture and of the papers: the method's own configuration between the encoder and
   * language model of its paper. MAGMA's published count is 243 million; what follows from its
   * released configuration is this.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mapl | | openai/clip-vit-large-patch14 | EleutherAI/gpt-j-6b | 3431680",
        "mapl-blind | | openai/clip-vit-large-patch14 | EleutherAI/gpt-j-6b | 3431680",
        "mapl | | openai/clip-vit-large-patch14 | facebook/opt-2.7b | 3036928",
        "mapl | | openai/clip-vit-large-patch14 | gpt2 | 2576384",
        "frozen | | openai/clip-vit-large-patch14 | EleutherAI/gpt-j-6b | 40293440",
        "clip-cap | | openai/RN50x4 | gpt2 | 42728448",
        "clip-cap | | openai/clip-vit-base-patch32 | gpt2 | 41745408",
        "clip-cap | length: 40 | openai/RN50x4 | gpt2 | 57520128",
        "clip-cap | variant: mlp | openai/clip-vit-base-patch32 | gpt2 | 155908608",
        "limber | | openai/RN50x16 | EleutherAI/gpt-j-6b | 12587008",
        "limber | | timm/nf_resnet50 | EleutherAI/gpt-j-6b | 8392704",
        "limber | | microsoft/beit-large-patch16-224-pt22k | EleutherAI/gpt-j-6b | 4198400",
        "magma | encoder_rate: 0 | openai/RN50x16 | EleutherAI/gpt-j-6b | 247619584",
        "magma | | openai/RN50x16 | EleutherAI/gpt-j-6b | 383822224",
        "blip2 | | openai/clip-vit-large-patch14 | facebook/opt-2.7b | 103593984",
        "blip2 | | lavis/eva_vit_g | facebook/opt-2.7b | 107133696",
        "blip2 | | lavis/eva_vit_g | facebook/opt-6.7b | 108314880",
        "minigpt4 | | lavis/eva_vit_g | lmsys/vicuna-13b-v1.5 | 3937280",
        "minigpt4 | | lavis/eva_vit_g | lmsys/vicuna-7b-v1.5 | 3149824",
        "minigpt4 | source: patches | lavis/eva_vit_g | meta-llama/Llama-2-7b-hf | 23072768",
        "llava | | openai/clip-vit-large-patch14-336 | lmsys/vicuna-7b-v1.5 | 20979712",
        "llava | | openai/clip-vit-large-patch14-336 | lmsys/vicuna-13b-v1.5 | 31467520",
        // BART, a linear map of 512 to 1024 with its bias, and one of 1024 to 512 without.
        "vlkd | | openai/clip-vit-base-patch16 | facebook/bart-large | 407341056",
        "vlkd | states: 4 | openai/clip-vit-base-patch16 | facebook/bart-large | 408916992",
      })
  void countsWhatThePapersTrain(
      String method, String sizes, String vision, String language, long trained) {
    MethodKind kind = MethodKind.named(method, "test");
    MethodConfig config =
        RecipeReader.readText(sizes == null ? "" : sizes, "test", List.of(), kind::config).value();
    Pair pair =
        new Pair(
            KnownBackbones.encoder(vision, config.output()),
            KnownBackbones.languageModel(language));
    assertThat(config.describe(pair).trainedParameters()).isEqualTo(trained);
  }

  /** METHODS of VLKD: the published 406 million are BART's. */
  @Test
  void countsBartLarge() {
    long words = 50_265L * 1024;
    long positions = 2L * 1026 * 1024;
    long encoder = 12L * 12_596_224;
    long decoder = 12L * 16_796_672;
    long norms = 2L * 2 * 1024;
    assertThat(words + positions + encoder + decoder + norms).isEqualTo(406_291_456L);
    assertThat(KnownBackbones.languageModel("facebook/bart-large").parameters())
        .isEqualTo(406_291_456L);
    Pair decoderAlone =
        new Pair(
            KnownBackbones.encoder("openai/clip-vit-base-patch16", "one"),
            KnownBackbones.languageModel("gpt2"));
    assertThatThrownBy(() -> MethodKind.VLKD.published().describe(decoderAlone))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not gpt2")
        .hasMessageContaining("facebook/bart-large");
  }

  /** OpenFlamingo's two new words are counted apart from its published number. */
  @ParameterizedTest
  @CsvSource({"2048, 24, 1, 944019504", "2560, 32, 2, 960763936", "4096, 32, 4, 1178834960"})
  void countsWhatOpenFlamingoTrains(int width, int layers, int every, long published) {
    MethodConfig config =
        RecipeReader.readText("every: " + every, "test", List.of(), MethodKind.FLAMINGO::config)
            .value();
    Pair pair =
        new Pair(
            KnownBackbones.encoder("openai/clip-vit-large-patch14"),
            new LanguageSpec(
                "mpt",
                "none",
                width,
                1,
                new LanguageSpec.Layers("mpt", layers, width, width, width)));
    assertThat(config.describe(pair).trainedParameters()).isEqualTo(published + 2L * width);
  }

  /** FlanT5-XL and XXL, by the widths of their embeddings. */
  @ParameterizedTest
  @CsvSource({
    "lavis/eva_vit_g, 2048, 106739968",
    "lavis/eva_vit_g, 4096, 108314880",
    "openai/clip-vit-large-patch14, 2048, 103200256"
  })
  void countsBlip2InFrontOfFlanT5(String vision, int width, long trained) {
    Pair pair =
        new Pair(
            KnownBackbones.encoder(vision),
            new LanguageSpec(
                "t5", "none", width, 1, new LanguageSpec.Layers("t5", 24, width, width, width)));
    assertThat(MethodKind.BLIP2.published().describe(pair).trainedParameters()).isEqualTo(trained);
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
