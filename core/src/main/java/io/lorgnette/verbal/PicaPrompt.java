package io.lorgnette.verbal;

import java.util.List;

/**
 * PICa's prompt, character for character as {@code gpt3_api_okvqa.py} of Yang et al. (2022) builds
 * it.
 */
public final class PicaPrompt {

  private static final String HEADER =
      "Please answer the question according to the above context.\n===\n";

  private PicaPrompt() {}

  /**
   * An example.
   *
   * @param context its caption, without tags in the reference
   */
  public record Shot(String context, String question, String answer) {}

  /**
   * The prompt of one member of the ensemble.
   *
   * @param context of the image in question, see {@link Told#text}
   */
  public static String of(List<Shot> shots, String context, String question) {
    StringBuilder prompt = new StringBuilder(HEADER);
    for (Shot shot : shots) {
      context(prompt, shot.context());
      prompt.append("Q: ").append(shot.question()).append('\n');
      prompt.append("A: ").append(shot.answer()).append("\n\n===\n");
    }
    context(prompt, context);
    return prompt.append("Q: ").append(question).append("\nA:").toString();
  }

  private static void context(StringBuilder prompt, String context) {
    prompt.append("Context: ").append(context).append("\n===\n");
  }
}
