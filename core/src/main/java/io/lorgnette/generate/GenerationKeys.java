package io.lorgnette.generate;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The keys of Hugging Face's generation settings; see {@link GenerationDefaults}. */
final class GenerationKeys {

  private static final Set<String> READ =
      words(
          """
          max_new_tokens max_length min_new_tokens min_length eos_token_id num_beams
          length_penalty early_stopping num_return_sequences repetition_penalty
          no_repeat_ngram_size do_sample temperature top_k top_p stop_strings
          forced_bos_token_id forced_eos_token_id
          """);

  private static final Set<String> HARMLESS =
      words(
          """
          bos_token_id pad_token_id decoder_start_token_id use_cache cache_implementation
          cache_config max_cache_len compile_config disable_compile low_memory
          prefill_chunk_size continuous_batching_config output_attentions
          output_hidden_states output_scores output_logits return_dict_in_generate
          return_legacy_cache is_assistant num_assistant_tokens
          num_assistant_tokens_schedule assistant_confidence_threshold
          assistant_early_exit assistant_lookbehind target_lookbehind
          assistant_ensemble_weight prompt_lookup_num_tokens max_matching_ngram_size
          speculation_type use_mtp transformers_version _from_model_config _commit_hash
          """);

  /** Keys that are not supported, with the number that says that nothing is done. */
  private static final Map<String, Double> NEUTRAL =
      Map.ofEntries(
          Map.entry("num_beam_groups", 1.0),
          Map.entry("diversity_penalty", 0.0),
          Map.entry("encoder_repetition_penalty", 1.0),
          Map.entry("encoder_no_repeat_ngram_size", 0.0),
          Map.entry("guidance_scale", 1.0),
          Map.entry("penalty_alpha", 0.0),
          Map.entry("renormalize_logits", 0.0),
          Map.entry("remove_invalid_values", 0.0),
          Map.entry("token_healing", 0.0),
          Map.entry("bad_words_ids", Double.NaN),
          Map.entry("constraints", Double.NaN),
          Map.entry("force_words_ids", Double.NaN),
          Map.entry("exponential_decay_length_penalty", Double.NaN),
          Map.entry("suppress_tokens", Double.NaN),
          Map.entry("begin_suppress_tokens", Double.NaN),
          Map.entry("sequence_bias", Double.NaN),
          Map.entry("watermarking_config", Double.NaN),
          Map.entry("dola_layers", Double.NaN),
          Map.entry("max_time", Double.NaN));

  /** As {@link #NEUTRAL}, of keys that matter only when sampling. */
  private static final Map<String, Double> NEUTRAL_SAMPLING =
      Map.of(
          "min_p",
          0.0,
          "typical_p",
          1.0,
          "epsilon_cutoff",
          0.0,
          "eta_cutoff",
          0.0,
          "top_h",
          Double.NaN);

  private GenerationKeys() {}

  private static Set<String> words(String text) {
    return Set.of(text.strip().split("\\s+"));
  }

  /**
   * @throws InputException listing keys that are none of Hugging Face's
   */
  static void requireKnown(Path file, JsonNode json) {
    Set<String> unknown = new TreeSet<>();
    json.fieldNames().forEachRemaining(unknown::add);
    unknown.removeAll(READ);
    unknown.removeAll(HARMLESS);
    unknown.removeAll(NEUTRAL.keySet());
    unknown.removeAll(NEUTRAL_SAMPLING.keySet());
    if (!unknown.isEmpty()) {
      throw new InputException(
          file + " has unknown keys " + unknown + "; remove them if they can be done without");
    }
  }

  /**
   * @throws InputException for a key that asks for something that is not done here
   */
  static void refuseUnsupported(Path file, JsonNode json, boolean sample) {
    refuse(file, json, NEUTRAL);
    if (sample) {
      refuse(file, json, NEUTRAL_SAMPLING);
    }
  }

  private static void refuse(Path file, JsonNode json, Map<String, Double> neutral) {
    neutral.forEach(
        (key, value) -> {
          JsonNode given = json.path(key);
          boolean nothing =
              given.isMissingNode()
                  || given.isNull()
                  || (given.isContainerNode() && given.isEmpty())
                  || (given.isNumber() && given.doubleValue() == value)
                  || (given.isBoolean() && !given.booleanValue());
          if (!nothing) {
            throw new InputException(file + " sets " + key + ", which is not supported");
          }
        });
  }
}
