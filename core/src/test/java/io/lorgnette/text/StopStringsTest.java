package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class StopStringsTest {

  @Test
  void aStopStringInPiecesIsNeverShown() {
    StopStrings stops = new StopStrings(List.of("\nQuestion:", "###"));
    assertThat(stops.add("red")).isEqualTo("red");
    assertThat(stops.add(" and#")).isEqualTo(" and");
    assertThat(stops.add("# blue\n")).isEqualTo("## blue");
    assertThat(stops.add("Quest")).isEmpty();
    assertThat(stops.stopped()).isFalse();
    assertThat(stops.add("ion: What")).isEmpty();
    assertThat(stops.stopped()).isTrue();
    assertThat(stops.add("more")).isEmpty();
    assertThat(stops.finish()).isEmpty();
  }

  @Test
  void theFirstStopInTheTextWins() {
    StopStrings stops = new StopStrings(List.of("late", "b"));
    assertThat(stops.add("a b late")).isEqualTo("a ");
    assertThat(stops.stopped()).isTrue();
  }

  @Test
  void whatOnlyLookedLikeAStopComesAtTheEnd() {
    StopStrings stops = new StopStrings(List.of("aab"));
    assertThat(stops.add("xaa")).isEqualTo("x");
    assertThat(stops.add("a")).isEqualTo("a");
    assertThat(stops.finish()).isEqualTo("aa");
    assertThat(stops.stopped()).isFalse();
  }

  @Test
  void noStopsPassEverything() {
    StopStrings stops = new StopStrings(List.of());
    assertThat(stops.add("all")).isEqualTo("all");
    assertThatThrownBy(() -> new StopStrings(List.of("")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
