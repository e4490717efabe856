package io.lorgnette.report;

import io.lorgnette.explain.Explanation;
import io.lorgnette.explain.Explanation.Attention;
import io.lorgnette.explain.Explanation.Neighbour;
import io.lorgnette.explain.Explanation.PrefixToken;
import io.lorgnette.explain.Explanation.Time;
import io.lorgnette.explain.Explanation.Word;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * An explanation as one HTML page that needs nothing beside it: the photo as the model saw it, the
 * words blind and seeing, heat maps over the photo, words near the prefix.
 */
public final class ExplanationPage {

  /** What is left out of a map's description. */
  private static final double LEAST = 0.005;

  private static final List<String> THIRDS = List.of("top", "middle", "bottom");
  private static final List<String> SIDES = List.of("left", "centre", "right");

  private ExplanationPage() {}

  /**
   * Writes the page.
   *
   * @param photo its name, for people
   * @param html written whole or not at all
   * @throws io.lorgnette.error.InputException if the file can not be written
   */
  public static void write(Explanation explained, String photo, Path html) {
    WholeFile.writeText(html, "the page", out -> out.write(of(explained, photo)));
  }

  /** The page as text. */
  static String of(Explanation explained, String photo) {
    Html html = new Html();
    // The photo stands once in the page, below every heat map.
    String picture = ".over { background-image: url(" + PngImage.of(explained.seen()) + "); }\n";
    html.begin("Looking inside: " + photo, picture);
    header(html, explained, photo);
    words(html, explained);
    if (explained.regions() > 0) {
      places(html, explained);
    }
    prefix(html, explained);
    numbers(html, explained);
    html.close().close().close().line();
    return html.finish();
  }

  private static void header(Html html, Explanation explained, String photo) {
    html.open("header").leaf("p", "Lorgnette, looking inside", "class", "kicker");
    html.leaf("h1", photo, "dir", "auto");
    explained
        .question()
        .ifPresent(question -> html.leaf("p", question, "class", "question", "dir", "auto"));
    html.leaf("p", explained.said(), "class", "summary", "dir", "auto").close().line();
    html.open("figure", "class", "seen");
    over(html, "The photo as the model sees it", "");
    String size = explained.seen().width() + " \u00d7 " + explained.seen().height();
    html.leaf("figcaption", "What the model sees: " + size + " pixels.").close().line();
  }

  private static void words(Html html, Explanation explained) {
    html.open("section", "id", "words").leaf("h2", "Blind and seeing");
    html.leaf("p", "With the photo: " + explained.said(), "dir", "auto");
    html.leaf("p", "Without it the model says: " + explained.blind(), "dir", "auto");
    html.leaf(
        "p",
        "How probable each word is behind those before it, with the photo and with features that"
            + " are all zero in its place. A word that the photo makes more probable gains.",
        "class",
        "note");
    html.open("table").open("thead").open("tr");
    html.leaf("th", "word", "scope", "col");
    for (String head : List.of("with the photo", "without", "gain in nats")) {
      html.leaf("th", head, "scope", "col", "class", "number");
    }
    html.close().close().open("tbody").line();
    for (Word word : explained.words()) {
      html.open("tr").leaf("th", shown(word), "scope", "row", "dir", "auto");
      html.leaf("td", probability(word.seeing()), "class", "number");
      html.leaf("td", probability(word.blind()), "class", "number");
      html.leaf("td", signed(word.seeing() - word.blind()), "class", "number");
      html.close().line();
    }
    html.close().open("tfoot").open("tr").leaf("th", "all words", "scope", "row");
    html.leaf("td", Numbers.fixed(explained.seeing(), 2) + " nats", "class", "number");
    html.leaf("td", Numbers.fixed(explained.blindly(), 2) + " nats", "class", "number");
    html.leaf("td", signed(explained.seeing() - explained.blindly()), "class", "number");
    html.close().close().close().close().line();
  }

  private static String shown(Word word) {
    return word.text().isEmpty() ? "(end)" : word.text();
  }

  private static String probability(double nats) {
    double percent = 100 * Math.exp(nats);
    return (percent < 0.1 ? "< 0.1" : Numbers.fixed(percent, 1)) + " %";
  }

  private static String signed(double value) {
    String text = Numbers.fixed(value, 2);
    return value > 0 && !text.equals("0.00") ? "+" + text : text;
  }

  private static void places(Html html, Explanation explained) {
    html.open("section", "id", "places").leaf("h2", "Where each word comes from");
    String regions = explained.regions() + " \u00d7 " + explained.regions();
    html.leaf(
        "p",
        "One of "
            + regions
            + " regions at a time is covered with the photo's mean colour. Orange: without it the"
            + " word is less probable. Blue: more probable. The strongest colour of a map is the"
            + " number below it, so that faint reasons can be seen; compare the numbers.",
        "class",
        "note");
    html.open("div", "class", "maps").line();
    for (Word word : explained.words()) {
      double most = word.lost().stream().mapToDouble(Math::abs).max().orElse(0);
      String where =
          most < LEAST ? "no region matters" : signed(largest(word.lost())) + " nats at most";
      html.open("figure");
      over(
          html,
          shown(word) + ": " + (most < LEAST ? where : place(word.lost(), explained.regions())),
          PngImage.heat(word.lost(), explained.regions(), most < LEAST ? 0 : most));
      html.open("figcaption").leaf("b", shown(word), "dir", "auto").leaf("small", where);
      html.close().close().line();
    }
    html.close().close().line();
  }

