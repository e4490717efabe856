package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Dice;
import java.util.ArrayList;
import java.util.List;

/** Asks ten people: most say the usual word, some say it in another way that is true as well. */
final class Poll {

  private final Dice dice;

  Poll(Dice dice) {
    this.dice = dice;
  }

  Question yesNo(String text, String type, boolean yes) {
    String answer = yes ? "yes" : "no";
    return question(text, type, "yes/no", List.of(answer), Question.ANSWERS);
  }

  /** Digits, sometimes spelt out. */
  Question number(String text, int count) {
    List<String> words = List.of(Integer.toString(count), NounPhrase.number(count));
    return question(text, "how many", "number", words, 8 + dice.below(3));
  }

  /** {@code words} from the most usual; all must be true. */
  Question other(String text, String type, List<String> words) {
    return question(text, type, "other", words, 6 + dice.below(4));
  }

  /** As {@link #other} with a fixed share for the first word. */
  Question other(String text, String type, List<String> words, int agreed) {
    return question(text, type, "other", words, agreed);
  }

  private Question question(
      String text, String type, String answerType, List<String> words, int agreed) {
    String best = words.get(0);
    List<String> answers = new ArrayList<>();
    for (int i = 0; i < Question.ANSWERS; i++) {
      boolean usual = i < agreed || words.size() == 1;
      answers.add(usual ? best : words.get(1 + dice.below(words.size() - 1)));
    }
    return new Question(text, type, answerType, dice.shuffled(answers), best);
  }
}
