package io.lorgnette.weights;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The tokenizer inside a GGUF file, as it stands there.
 *
 * @param model {@code gpt2} for byte-level BPE with merges, {@code llama} for SentencePiece BPE
 *     with scores
 * @param pre name of the rule that splits text before BPE, e.g. {@code llama-bpe}; empty if the
 *     file has none
 * @param tokens by id
 * @param scores by id; empty where the model has none
 * @param types by id: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; or empty
 * @param merges pairs with a space between, best first; empty where the model has none
 * @param addBos whether texts begin with {@code bos}; what the model and its rule do where the file
 *     is silent
 * @param addEos whether texts end with {@code eos}
 * @param addSpacePrefix whether a space is put before a text
 * @param chatTemplates by name; the usual one is called "default"
 */
public record GgufVocabulary(
    String model,
    String pre,
    List<String> tokens,
    List<Double> scores,
    List<Long> types,
    List<String> merges,
    OptionalInt bos,
    OptionalInt eos,
    OptionalInt unknown,
    OptionalInt padding,
    Optional<Boolean> addBos,
    boolean addEos,
    boolean addSpacePrefix,
    Map<String, String> chatTemplates) {

  public GgufVocabulary {
    tokens = List.copyOf(tokens);
    scores = List.copyOf(scores);
    types = List.copyOf(types);
    merges = List.copyOf(merges);
    chatTemplates = Map.copyOf(chatTemplates);
  }
}
