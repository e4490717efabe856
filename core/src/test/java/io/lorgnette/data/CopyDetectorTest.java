package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The guard of {@link NothingCopiedTest} can fail. */
class CopyDetectorTest {
  private final CopyDetector detector = new CopyDetector();
  private final byte[] photo = new byte[500];

  @BeforeEach
  void addOriginals() {
    new Random(1).nextBytes(photo);
    detector.addPhoto(photo);
    detector.addSentence("Seven small otters are juggling pebbles near the pier .");
    detector.addSentence("Too short to count.");
  }

  private int found(String text) {
    return detector.copiesIn(text.getBytes(StandardCharsets.UTF_8)).size();
  }

  @Test
  void findsSentencesInAnyDress() {
    String sentence = "seven small otters are juggling pebbles near the pier";
    assertThat(found("x = \"" + sentence + "\";")).isEqualTo(1);
    assertThat(found("{\"x\": \"Seven small\\notters are juggling pebbles near the pier.\"}"))
        .isEqualTo(1);
    assertThat(found("Seven small\n  otters ARE juggling, pebbles near the pier!")).isEqualTo(1);
    assertThat(found("and " + sentence + ", " + sentence)).isEqualTo(2);
    byte[] packed = NativeFiles.gzip(sentence.getBytes(StandardCharsets.UTF_8));
    assertThat(detector.copiesIn(packed)).hasSize(1);
  }

  @Test
  void partsAndShortSentencesAreNoCopies() {
    assertThat(found("seven small otters are juggling pebbles near the")).isZero();
    assertThat(found("small otters are juggling pebbles near the pier")).isZero();
    assertThat(found("too short to count")).isZero();
    assertThat(detector.sentenceCount()).isEqualTo(1);
  }

  @Test
  void findsPhotosAsTheyAreAndInReports() {
    assertThat(detector.copiesIn(photo)).containsExactly("a photo");
    String page = "<img src=\"data:image/jpeg;base64," + Base64.getEncoder().encodeToString(photo);
    assertThat(found(page + "\">")).isEqualTo(1);
    photo[7]++;
    assertThat(detector.copiesIn(photo)).isEmpty();
  }
}
