package io.lorgnette.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class HtmlTest {

  @Test
  void escapesTextAndAttributes() {
    String html = new Html().leaf("p", "<b> & 'c'", "title", "\" onclick=\"x").finish();
    assertThat(html)
        .isEqualTo("<p title=\"&quot; onclick=&quot;x\">&lt;b&gt; &amp; &#39;c&#39;</p>");
  }

  @Test
  void replacesWhatHtmlForbids() {
    assertThat(Html.escape("a\u0000b\u001bc\ud83dd\ud83d\ude00\n"))
        .isEqualTo("a\ufffdb\ufffdc\ufffdd\ud83d\ude00\n");
  }

  @Test
  void anOpenElementIsAProgrammingError() {
    assertThatThrownBy(() -> new Html().open("p").finish())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("p");
  }

  @Test
  void numbersReadAlikeEverywhere() {
    assertThat(Numbers.percent(0.41249)).isEqualTo("41.2");
    assertThat(Numbers.signedPercent(-0.0504)).isEqualTo("\u22125.0");
    assertThat(Numbers.signedPercent(-0.0001)).isEqualTo("0.0");
    assertThat(Numbers.interval(0.38, Double.NaN)).isEmpty();
    assertThat(Numbers.duration(3725)).isEqualTo("1 h 02 min");
    assertThat(Numbers.share(3, 100_000)).isEqualTo("< 0.1 %");
    assertThat(Scale.of(0, 600).ticks()).containsExactly(0.0, 200.0, 400.0, 600.0);
    assertThat(Scale.label(0.30000000000000004, 0.1)).isEqualTo("0.3");
  }
}
