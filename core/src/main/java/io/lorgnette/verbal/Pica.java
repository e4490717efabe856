package io.lorgnette.verbal;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.TextModel;
import io.lorgnette.text.StreamDecoder;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * PICa (Yang et al. 2022): a language model that was trained for nothing of this answers questions
 * about images that it reads of. Several prompts with different examples are one question's
 * ensemble; the answer that the model is surest of is kept.
 *
 * <p>Immutable and safe for use by several threads; model and tokenizer stay the caller's.
 */
public final class Pica {

  /** The reference's settings: greedy, five tokens. */
  public static final int TOKENS = 5;

  private static final String END = "\n";
  private static final Set<String> REMOVED = Set.of("a", "an", "the", "to", "");
  private final TextModel lm;
  private final Tokenizer tokenizer;
  private final GenerationConfig config;
  private final Generator generator;

  /** PICa over a language model. */
  public Pica(TextModel lm, Tokenizer tokenizer) {
    this.lm = lm;
    this.tokenizer = tokenizer;
    config =
        GenerationConfig.greedy(TOKENS)
            .withEos(TextEnds.of(tokenizer, lm.vocabulary()))
            .withStop(END);
    generator = new Generator(lm, tokenizer);
  }

  /** How answers are decoded. */
  public GenerationConfig decoding() {
    return config;
  }

  /**
   * What one member of an ensemble says.
   *
   * @param answer cleaned
   * @param score sum of the log-probabilities of the tokens before the newline, in nats; 0 for
   *     none, as in the reference
   * @param tokens of these
   */
  public record Said(String answer, double score, int tokens) {}

  /**
   * The answer of an ensemble.
   *
   * @param best number of the member that is believed
   * @param members what each of them says
   */
  public record Answer(int best, List<Said> members) {

    public Answer {
      members = List.copyOf(members);
    }

    /** The member with the highest score, the first among equals. */
    public static Answer of(List<Said> members) {
      int best = 0;
      for (int i = 1; i < members.size(); i++) {
        if (members.get(i).score() > members.get(best).score()) {
          best = i;
        }
      }
      return new Answer(best, members);
    }

    /** What the believed member says. */
    public Said said() {
      return members.get(best);
    }
  }

  /**
   * Answers questions.
   *
   * @param prompts of each question one for each member, at least one; equal ones run once
   * @throws InputException if one does not fit into the model's positions
   */
  public List<Answer> answers(List<List<String>> prompts) {
    List<String> different =
        new ArrayList<>(
            prompts.stream()
                .flatMap(List::stream)
                .collect(Collectors.toCollection(LinkedHashSet::new)));
    List<Prompt> encoded = different.stream().map(this::encode).toList();
    List<Generation> generations = generator.generate(encoded, config);
    List<Answer> answers = new ArrayList<>();
    for (List<String> members : prompts) {
      answers.add(
          Answer.of(
              members.stream()
                  .map(member -> said(generations.get(different.indexOf(member))))
                  .toList()));
    }
    return answers;
  }

  private Prompt encode(String text) {
    int[] ids = tokenizer.encode(text);
    if (ids.length + TOKENS - 1L > lm.positions()) {
      throw new InputException(
          "a prompt of "
              + ids.length
              + " tokens and "
              + TOKENS
              + " of an answer exceed the language model's "
              + lm.positions()
              + " positions; ask with fewer shots or fewer tags, or use a model with more"
              + " positions");
    }
    return Prompt.of(ids);
  }

  private Said said(Generation generation) {
    int tokens = before(generation);
    double sum = 0;
    for (int i = 0; i < tokens; i++) {
      sum += generation.logProbabilities()[i];
    }
    return new Said(clean(generation.text().orElseThrow()), sum, tokens);
  }

  /** Tokens before the one that brings the newline or the end of the text. */
  private int before(Generation generation) {
    int[] ids = generation.ids();
    StreamDecoder decoder = tokenizer.stream(true);
    for (int i = 0; i < ids.length; i++) {
      if (config.eos().contains(ids[i]) || decoder.add(ids[i]).contains(END)) {
        return i;
      }
    }
    return ids.length;
  }

  /**
   * The reference's clean-up: no full stops and commas, lower case, without the words a, an, the
   * and to, single blanks.
   */
  public static String clean(String answer) {
    String plain = answer.replace(".", "").replace(",", "").toLowerCase(Locale.ROOT);
    return Arrays.stream(plain.split(" ", -1))
        .filter(word -> !REMOVED.contains(word))
        .collect(Collectors.joining(" "));
  }
}
