package io.lorgnette.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * A vocabulary of byte-level pairs, wherever it was read.
 *
 * @param name what messages call it
 * @param vocabulary ids by token
 * @param merges the first ones first
 */
record BytePairs(String name, Map<String, Integer> vocabulary, List<BytePairs.Merge> merges) {

  /** Two tokens that become one. */
  record Merge(String left, String right) {

    /** Reads two tokens with a blank between; null if the line holds no such thing. */
    static Merge of(String line) {
      String[] pair = line.strip().split(" ", -1);
      return pair.length == 2 ? new Merge(pair[0], pair[1]) : null;
    }
  }

  /**
   * A definition without special tokens and without anything around a text.
   *
   * @param space whether a blank is put before a text
   * @param unknown the token of what has none, or null
   */
  TokenizerDefinition definition(BytePairRule rule, boolean space, String unknown) {
    ObjectNode model =
        TokenizerDefinition.part("BPE")
            .put("unk_token", unknown)
            .put("continuing_subword_prefix", "")
            .put("end_of_word_suffix", rule.endOfWord())
            .put("fuse_unk", false)
            .put("byte_fallback", false);
    if (rule.takesWholeWords()) {
      model.put("ignore_merges", true);
    }
    ObjectNode ids = model.putObject("vocab");
    vocabulary.forEach(ids::put);
    ArrayNode pairs = model.putArray("merges");
    merges.forEach(merge -> pairs.addArray().add(merge.left()).add(merge.right()));
    TokenizerDefinition definition = new TokenizerDefinition(name, vocabulary, model);
    rule.write(definition, space);
    return definition.decoder(TokenizerDefinition.byteLevel(true, true));
  }
}
