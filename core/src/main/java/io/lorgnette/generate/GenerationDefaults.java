package io.lorgnette.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig.EarlyStopping;
import io.lorgnette.generate.GenerationConfig.Forced;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.language.HfFields;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a checkpoint's authors want it to be generated from: Hugging Face's {@code
 * generation_config.json}, or the same keys in a {@code config.json} of an older release.
 *
 * <p>Read are {@code max_new_tokens}, {@code max_length}, {@code min_new_tokens}, {@code
 * min_length}, {@code eos_token_id}, {@code num_beams}, {@code length_penalty}, {@code
 * early_stopping}, {@code num_return_sequences}, {@code repetition_penalty}, {@code
 * no_repeat_ngram_size}, {@code do_sample} with {@code temperature}, {@code top_k} and {@code
 * top_p}, {@code stop_strings}, {@code forced_bos_token_id} and {@code forced_eos_token_id}. What
 * is absent has Hugging Face's default; a draw has seed 0.
 *
 * <p>Ignored, for no answer depends on them, are ids that belong to the model ({@code
 * bos_token_id}, {@code pad_token_id}, {@code decoder_start_token_id}: the model's configuration
 * has them), caches and compilation ({@code use_cache}, {@code cache_implementation}, {@code
 * cache_config}, {@code max_cache_len}, {@code compile_config}, {@code disable_compile}, {@code
 * low_memory}, {@code prefill_chunk_size}, {@code continuous_batching_config}), what is returned
 * besides ({@code output_attentions}, {@code output_hidden_states}, {@code output_scores}, {@code
 * output_logits}, {@code return_dict_in_generate}, {@code return_legacy_cache}), helpers that guess
 * tokens and change none ({@code is_assistant}, {@code num_assistant_tokens}, {@code
 * num_assistant_tokens_schedule}, {@code assistant_confidence_threshold}, {@code
 * assistant_early_exit}, {@code assistant_lookbehind}, {@code target_lookbehind}, {@code
 * assistant_ensemble_weight}, {@code prompt_lookup_num_tokens}, {@code max_matching_ngram_size},
 * {@code speculation_type}, {@code use_mtp}), and {@code transformers_version}, {@code
 * _from_model_config}, {@code _commit_hash}. Other keys of Hugging Face's must be absent or say
 * that nothing is done; any further key is an error.
 *
 * @param base all but the lengths
 * @param maxNewTokens if given
 * @param maxLength of the sequence with its prompt, if given
 * @param minNewTokens if given
 * @param minLength of the sequence with its prompt; 0 if not given
 */
