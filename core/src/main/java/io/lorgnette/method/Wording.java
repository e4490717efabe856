package io.lorgnette.method;

/**
 * The words of a system around images, questions and answers. Spaces count.
 *
 * @param begin the token in front of every piece of text, e.g. OPT's {@code </s>}; may be empty
 * @param instruction before the first image of a question, once; may be empty
 * @param question before a question
 * @param answer behind it
 * @param caption between an image and its caption; may be empty
 * @param end the token that ends captions and answers, one of the constants or a text of one token;
 *     a full stop is part of the sentence, another token follows it
 */
public record Wording(
    String begin, String instruction, String question, String answer, String caption, String end) {

  /** A sentence ends at its full stop. */
  public static final String FULL_STOP = ".";

  /** The language model's own end of a text, whatever its tokenizer calls it. */
  public static final String END_OF_TEXT = "";

  /** MAPL's; the layout of shots is a default where the paper is silent. */
  public static final Wording MAPL =
      new Wording("", "Please answer the question.", " Question: ", " Answer:", "", FULL_STOP);

  /** The same words as a language model's own tokenizer begins them. */
  Wording in(LanguageSpec language) {
    boolean opt = language.layers().family().equals("opt");
    return new Wording(opt ? "</s>" : "", instruction, question, answer, caption, end);
  }

  /** The same words with another end. */
  public Wording endingIn(String other) {
    return new Wording(begin, instruction, question, answer, caption, other);
  }
}