  /** The value farthest from 0. */
  private static double largest(List<Double> values) {
    double most = Collections.max(values);
    double least = Collections.min(values);
    return most >= -least ? most : least;
  }

  /** Where the value farthest from 0 is, in words. */
  private static String place(List<Double> values, int columns) {
    int at = values.indexOf(largest(values));
    int rows = values.size() / columns;
    return "strongest at the "
        + THIRDS.get(3 * (at / columns) / rows)
        + " "
        + SIDES.get(3 * (at % columns) / columns);
  }

  private static void prefix(Html html, Explanation explained) {
    html.open("section", "id", "prefix").leaf("h2", "What the connector makes of the photo");
    Attention attention = explained.attention();
    html.leaf("p", about(explained), "class", "note");
    if (!attention.missing().isEmpty()) {
      html.leaf("p", "No map of attention: " + attention.missing() + ".", "class", "note");
    } else {
      html.leaf(
          "p",
          "How much each embedding attends to each place. Orange: more than an even share. Blue:"
              + " less.",
          "class",
          "note");
      html.open("div", "class", "maps").line();
      attentionMap(html, attention, attention.mean(), "all together", "");
      int before = explained.prefixLength() - attention.maps().size();
      for (int i = 0; i < attention.maps().size(); i++) {
        String elsewhere =
            "elsewhere " + Numbers.share(Math.round(1000 * attention.elsewhere(i)), 1000);
        attentionMap(
            html, attention, attention.maps().get(i), "no. " + (before + i + 1), elsewhere);
      }
      html.close().line();
    }
    if (!explained.prefix().isEmpty()) {
      nearest(html, explained.prefix());
    }
    html.close().line();
  }

  private static String about(Explanation explained) {
    String length = Numbers.count(explained.prefixLength(), "embedding");
    String tokens = Numbers.count(explained.visualTokens(), "visual token");
    return tokens
        + " of the encoder become "
        + length
        + (explained.prefix().isEmpty()
            ? ", which the language model looks at from inside."
            : ", which stand before the words. Near words, by the cosine, need not be close: what a"
                + " connector says lies mostly between the words.");
  }

  private static void attentionMap(
      Html html, Attention attention, List<Double> map, String name, String more) {
    double most = Collections.max(map);
    html.open("figure");
    over(
        html,
        "Attention of " + name + ": " + place(map, attention.columns()),
        uneven(map, attention.columns()));
    html.open("figcaption").leaf("b", name);
    html.leaf("small", Numbers.percent(most) + " % at most" + (more.isEmpty() ? "" : ", " + more));
    html.close().close().line();
  }

  /** A map of what differs from an even share, since most attention is spread over all places. */
  private static String uneven(List<Double> map, int columns) {
    double even = map.stream().mapToDouble(Double::doubleValue).sum() / map.size();
    List<Double> differences = map.stream().map(share -> share - even).toList();
    double most = differences.stream().mapToDouble(Math::abs).max().orElse(0);
    return PngImage.heat(differences, columns, most);
  }

  private static void nearest(Html html, List<PrefixToken> prefix) {
    html.open("table", "class", "nearest").leaf("caption", "Words nearest to each embedding");
    html.open("thead").open("tr").leaf("th", "no.", "scope", "col");
    html.leaf("th", "words, with their cosines", "scope", "col");
    html.close().close().open("tbody").line();
    for (int i = 0; i < prefix.size(); i++) {
      html.open("tr").leaf("th", Integer.toString(i + 1), "scope", "row").open("td");
      for (Neighbour word : prefix.get(i).nearest()) {
        html.open("span", "class", "near").leaf("bdi", visible(word.text()));
        html.leaf("small", Numbers.fixed(word.cosine(), 2)).close().text(" ");
      }
      html.close().close().line();
    }
    html.close().close().line();
  }

  /** Blanks and controls that would not be seen. */
  private static String visible(String text) {
    String stripped = text.strip();
    if (!stripped.isEmpty()) {
      return stripped;
    }
    return text.chars()
        .mapToObj(c -> c == ' ' ? "\u2423" : Numbers.fill("U+%04X", c))
        .collect(Collectors.joining(" "));
  }

  private static void numbers(Html html, Explanation explained) {
    html.open("section", "id", "time").leaf("h2", "Time of each stage").open("dl");
    Time time = explained.time();
    stage(html, "resize and crop", time.crop());
    stage(html, "encoder", time.encode());
    stage(html, "connector", time.connect());
    if (time.write() > 0) {
      stage(html, "language model writes", time.write());
    }
    stage(html, "all of this page's questions", time.look());
    html.close().close().line();
  }

  private static void stage(Html html, String name, long nanos) {
    html.leaf("dt", name).leaf("dd", Numbers.fixed(nanos / 1e6, 1) + " ms");
  }

  /** The photo with something laid over it. */
  private static void over(Html html, String label, String heat) {
    html.open("div", "class", "over", "role", "img", "aria-label", label);
    if (!heat.isEmpty()) {
      html.empty("img", "src", heat, "alt", "");
    }
    html.close();
  }
}
