package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CaptionKeywordsTest {

  private static List<String> captions() {
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      captions.add("A a%d b%d is on the c%d of d%d and e%d f%d g%d.".replace("%d", "x" + i));
    }
    return captions;
  }

  private static List<String> told(List<String> captions) {
    CaptionKeywords keywords = new CaptionKeywords();
    return captions.stream().map(keywords::before).toList();
  }

  @Test
  void wordsAreThoseThatSaySomethingEachOnce() {
    assertThat(CaptionKeywords.words("Two dogs' owner is at the dog's 2 dogs, and it's a dog."))
        .containsExactly("two", "dogs", "owner", "dog's", "2", "it's", "dog");
  }

  @Test
  void theCaptionStandsUnchangedBehindItsWords() {
    List<String> captions = captions();
    List<String> texts = told(captions);
    int alone = 0;
    int ordered = 0;
    int mistaken = 0;
    double kept = 0;
    for (int i = 0; i < texts.size(); i++) {
      String caption = captions.get(i);
      assertThat(texts.get(i)).endsWith(caption);
      if (texts.get(i).equals(caption)) {
        alone++;
        continue;
      }
      assertThat(texts.get(i)).endsWith(": " + caption);
      int end = texts.get(i).length() - caption.length() - 2;
      List<String> told = Arrays.asList(texts.get(i).substring(0, end).split(" "));
      Set<String> own = CaptionKeywords.words(caption);
      Set<String> right = new HashSet<>(told);
      right.retainAll(own);
      mistaken += own.containsAll(told) ? 0 : 1;
      kept += right.size() / (double) own.size();
      ordered += told.equals(own.stream().filter(told::contains).toList()) ? 1 : 0;
    }
    int behind = texts.size() - alone;
    // Seven words, of which between 35 and 100 % are told; a third of them get words of others.
    assertThat(alone / 2000.0).isBetween(0.12, 0.18);
    assertThat(kept / behind).isBetween(0.6, 0.75);
    assertThat(mistaken / (double) behind).isBetween(0.25, 0.4);
    assertThat(ordered / (double) behind).isLessThan(0.2);
  }

  @Test
  void theSameCaptionsBecomeTheSameTexts() {
    assertThat(told(captions())).isEqualTo(told(captions()));
  }

  @Test
  void aCaptionOfCommonWordsStaysAlone() {
    assertThat(told(List.of("It is this.", "It is that.")))
        .containsExactly("It is this.", "It is that.");
  }
}
