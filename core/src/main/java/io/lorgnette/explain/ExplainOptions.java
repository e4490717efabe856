package io.lorgnette.explain;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Speaker;
import java.util.Optional;

/**
 * What is to be explained, and how finely.
 *
 * @param question that is asked about the photo; empty for a caption
 * @param text whose words are explained; empty for what the model itself says
 * @param neighbours words that are named for each embedding of the prefix, 0 to 50
 * @param regions along a side of the photo, which are covered one by one, 1 to 16; 0 for none
 * @param decoding how the model chooses its words; it ends where the method's texts end
 */
public record ExplainOptions(
    Optional<String> question,
    Optional<String> text,
    int neighbours,
    int regions,
    GenerationConfig decoding) {

  /** Words named for each embedding at most. */
  public static final int MOST_NEIGHBOURS = 50;

  /** Regions along a side at most. */
  public static final int MOST_REGIONS = 16;

  /** A caption by MAPL's beam search, five neighbours, seven by seven regions. */
  public static final ExplainOptions CAPTION =
      new ExplainOptions(Optional.empty(), Optional.empty(), 5, 7, Speaker.MAPL);

  /**
   * Checks the numbers.
   *
   * @throws InputException if one is out of its range, or a text is blank
   */
  public ExplainOptions {
    if (neighbours < 0 || neighbours > MOST_NEIGHBOURS) {
      throw new InputException(
          "neighbours must be 0 to " + MOST_NEIGHBOURS + ", not " + neighbours);
    }
    if (regions < 0 || regions > MOST_REGIONS) {
      throw new InputException("regions must be 0 to " + MOST_REGIONS + ", not " + regions);
    }
    if (question.filter(String::isBlank).isPresent()) {
      throw new InputException("the question is empty; ask something, or leave it out");
    }
    if (text.filter(String::isBlank).isPresent()) {
      throw new InputException("the text to explain is empty; give it words, or leave it out");
    }
  }

  /** The same about an answer. */
  public ExplainOptions withQuestion(String asked) {
    return new ExplainOptions(Optional.of(asked), text, neighbours, regions, decoding);
  }

  /** The same about words of somebody else. */
  public ExplainOptions withText(String said) {
    return new ExplainOptions(question, Optional.of(said), neighbours, regions, decoding);
  }

  /** The same with other numbers. */
  public ExplainOptions with(int newNeighbours, int newRegions) {
    return new ExplainOptions(question, text, newNeighbours, newRegions, decoding);
  }

  /** The same by another search. */
  public ExplainOptions with(GenerationConfig newDecoding) {
    return new ExplainOptions(question, text, neighbours, regions, newDecoding);
  }
}
