package io.lorgnette.evaluate;

import io.lorgnette.method.MethodKind;
import java.util.regex.Pattern;

/**
 * What is done to a generated answer before it is scored: each system's own rule, because a
 * sentence where a word is expected scores nothing.
 */
public enum PostProcessing {
  /** MAPL's: the text up to its full stop, which ended the generation, without white space. */
  SENTENCE("up to the full stop") {
    @Override
    public String answer(String generated) {
      return generated.strip();
    }
  },
  /** Frozen's, LiMBeR's and MAGMA's: the first line, without white space at its ends. */
  FIRST_LINE("the first line") {
    @Override
    public String answer(String generated) {
      return generated.strip().lines().findFirst().orElse("").strip();
    }
  },
  /**
   * OpenFlamingo's: what stands before the next "Question", "Answer" or "Short", and there before
   * the first comma that a blank follows.
   */
  OPEN_FLAMINGO("before Question, Answer or Short, then before a comma") {
    @Override
    public String answer(String generated) {
      String first = NEXT_SHOT.split(generated, 2)[0];
      return first.split(", ", 2)[0].strip();
    }
  },
  /** MiniGPT-4's: what stands before the next speaker and behind the last word of the assistant. */
  ASSISTANT("before ###, behind Assistant:") {
    @Override
    public String answer(String generated) {
      String said = generated.split("###", 2)[0];
      int last = said.lastIndexOf(SPEAKER);
      return (last < 0 ? said : said.substring(last + SPEAKER.length())).strip();
    }
  },
  /** BLIP-2's: no white space at the ends. */
  STRIP("white space removed") {
    @Override
    public String answer(String generated) {
      return generated.strip();
    }
  };

  private static final String SPEAKER = "Assistant:";
  private static final Pattern NEXT_SHOT = Pattern.compile("Question|Answer|Short");

  private final String variant;

  PostProcessing(String variant) {
    this.variant = variant;
  }

  /** What to publish with a score. */
  public String variant() {
    return variant;
  }

  /** The answer that is scored. */
  public abstract String answer(String generated);

  /** The rule of a system's publication; where none is known, that of its nearest relative. */
  public static PostProcessing of(MethodKind kind) {
    return switch (kind) {
      case MAPL, MAPL_BLIND -> SENTENCE;
      case FLAMINGO -> OPEN_FLAMINGO;
      case BLIP2, INSTRUCT_BLIP -> STRIP;
      case MINIGPT4 -> ASSISTANT;
      case CLIP_CAP, LIMBER, LLAVA, FROZEN, MAGMA, FINE_TUNE, LORA, VLKD -> FIRST_LINE;
    };
  }
}
