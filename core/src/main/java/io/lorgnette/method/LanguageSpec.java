package io.lorgnette.method;

import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import java.util.Locale;

/**
 * What a method has to know of a language model, so that parameters be counted without weights.
 *
 * @param name for people, e.g. {@code EleutherAI/gpt-j-6b}
 * @param identity hash of the weights, see {@link TextModel#identity}
 * @param width D, of its word embeddings
 * @param parameters an output matrix that is the embedding counted once
 * @param layers where a method may put something between its parts
 */
public record LanguageSpec(
    String name, String identity, int width, long parameters, Layers layers) {

  /**
   * The layers, those of the decoder where there is an encoder too.
   *
   * @param family as {@code model_type} of its {@code config.json}
   * @param count of layers
   * @param width W, of the stream through them
   * @param queries width of all queries of a token
   * @param keys width of all keys of a token, and of all values
   */
  public record Layers(String family, int count, int width, int queries, int keys) {

    /** The published name of a layer. */
    String layer(int index) {
      String list =
          switch (family) {
            case "gpt2", "gpt_neo", "gptj" -> "transformer.h";
            case "opt" -> "model.decoder.layers";
            default -> "model.layers";
          };
      return list + "." + index;
    }

    /** The published name of a layer's attention. */
    String attention() {
      return switch (family) {
        case "gpt2", "gptj" -> "attn";
        case "gpt_neo" -> "attn.attention";
        default -> "self_attn";
      };
    }
  }

  /** Describes a loaded model. */
  public static LanguageSpec of(String name, TextModel model) {
    return model instanceof EncoderDecoder encoderDecoder
        ? of(name, model.identity(), encoderDecoder.config())
        : of(name, model.identity(), ((LanguageModel) model).config());
  }

  /** Describes a decoder by its configuration. */
  public static LanguageSpec of(String name, String identity, DecoderConfig config) {
    Layers layers =
        new Layers(
            modelType(config.family()),
            config.layers(),
            config.inner(),
            config.heads() * config.headWidth(),
            config.kvHeads() * config.headWidth());
    return new LanguageSpec(name, identity, config.width(), config.parameterCount(), layers);
  }

  /** Describes an encoder-decoder by its configuration. */
  public static LanguageSpec of(String name, String identity, EncoderDecoderConfig config) {
    EncoderDecoderConfig.Stack decoder = config.decoder();
    int inner = decoder.heads() * decoder.headWidth();
    String family = config.family().name().toLowerCase(Locale.ROOT);
    Layers layers = new Layers(family, decoder.layers(), config.width(), inner, inner);
    return new LanguageSpec(name, identity, config.width(), config.parameterCount(), layers);
  }

  private static String modelType(DecoderConfig.Family family) {
    String name = family.name().toLowerCase(Locale.ROOT);
    return family == DecoderConfig.Family.GPT_J ? "gptj" : name;
  }
}
