package io.lorgnette.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SiteTest {

  @TempDir Path root;

  private Path page(String name, String html, Charset charset) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, html.getBytes(charset));
  }

  private void image(String name) throws Exception {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, "an image as far as this goes");
  }

  private Site scan() {
    return Site.scan(root, Site.Options.DEFAULT);
  }

  private List<String> found(Site site) {
    return site.places().stream()
        .map(p -> p.number() + " " + root.toAbsolutePath().relativize(p.image()))
        .map(text -> text.replace('\\', '/'))
        .toList();
  }

  @Test
  void filesOfImagesAreFoundAsABrowserWould() throws Exception {
    for (String name : List.of("img/a b.jpg", "img/ä.png", "deep/here.jpg", "img/2x.jpg")) {
      image(name);
    }
    page(
        "deep/page.html",
        """
        <h1>Our <em>house</em></h1>
        <p>By the sea. <img src="here.jpg"></p>
        <IMG SRC="../img/a%20b.jpg?v=3#x">
        <img src='/img/%C3%A4.png'>
        <img src="/img/ä.png">
        <img src="gone.jpg" srcset="gone-2.jpg 1x, /img/2x.jpg 2x">
        <picture><source srcset="../img/2x.jpg"><img></picture>
        <img src=data:image/gif;base64,R0lGODlhAQABAAAAACw= data-src=here.jpg>
        <a href="/start.html"><img src="here.jpg"></a>
        """,
        UTF_8);
    Site site = scan();
    assertThat(found(site))
        .containsExactly(
            "1 deep/here.jpg",
            "2 img/a b.jpg",
            "3 img/ä.png",
            "4 img/ä.png",
            "5 img/2x.jpg",
            "6 img/2x.jpg",
            "7 deep/here.jpg",
            "8 deep/here.jpg");
    assertThat(site.images()).hasSize(4);
    assertThat(site.places().get(0).heading()).isEqualTo("Our house");
    assertThat(site.places().get(0).context()).isEqualTo("By the sea.");
    assertThat(site.places().get(7).link()).isEqualTo("/start.html");
  }

  @Test
  void whatGetsNoTextIsListedWithItsReason() throws Exception {
    image("a.jpg");
    image("logo.svg");
    page(
        "index.html",
        """
        <img src="a.jpg" alt="A text"><img src="a.jpg" alt=""><img src="a.jpg" alt>
        <img src="gone.jpg"><img src="https://other.example/a.jpg"><img src="//cdn.example/a.jpg">
        <img src="logo.svg"><img src="../../outside.jpg"><img><img src="a.jpg" role="presentation">
        <img src="https://me.example/a.jpg">
        """,
        UTF_8);
    Files.write(root.resolve("wide.html"), new byte[] {(byte) 0xFF, (byte) 0xFE, '<', 0});
    Site site = Site.scan(root, new Site.Options(false, "https://me.example", null));
    assertThat(site.described()).isEqualTo(1);
    assertThat(site.decorative()).isEqualTo(2);
    assertThat(found(site)).containsExactly("11 a.jpg");
    assertThat(site.skipped())
        .extracting(Site.Skipped::reason)
        .satisfiesExactly(
            r -> assertThat(r).contains("no such file"),
            r -> assertThat(r).contains("another host"),
            r -> assertThat(r).contains("another host"),
            r -> assertThat(r).contains("SVG"),
            r -> assertThat(r).contains("outside"),
            r -> assertThat(r).contains("no address"),
            r -> assertThat(r).contains("hidden"),
            r -> assertThat(r).contains("UTF-16"));
    assertThat(Site.scan(root, new Site.Options(true, "", null)).places()).hasSize(2);
  }

  @Test
  void onlyTheAltAttributeChanges() throws Exception {
    image("a.jpg");
    String before =
        "\uFEFF<!doctype html>\r\n<Title>Grüße &amp mehr</title><p>loose\n<b>un<i>closed</b>\r"
            + "<!-- <img src=a.jpg> --><script>'<img src=\"a.jpg\">'</script>"
            + "<img\n  src=a.jpg\tclass=x  >"
            + "<IMG SRC='a.jpg' ALT='' title=\"a > b\"/><img alt src=a.jpg><img alt=   src=a.jpg>"
            + "é\u0001 <table><img src=a.jpg><tr></table><img src=\"a.jpg\" alt=\"there\"></p></html>\n\n";
    String after =
        before
            .replace("<img\n ", "<img alt=\"A &quot;dög&quot; &amp; &lt;1&gt; 😀.\"\n ")
            .replace("ALT=''", "alt=\"Two.\"")
            .replace("<img alt src", "<img alt=\"Three.\" src")
            .replace("<table><img src", "<table><img alt=\"Five.\" src");
    Path file = page("index.html", before, UTF_8);
    List<Proposal> proposals =
        List.of(
            new Proposal("index.html", 1, "a.jpg", "A \"dög\" & <1> 😀."),
            new Proposal("index.html", 2, "a.jpg", "Two."),
            new Proposal("index.html", 3, "a.jpg", "Three."),
            new Proposal("index.html", 5, "a.jpg", "Five."),
            new Proposal("index.html", 6, "a.jpg", "Another."),
            new Proposal("index.html", 1, "b.jpg", "Of a page that was."),
            new Proposal("no.html", 1, "b.jpg", "Of no page."),
            new Proposal("../x.html", 1, "b.jpg", "Of a page outside."));
    AltWriter.Outcome outcome = AltWriter.apply(root, proposals);
    assertThat(Files.readString(file)).isEqualTo(after);
    assertThat(outcome.written()).isEqualTo(4);
    assertThat(outcome.passed()).hasSize(4);
    AltWriter.Outcome again = AltWriter.apply(root, proposals);
    assertThat(Files.readString(file)).isEqualTo(after);
    assertThat(again.written()).isZero();
    assertThat(again.known()).isEqualTo(4);
  }

  @Test
  void theEncodingOfAPageStays() throws Exception {
    image("ä.jpg");
    for (String name : List.of("windows-1252", "Shift_JIS", "koi8-r")) {
      Charset charset = Charset.forName(name);
      String text = name.equals("Shift_JIS") ? "表ソ能" : name.equals("koi8-r") ? "привет" : "Grüße";
      String before = "<meta charset=" + name + "><p>" + text + "<img src='a.jpg'>" + text;
      Path file = page(name + ".html", before, charset);
      image("a.jpg");
      Site.Place place =
          scan().places().stream()
              .filter(p -> p.page().equals(name + ".html"))
              .findFirst()
              .orElseThrow();
      assertThat(place.context()).contains(text);
      AltWriter.apply(root, List.of(new Proposal(place.page(), 1, place.src(), text + " 😀")));
      assertThat(Files.readAllBytes(file))
          .isEqualTo(
              before.replace("<img", "<img alt=\"" + text + " &#128512;\"").getBytes(charset));
    }
  }

  @Test
  void longPagesKeepTheirPlaces() throws Exception {
    image("a.jpg");
    StringBuilder before = new StringBuilder();
    StringBuilder after = new StringBuilder();
    List<Proposal> proposals = new ArrayList<>();
    for (int i = 1; i <= 3000; i++) {
      before.append("<p>Zeile ü ").append(i).append("\r\n<img src=a.jpg></p>");
      after.append("<p>Zeile ü ").append(i).append("\r\n<img alt=\"").append(i);
      after.append("\" src=a.jpg></p>");
      proposals.add(new Proposal("long.html", i, "a.jpg", "" + i));
    }
    Path file = page("long.html", before.toString(), UTF_8);
    assertThat(AltWriter.apply(root, proposals).written()).isEqualTo(3000);
    assertThat(Files.readString(file)).isEqualTo(after.toString());
  }

  @Test
  void allBytesButTheTextsAreThoseOfBefore() throws Exception {
    image("a.jpg");
    byte[] before = new byte[4096];
    new java.util.Random(7).nextBytes(before);
    String noise = new String(before, ISO_8859_1).replace("<", "(");
    Path file = page("noise.html", noise + "<p><img src=a.jpg>" + noise, ISO_8859_1);
    AltWriter.apply(root, List.of(new Proposal("noise.html", 1, "a.jpg", "x")));
    assertThat(Files.readAllBytes(file))
        .isEqualTo((noise + "<p><img alt=\"x\" src=a.jpg>" + noise).getBytes(ISO_8859_1));
  }

  @Test
  void proposalsAreReadAsAPersonHasLeftThem() throws Exception {
    Path file = root.resolve("proposals.jsonl");
    List<Proposal> two =
        List.of(new Proposal("a.html", 1, "x.jpg", "One."), new Proposal("a.html", 2, "y.jpg", ""));
    Proposal.write(two, file);
    assertThat(Proposal.read(file)).isEqualTo(two);
    Files.writeString(file, Files.readString(file).replaceFirst(".*\n", "\n"));
    assertThat(Proposal.read(file)).isEqualTo(two.subList(1, 2));
    Files.writeString(file, "{\"page\": \"a.html\"}\n");
    assertThatThrownBy(() -> Proposal.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 1");
    assertThatThrownBy(() -> Site.scan(root.resolve("none"), Site.Options.DEFAULT))
        .hasMessageContaining("not a folder");
  }

  @Test
  void captionsBecomeShortSentences() {
    assertThat(AltText.of("a photo of two dogs on a beach .")).isEqualTo("Two dogs on a beach.");
    assertThat(AltText.of("Two dogs play in the grass.")).isEqualTo("Two dogs play in the grass.");
    assertThat(AltText.of("éclairs!")).isEqualTo("Éclairs!");
    assertThat(AltText.of("An image of the picture of a house"))
        .isEqualTo("The picture of a house.");
    assertThat(AltText.of(" . ")).isEmpty();
    String longer = AltText.of("a very long story of words ".repeat(20));
    assertThat(longer).endsWith("…").hasSizeLessThanOrEqualTo(AltText.LONGEST);
  }
}
