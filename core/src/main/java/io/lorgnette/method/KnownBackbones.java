package io.lorgnette.method;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Sizes of published backbones, so that the parameters of a method can be told without fetching
 * gigabytes. Two closed lists; a model that is not in them is described from its own configuration.
 */
public final class KnownBackbones {

  /** The identity of a model of which only the sizes are known. */
  public static final String PUBLISHED = "published";

  /** CLIP counts are those of the vision part in Hugging Face's layout. */
  private static final List<EncoderSpec> ENCODERS =
      List.of(
          encoder("openai/clip-vit-base-patch32", 768, 50, 87_456_000L),
          encoder("openai/clip-vit-large-patch14", 1024, 257, 303_179_776L),
          encoder("openai/clip-vit-large-patch14-336", 1024, 577, 303_507_456L));

  private static final List<LanguageSpec> LANGUAGE_MODELS =
      List.of(
          language("gpt2", 768, 124_439_808L),
          language("gpt2-medium", 1024, 354_823_168L),
          language("gpt2-large", 1280, 774_030_080L),
          language("gpt2-xl", 1600, 1_557_611_200L),
          language("EleutherAI/gpt-j-6b", 4096, 6_050_882_784L),
          language("facebook/opt-2.7b", 2560, 2_651_596_800L));

  private KnownBackbones() {}

  private static EncoderSpec encoder(String name, int width, int tokens, long parameters) {
    return new EncoderSpec(name, PUBLISHED, PUBLISHED, width, tokens, parameters);
  }

  private static LanguageSpec language(String name, int width, long parameters) {
    return new LanguageSpec(name, PUBLISHED, width, parameters);
  }

  /** Vision encoders. */
  public static List<EncoderSpec> encoders() {
    return ENCODERS;
  }

  /** Language models. */
  public static List<LanguageSpec> languageModels() {
    return LANGUAGE_MODELS;
  }

  /**
   * A vision encoder by its name on the Hugging Face hub.
   *
   * @throws InputException naming the known ones
   */
  public static EncoderSpec encoder(String name) {
    return named("vision encoder", name, ENCODERS, EncoderSpec::name);
  }

  /**
   * A language model by its name on the Hugging Face hub.
   *
   * @throws InputException naming the known ones
   */
  public static LanguageSpec languageModel(String name) {
    return named("language model", name, LANGUAGE_MODELS, LanguageSpec::name);
  }

  private static <T> T named(String what, String name, List<T> known, Function<T, String> nameOf) {
    return known.stream()
        .filter(spec -> nameOf.apply(spec).equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "the sizes of "
                        + what
                        + " "
                        + name
                        + " are not known; give one of "
                        + known.stream().map(nameOf).collect(Collectors.joining(", "))
                        + ", or the folder of a model"));
  }
}