public record GenerationDefaults(
    GenerationConfig base,
    OptionalInt maxNewTokens,
    OptionalInt maxLength,
    OptionalInt minNewTokens,
    int minLength) {

  private static final int USUAL_NEW_TOKENS = 20;
  private static final int USUAL_TOP_K = 50;

  /**
   * Checks the lengths.
   *
   * @throws IllegalArgumentException naming the first that is out of range
   */
  public GenerationDefaults {
    atLeast(1, "max_new_tokens", maxNewTokens.orElse(1));
    atLeast(1, "max_length", maxLength.orElse(1));
    atLeast(0, "min_new_tokens", minNewTokens.orElse(0));
    atLeast(0, "min_length", minLength);
  }

  private static void atLeast(int least, String name, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + " but is " + value);
    }
  }

  /**
   * Reads the {@code generation_config.json} of a checkpoint's folder, or without one what its
   * {@code config.json} or GGUF file says.
   *
   * @throws InputException if neither can be read, or it asks for something that is not supported
   */
  public static GenerationDefaults read(Path folder) {
    HfFields fields = fields(folder);
    return of(fields.file(), fields.json());
  }

  private static HfFields fields(Path folder) {
    Path own = folder.resolve("generation_config.json");
    if (!Files.exists(own)) {
      return HfFields.ofModel(folder);
    }
    HfFields fields = HfFields.read(own);
    GenerationKeys.requireKnown(own, fields.json());
    return fields;
  }

  /**
   * As {@link #read(Path)}, with settings that take the place of the checkpoint's, as arguments of
   * {@code generate} do.
   *
   * @param from where the settings were read, for messages
   * @param settings an object with keys of a {@code generation_config.json}
   * @throws InputException if a key is unknown or asks for something that is not supported
   */
  public static GenerationDefaults read(Path folder, Path from, JsonNode settings) {
    return over(fields(folder).json(), from, settings);
  }

  /**
   * As {@link #read(Path, Path, JsonNode)}, over given keys instead of a folder's.
   *
   * @param keys of a {@code config.json}; others than settings are not looked at
   */
  public static GenerationDefaults over(JsonNode keys, Path from, JsonNode settings) {
    if (!settings.isObject()) {
      throw new InputException(from + " has settings " + settings + "; expected an object");
    }
    GenerationKeys.requireKnown(from, settings);
    ObjectNode all = (ObjectNode) keys.deepCopy();
    all.setAll((ObjectNode) settings);
    return of(from, all);
  }

  /** The settings among the keys of a JSON object; other keys are not looked at. */
  static GenerationDefaults of(Path file, JsonNode json) {
    JsonNode draw = json.path("do_sample");
    if (!draw.isMissingNode() && !draw.isNull() && !draw.isBoolean()) {
      throw new InputException(file + " has do_sample " + draw + "; expected true or false");
    }
    boolean sample = draw.asBoolean(false);
    GenerationKeys.refuseUnsupported(file, json, sample);
    try {
      GenerationConfig config =
          new GenerationConfig(
              USUAL_NEW_TOKENS,
              0,
              ids(file, json, "eos_token_id"),
              integer(file, json, "num_beams").orElse(1),
              number(file, json, "length_penalty"),
              earlyStopping(file, json.path("early_stopping")),
              integer(file, json, "num_return_sequences").orElse(1),
              number(file, json, "repetition_penalty"),
              integer(file, json, "no_repeat_ngram_size").orElse(0),
              sample
                  ? new Sampling(
                      number(file, json, "temperature"),
                      integer(file, json, "top_k").orElse(USUAL_TOP_K),
                      number(file, json, "top_p"),
                      0)
                  : null,
              texts(json.path("stop_strings")),
              new Forced(
                  integer(file, json, "forced_bos_token_id"),
                  ids(file, json, "forced_eos_token_id")));
      return new GenerationDefaults(
          config,
          integer(file, json, "max_new_tokens"),
          integer(file, json, "max_length"),
          integer(file, json, "min_new_tokens"),
          integer(file, json, "min_length").orElse(0));
    } catch (IllegalArgumentException e) {
      throw new InputException(file + " asks for what can not be done: " + e.getMessage(), e);
    }
  }

  private static EarlyStopping earlyStopping(Path file, JsonNode json) {
    return switch (json.asText("false")) {
      case "false", "" -> EarlyStopping.FALSE;
      case "true" -> EarlyStopping.TRUE;
      case "never" -> EarlyStopping.NEVER;
      default ->
          throw new InputException(
              file + " has early_stopping " + json + "; expected true, false or \"never\"");
    };
  }

  private static OptionalInt integer(Path file, JsonNode json, String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return OptionalInt.empty();
    }
    if (!value.isInt()) {
      throw new InputException(file + " has " + key + " " + value + "; expected a whole number");
    }
    return OptionalInt.of(value.intValue());
  }

  /** A number, or 1, which for all of them says that nothing is done. */
  private static double number(Path file, JsonNode json, String key) {
    JsonNode value = json.path(key);
    if (value.isMissingNode() || value.isNull()) {
      return 1;
    }
    if (!value.isNumber()) {
      throw new InputException(file + " has " + key + " " + value + "; expected a number");
    }
    return value.doubleValue();
  }

  /** One id, a list of them, or none. */
  private static Set<Integer> ids(Path file, JsonNode json, String key) {
    JsonNode value = json.path(key);
    Set<Integer> ids = new LinkedHashSet<>();
    if (value.isArray()) {
      for (JsonNode id : value) {
        if (!id.isInt()) {
          throw new InputException(file + " has " + key + " " + value + "; expected token ids");
        }
        ids.add(id.intValue());
      }
    } else {
      integer(file, json, key).ifPresent(ids::add);
    }
    return ids;
  }

  private static List<String> texts(JsonNode json) {
    List<String> texts = new ArrayList<>();
    if (json.isTextual()) {
      texts.add(json.textValue());
    }
    json.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  /**
   * The settings for a prompt, since Hugging Face counts it where it limits a whole sequence.
   *
   * @param promptLength tokens and embeddings before the first new token: of the longest prompt of
   *     a batch; for an encoder-decoder 1, its start token
   * @throws InputException if the prompt leaves no room
   */
  public GenerationConfig config(int promptLength) {
    int most = USUAL_NEW_TOKENS;
    if (maxNewTokens.isPresent()) {
      most = maxNewTokens.getAsInt();
    } else if (maxLength.isPresent()) {
      most = maxLength.getAsInt() - promptLength;
    }
    if (most < 1) {
      throw new InputException(
          "a prompt of "
              + promptLength
              + " tokens leaves none of the checkpoint's max_length "
              + maxLength.getAsInt()
              + " to an answer; shorten the prompt or say how many new tokens are allowed");
    }
    int least = minNewTokens.orElse(Math.max(0, minLength - promptLength));
    // An end token that has to wait for longer than there is time never comes, as in the reference.
    return base.withLength(Math.min(least, most), most);
  }
}
