package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.data.Example;
import io.lorgnette.data.ImageRef;
import io.lorgnette.data.ImageSource;
import io.lorgnette.data.Question;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.View;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ViewsTest {

  private static final Views FOUR = new Views(4, 0.6, 4.0 / 3, true, 1);

  private static FeatureKey photo(int number) {
    return FeatureKey.of(new byte[] {(byte) number, (byte) (number >> 8)}, 0);
  }

  private static Example told(String caption) {
    return told(List.of(caption), List.of());
  }

  private static Example told(List<String> captions, List<Question> questions) {
    return new Example("1", new ImageRef("1.jpg", (ImageSource) null), captions, questions);
  }

  private static List<View> many(Views views, Example texts) {
    List<View> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.addAll(views.of(photo(i), texts));
    }
    return all;
  }

  @Test
  void theSamePhotoHasTheSameViews() {
    Example dog = told("A dog runs.");
    assertThat(FOUR.of(photo(7), dog)).hasSize(4).isEqualTo(FOUR.of(photo(7), dog));
    assertThat(FOUR.of(photo(8), dog)).isNotEqualTo(FOUR.of(photo(7), dog));
    Views other = new Views(4, 0.6, 4.0 / 3, true, 2);
    assertThat(other.of(photo(7), dog)).isNotEqualTo(FOUR.of(photo(7), dog));
    // More of them begin with the same.
    Views six = new Views(6, 0.6, 4.0 / 3, true, 1);
    assertThat(six.of(photo(7), dog)).startsWith(FOUR.of(photo(7), dog).toArray(View[]::new));
  }

  @Test
  void haveTheSizesAndShapesThatTheRecipeAllows() {
    List<View> all = many(FOUR, told("A dog runs."));
    double half = 0.5 / View.PARTS; // rounding
    int wide = 0;
    int high = 0;
    for (View view : all) {
      double width = 1 - (view.left() + view.right()) / (double) View.PARTS;
      double height = 1 - (view.top() + view.bottom()) / (double) View.PARTS;
      assertThat((width + half) * (height + half)).isGreaterThanOrEqualTo(0.6);
      assertThat((width - half) / (height + half)).isLessThanOrEqualTo(4.0 / 3);
      assertThat((height - half) / (width + half)).isLessThanOrEqualTo(4.0 / 3);
      wide += width / height > 1.15 ? 1 : 0;
      high += height / width > 1.15 ? 1 : 0;
    }
    assertThat(wide).isGreaterThan(100);
    assertThat(high).isGreaterThan(100);
    assertThat(all.stream().filter(View::mirrored).count()).isBetween(500L, 700L);
    assertThat(all.stream().map(View::left).distinct().count()).isGreaterThan(20);
  }

  @Test
  void areTheWholePhotoWhereAllOfItIsAskedFor() {
    assertThat(many(new Views(1, 1, 4, false, 1), told("A dog runs."))).containsOnly(View.PLAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a man on the left", "The Right hand", "leftmost", "he turns leftwards ."})
  void mirrorNoPhotoWhoseTextsNameASide(String text) {
    assertThat(many(FOUR, told(text))).noneMatch(View::mirrored);
    Question asked = new Question("1", text, "", "", List.of());
    Question answered = new Question("1", "Where?", "", "", List.of("here", text));
    assertThat(many(FOUR, told(List.of(), List.of(asked)))).noneMatch(View::mirrored);
    assertThat(many(FOUR, told(List.of(), List.of(answered)))).noneMatch(View::mirrored);
    // All else stays.
    assertThat(FOUR.of(photo(1), told(text)))
        .extracting(View::left)
        .isEqualTo(FOUR.of(photo(1), told("A dog.")).stream().map(View::left).toList());
  }

  @Test
  void otherWordsNameNoSide() {
    assertThat(many(FOUR, told("a bright cleft , upright"))).anyMatch(View::mirrored);
    assertThat(many(new Views(4, 0.6, 1.2, false, 1), told("a dog"))).noneMatch(View::mirrored);
  }
}
