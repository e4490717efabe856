package io.lorgnette.site;

import io.lorgnette.error.InputException;
import io.lorgnette.report.WholeFile;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/**
 * Puts alternative texts into pages. Every byte of a page that is no {@code alt} attribute stays:
 * the page is not written anew from what was parsed, the texts are cut into it.
 */
public final class AltWriter {

  /** What stands behind an attribute's name: {@code = "value"}, or nothing. */
  private static final Pattern VALUE =
      Pattern.compile("\\s*=\\s*(?:\"[^\"]*\"|'[^']*'|[^\\s>\"']*)");

  /**
   * What became of proposals.
   *
   * @param written texts that were put into pages
   * @param known that were there already, word by word
   * @param passed proposals that fit no image any more, each with a reason
   */
  public record Outcome(int written, int known, List<Site.Skipped> passed) {

    public Outcome {
      passed = List.copyOf(passed);
    }
  }

  /** Bytes of a page, each a character, and what takes their place. */
  private record Change(int from, int to, String text) {}

  private final Path root;
  private final List<Site.Skipped> passed = new ArrayList<>();
  private int written;
  private int known;

  private AltWriter(Path root) {
    this.root = root;
  }

  /**
   * Puts the texts into the pages of a site. A page is written whole or not at all; an image that
   * has another text by now keeps it.
   *
   * @throws InputException if a page can not be written
   */
  public static Outcome apply(Path folder, List<Proposal> proposals) {
    AltWriter writer = new AltWriter(folder.toAbsolutePath().normalize());
    Map<String, List<Proposal>> byPage = new LinkedHashMap<>();
    proposals.forEach(p -> byPage.computeIfAbsent(p.page(), page -> new ArrayList<>()).add(p));
    byPage.forEach(writer::page);
    return new Outcome(writer.written, writer.known, writer.passed);
  }

  private void page(String name, List<Proposal> proposals) {
    Path file = root.resolve(name).normalize();
    if (!file.startsWith(root) || !Files.isRegularFile(file)) {
      proposals.forEach(proposal -> pass(proposal, "there is no such page"));
      return;
    }
    SitePage page;
    try {
      page = SitePage.read(file);
    } catch (InputException e) {
      proposals.forEach(proposal -> pass(proposal, e.getMessage()));
      return;
    }
    Map<Integer, Change> changes = new TreeMap<>(); // by their place
    List<Element> images = page.images();
    for (Proposal proposal : proposals) {
      change(page, images, proposal, changes);
    }
    if (!changes.isEmpty()) {
      StringBuilder text = new StringBuilder(page.text());
      List<Change> all = new ArrayList<>(changes.values());
      for (int i = all.size() - 1; i >= 0; i--) {
        text.replace(all.get(i).from(), all.get(i).to(), all.get(i).text());
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.ISO_8859_1);
      WholeFile.write(file, "the page", out -> out.write(bytes));
      written += all.size();
    }
  }

  private void pass(Proposal proposal, String reason) {
    passed.add(new Site.Skipped(proposal.page(), proposal.number(), proposal.src(), reason));
  }

  private void change(
      SitePage page, List<Element> images, Proposal proposal, Map<Integer, Change> changes) {
    int index = proposal.number() - 1;
    if (index < 0
        || index >= images.size()
        || !ImageAddress.candidates(page, images.get(index)).stream()
            .findFirst()
            .orElse("")
            .equals(proposal.src())) {
      pass(proposal, "the page has changed, and has another image there; propose again");
      return;
    }
    Element image = images.get(index);
    String has = page.decoded(image.attr("alt"));
    if (image.hasAttr("alt") && has.equals(proposal.alt())) {
      known++;
    } else if (!has.isBlank()) {
      pass(proposal, "it has another text by now");
    } else {
      place(page, image, proposal, changes);
    }
  }

  private void place(
      SitePage page, Element image, Proposal proposal, Map<Integer, Change> changes) {
    int start = image.sourceRange().start().pos();
    String text = "alt=\"" + escaped(page, proposal.alt()) + "\"";
    if (!page.text().regionMatches(true, start, "<img", 0, 4)) {
      pass(proposal, "the parser does not tell where it stands; write it by hand");
    } else if (!image.hasAttr("alt")) {
      changes.put(start, new Change(start + 4, start + 4, " " + text));
    } else {
      int from = image.attributes().sourceRange("alt").nameRange().start().pos();
      Matcher value = VALUE.matcher(page.text()).region(from + 3, page.text().length());
      int to = value.lookingAt() ? value.end() : from + 3;
      if (page.text().regionMatches(true, from, "alt", 0, 3)) {
        changes.put(start, new Change(from, to, text));
      } else {
        pass(proposal, "the parser does not tell where its alt stands; write it by hand");
      }
    }
  }

  /** The text as bytes of the page's encoding, each a character. */
  private static String escaped(SitePage page, String alt) {
    CharsetEncoder encoder = page.charset().newEncoder();
    StringBuilder escaped = new StringBuilder();
    alt.codePoints()
        .forEach(
            c -> {
              String one = Character.toString(c);
              switch (one) {
                case "&" -> escaped.append("&amp;");
                case "\"" -> escaped.append("&quot;");
                case "<" -> escaped.append("&lt;");
                case ">" -> escaped.append("&gt;");
                default -> {
                  boolean plain = c >= ' ' && encoder.canEncode(one);
                  escaped.append(
                      plain
                          ? new String(one.getBytes(page.charset()), StandardCharsets.ISO_8859_1)
                          : c < ' ' ? " " : "&#" + c + ";");
                }
              }
            });
    return escaped.toString();
  }
}
