package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Prompt;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A conversation about images in the words that a method was trained with: what was asked and
 * answered before stands as shots before the question, as in few-shot prompts (MAPL, Flamingo). A
 * question without an image of its own is about the one before it; an image without a question is
 * captioned.
 *
 * <p>Legend: P embeddings of an image, D their width.
 *
 * @param prompt borrows what was seen
 * @param sentences after how many stop tokens the answer ends: one for each question mark, at least
 *     one
 * @param caption whether it is a caption, whose full stop belongs to it
 */
public record Dialogue(Prompt prompt, int sentences, boolean caption) {

  /**
   * Who speaks.
   *
   * @since 0.1
   */
  public enum Role {
    /** Says how to answer; stands before everything. */
    SYSTEM,
    /** Asks. */
    USER,
    /** Answers. */
    ASSISTANT
  }

  /**
   * What was said at once.
   *
   * @param seen of each image {@code [P, D]}, a row of {@link Method#see}; borrowed
   * @param text may be empty beside images
   */
  public record Turn(Role role, List<Tensor> seen, String text) {

    public Turn {
      seen = List.copyOf(seen);
    }
  }

  /**
   * How many tokens the answer may have at most, its last one included.
   *
   * @return 0 or less if the conversation leaves no room in the model's positions
   */
  public int room(Method method) {
    return method.backbones().lm().positions() - prompt.length() + 1;
  }

  /** A question, and its answer once it is known. */
  private record Exchange(List<Tensor> seen, String question, String answer) {}

  /**
   * The prompt for what comes next.
   *
   * @param turns the last of them the user's
   * @throws InputException if there is nothing to answer, or the method can not see what is shown
   */
  public static Dialogue of(Method method, List<Turn> turns) {
    StringBuilder system = new StringBuilder();
    List<Exchange> exchanges = new ArrayList<>();
    List<Tensor> images = new ArrayList<>(); // of the question that is open
    List<Tensor> last = List.of(); // of the question before
    StringBuilder question = new StringBuilder();
    boolean open = false;
    for (Turn turn : turns) {
      switch (turn.role()) {
        case SYSTEM -> append(system, turn.text());
        case USER -> {
          images.addAll(turn.seen());
          append(question, turn.text());
          open = true;
        }
        case ASSISTANT -> {
          if (!open) {
            throw new InputException(
                "an answer of the assistant follows no message of the user; put the question"
                    + " before it");
          }
          last = images.isEmpty() ? last : List.copyOf(images);
          exchanges.add(new Exchange(last, question.toString(), turn.text()));
          images.clear();
          question.setLength(0);
          open = false;
        }
      }
    }
    if (!open) {
      throw new InputException("the last message is not the user's; end with a question");
    }
    List<Tensor> seen = images.isEmpty() ? last : images;
    return of(method, system.toString(), exchanges, new Exchange(seen, question.toString(), ""));
  }

  private static void append(StringBuilder text, String more) {
    if (!more.isBlank()) {
      text.append(text.isEmpty() ? "" : "\n").append(more.strip());
    }
  }

  private static Dialogue of(Method method, String system, List<Exchange> shots, Exchange asked) {
    boolean caption = asked.question().isEmpty();
    if (caption && asked.seen().isEmpty()) {
      throw new InputException("the last message is empty; give a question or an image");
    }
    Tensor seen = seen(method, asked);
    Prompt prompt;
    if (caption) {
      if (!shots.isEmpty()) {
        throw new InputException(
            "the last message has no question; captions are made of images without a conversation"
                + " before them");
      }
      prompt = method.caption(seen);
    } else {
      List<Method.Shot> shown = new ArrayList<>();
      for (Exchange shot : shots) {
        shown.add(new Method.Shot(seen(method, shot), shot.question(), shot.answer()));
      }
      prompt = method.answer(seen, asked.question(), shown);
    }
    if (!system.isEmpty()) {
      prompt = Prompt.of(method.prompts().text(system)).then(prompt);
    }
    return new Dialogue(prompt, Speaker.sentences(asked.question()), caption);
  }

  /** All images of a question, {@code [P, D]}; no embeddings where there is none. */
  private static Tensor seen(Method method, Exchange exchange) {
    List<Tensor> images = exchange.seen();
    if (images.size() == 1) {
      return images.get(0);
    }
    if (!(method instanceof PrefixMethod)) {
      throw new InputException(
          "this model looks at one image with each question, not at "
              + images.size()
              + "; ask about one at a time");
    }
    return images.isEmpty()
        ? Tensors.zeros(
            method.backbones().lm().dtype(), method.backbones().lm().device(), 0, width(method))
        : Tensors.cat(0, images.toArray(Tensor[]::new));
  }

  private static int width(Method method) {
    return method.backbones().lm().width();
  }
}
