package io.lorgnette.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.explain.Explanation;
import io.lorgnette.explain.Explanation.Attention;
import io.lorgnette.explain.Explanation.Neighbour;
import io.lorgnette.explain.Explanation.PrefixToken;
import io.lorgnette.explain.Explanation.Time;
import io.lorgnette.explain.Explanation.Word;
import io.lorgnette.image.RgbImage;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page and the JSON of an explanation that is made up. */
class ExplanationPageTest {

  private static Explanation madeUp(Attention attention, List<PrefixToken> prefix) {
    RgbImage seen = new RgbImage(2, 2, new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
    List<Word> words =
        List.of(
            new Word("<b>red</b>", Math.log(0.5), Math.log(0.25), List.of(0.0, 0.0, 1.5, -0.25)),
            new Word("", -0.001, -0.001, List.of(0.0, 0.0, 0.001, 0.0)));
    return new Explanation(
        seen,
        Optional.of("Which colour?"),
        "<b>red</b>",
        "blue",
        words,
        prefix,
        2,
        attention,
        5,
        2,
        new Time(1_500_000, 2, 3, 0, 5));
  }

  private static Explanation withMaps() {
    Attention attention =
        new Attention(2, 2, List.of(List.of(0.4, 0.1, 0.1, 0.1), List.of(0.2, 0.1, 0.3, 0.1)), "");
    PrefixToken token =
        new PrefixToken(List.of(new Neighbour(7, " dog", 0.25), new Neighbour(8, " ", -0.5)));
    return madeUp(attention, List.of(token, token));
  }

  @Test
  void showsWordsMapsAndNeighbours() {
    String page = ExplanationPage.of(withMaps(), "a & b.jpg");
    assertThat(page)
        .contains("<h1 dir=\"auto\">a &amp; b.jpg</h1>")
        .contains("&lt;b&gt;red&lt;/b&gt;")
        .doesNotContain("<b>red</b>")
        .contains("Without it the model says: blue")
        .contains("50.0 %", "25.0 %", "+0.69")
        .contains("+1.50 nats at most")
        .contains("red&lt;/b&gt;: strongest at the middle left")
        .contains("(end): no region matters")
        .contains("Attention of no. 1: strongest at the top left")
        .contains("elsewhere 30.0 %")
        .contains("<bdi>dog</bdi><small>0.25</small>")
        .contains("<bdi>\u2423</bdi><small>\u22120.50</small>")
        .contains("1.5 ms")
        .doesNotContain("<script")
        .doesNotContain("http://")
        .doesNotContain("https://");
    // The photo once, a map for each word, for each embedding and for all.
    assertThat(page.split("data:image/png", -1)).hasSize(1 + 1 + 2 + 2 + 1);
  }

  @Test
  void saysWhatThereIsNot() {
    Attention none = new Attention(0, 0, List.of(), "it is blind");
    String page = ExplanationPage.of(madeUp(none, List.of()), "a.jpg");
    assertThat(page)
        .contains("No map of attention: it is blind.")
        .contains("looks at from inside")
        .doesNotContain("Words nearest");
    JsonNode json = ExplanationJson.of(madeUp(none, List.of()));
    assertThat(json.path("attention").path("missing").textValue()).isEqualTo("it is blind");
  }

  @Test
  void heatIsOpaqueWhereValuesAreLarge() throws IOException {
    String uri = PngImage.heat(List.of(0.0, 2.0, -1.0, 4.0), 2, 2);
    byte[] png = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    BufferedImage image = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(image.getRGB(0, 0) >>> 24).isZero();
    assertThat(image.getRGB(1, 0) >>> 24).isEqualTo(217);
    assertThat(image.getRGB(1, 1)).isEqualTo(image.getRGB(1, 0));
    assertThat(image.getRGB(0, 1) >>> 24).isEqualTo(108);
    assertThat(image.getRGB(0, 1) & 0xff).isGreaterThan(image.getRGB(1, 0) & 0xff);
  }

  @Test
  void jsonHasAllNumbers() {
    JsonNode json = ExplanationJson.of(withMaps());
    assertThat(json.path("question").textValue()).isEqualTo("Which colour?");
    assertThat(json.path("words").path(0).path("lost").path(2).doubleValue()).isEqualTo(1.5);
    assertThat(json.path("words").path(0).path("seeing").doubleValue()).isEqualTo(Math.log(0.5));
    assertThat(json.path("prefix").path("length").intValue()).isEqualTo(2);
    assertThat(json.path("prefix").path("nearest").path(1).path(0).path("word").textValue())
        .isEqualTo(" dog");
    assertThat(json.path("attention").path("maps").path(1).path(2).doubleValue()).isEqualTo(0.3);
    assertThat(json.path("milliseconds").path("crop").doubleValue()).isEqualTo(1.5);
    assertThat(json.path("photo").path("tokens").intValue()).isEqualTo(5);
  }

  @Test
  void isWrittenAsAFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("new").resolve("page.html");
    ExplanationPage.write(withMaps(), "a.jpg", file);
    assertThat(Files.readString(file)).isEqualTo(ExplanationPage.of(withMaps(), "a.jpg"));
  }
}
