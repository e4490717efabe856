package io.lorgnette.metrics.spice;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import net.sf.extjwnl.JWNLException;
import net.sf.extjwnl.data.Exc;
import net.sf.extjwnl.data.IndexWord;
import net.sf.extjwnl.data.POS;
import net.sf.extjwnl.dictionary.Dictionary;

/**
 * WordNet 3.0's sets of synonyms, looked up as METEOR 1.5 does: those of the word itself and of its
 * base forms, in all parts of speech. Thread-safe.
 *
 * <p>A set is known by its offset alone. Offsets of different parts of speech coincide now and
 * then; METEOR's table, and so SPICE, has it so.
 */
final class Synsets {

  /** WordNet's rules of detachment: an ending and what takes its place. */
  private static final String[][] RULES = {
    {"s", ""}, {"ses", "s"}, {"xes", "x"}, {"zes", "z"}, {"ches", "ch"}, {"shes", "sh"},
    {"men", "man"}, {"ies", "y"}, {"es", "e"}, {"es", ""}, {"ed", "e"}, {"ed", ""},
    {"ing", "e"}, {"ing", ""}, {"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"},
  };

  private final Dictionary dictionary;
  private final Map<String, Set<Long>> known = new ConcurrentHashMap<>();

  Synsets() {
    try {
      dictionary = Dictionary.getDefaultResourceInstance();
    } catch (JWNLException e) {
      throw new IllegalStateException("WordNet on the class path can not be read", e);
    }
  }

  /**
   * The sets that a word or phrase belongs to; none for an unknown one.
   *
   * @param phrase in lower case, words separated by blanks
   */
  Set<Long> of(String phrase) {
    return known.computeIfAbsent(phrase, this::find);
  }

  private synchronized Set<Long> find(String phrase) {
    try {
      Set<Long> all = new HashSet<>(own(phrase));
      for (String base : baseForms(phrase)) {
        all.addAll(own(base));
      }
      return Set.copyOf(all);
    } catch (JWNLException e) {
      throw new IllegalStateException("WordNet can not be read at \"" + phrase + "\"", e);
    }
  }

  private List<String> baseForms(String phrase) throws JWNLException {
    List<String> bases = new ArrayList<>();
    for (POS pos : POS.getAllPOS()) {
      Exc exception = dictionary.getException(pos, phrase);
      if (exception != null) {
        bases.addAll(exception.getExceptions());
      }
    }
    if (!bases.isEmpty()) {
      return bases;
    }
    for (String[] rule : RULES) {
      if (phrase.endsWith(rule[0]) && phrase.length() > rule[0].length()) {
        String base = phrase.substring(0, phrase.length() - rule[0].length()) + rule[1];
        if (!own(base).isEmpty()) {
          return List.of(base);
        }
      }
    }
    return List.of();
  }

  private Set<Long> own(String phrase) throws JWNLException {
    Set<Long> offsets = new HashSet<>();
    for (POS pos : POS.getAllPOS()) {
      IndexWord word = dictionary.getIndexWord(pos, phrase);
      if (word != null) {
        for (long offset : word.getSynsetOffsets()) {
          offsets.add(offset);
        }
      }
    }
    return offsets;
  }
}
