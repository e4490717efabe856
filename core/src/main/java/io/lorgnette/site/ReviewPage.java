package io.lorgnette.site;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.Thumbnail;
import io.lorgnette.report.Html;
import io.lorgnette.report.WholeFile;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A page that needs nothing beside it, on which a person looks at proposals. */
public final class ReviewPage {

  private static final int LONGEST_SIDE = 320;

  private static final String STYLE =
      """
      .card p, li, td { overflow-wrap: anywhere; }
      .alt { font-weight: 600; }
      """;

  private final Site site;
  private final Map<String, Proposal> proposals = new HashMap<>();

  private ReviewPage(Site site, List<Proposal> proposals) {
    this.site = site;
    proposals.forEach(p -> this.proposals.put(key(p.page(), p.number()), p));
  }

  private static String key(String page, int number) {
    return number + " " + page;
  }

  /**
   * Writes the page.
   *
   * @param file whose name the page tells a reader to edit
   * @throws InputException if it can not be written
   */
  public static void write(Site site, List<Proposal> proposals, Path file, Path html) {
    String text = new ReviewPage(site, proposals).text(file);
    WholeFile.writeText(html, "the review page", out -> out.write(text));
  }

  private String text(Path file) {
    Html html = new Html().begin("Alternative texts to review", STYLE);
    html.open("header").leaf("p", "Lorgnette alt-text", "class", "kicker");
    html.leaf("h1", "Alternative texts to review");
    html.leaf(
        "p",
        "A model wrote these texts, and it makes mistakes. Edit the lines in "
            + file.getFileName()
            + " or delete them, then run the command with --apply.",
        "class",
        "summary");
    html.close().line();
    String page = null;
    for (Site.Place place : site.places()) {
      Proposal proposal = proposals.get(key(place.page(), place.number()));
      if (proposal == null) {
        continue;
      }
      if (!place.page().equals(page)) {
        if (page != null) {
          html.close().close().line();
        }
        html.open("section").leaf("h2", place.page()).open("div", "class", "cards").line();
        page = place.page();
      }
      card(html, place, proposal);
    }
    if (page != null) {
      html.close().close().line();
    }
    skipped(html);
    return html.close().close().close().line().finish();
  }

  private void card(Html html, Site.Place place, Proposal proposal) {
    html.open("article", "class", "card");
    try {
      byte[] small = Thumbnail.jpeg(ImageReader.read(place.image()), LONGEST_SIDE);
      html.empty("img", "src", Thumbnail.dataUri(small), "alt", proposal.alt(), "loading", "lazy");
    } catch (InputException e) {
      html.leaf("p", "The image can not be read any more.", "class", "note");
    }
    String said = proposal.alt().isEmpty() ? "(decorative: an empty text)" : proposal.alt();
    html.leaf("p", said, "class", "alt", "dir", "auto");
    if (!place.link().isEmpty()) {
      String advice = "It is a link to " + place.link() + ": say where it leads.";
      html.leaf("p", advice, "class", "note", "dir", "auto");
    }
    if (!place.heading().isEmpty()) {
      html.leaf("p", "Below the heading: " + place.heading(), "dir", "auto");
    }
    if (!place.context().isEmpty()) {
      html.leaf("p", "Beside it: " + place.context(), "dir", "auto");
    }
    html.leaf("p", "img " + place.number() + ": " + place.src(), "class", "id", "dir", "auto");
    html.close().line();
  }

  private void skipped(Html html) {
    if (!site.skipped().isEmpty()) {
      html.open("section").leaf("h2", "Without a proposal").open("ul").line();
      for (Site.Skipped skipped : site.skipped()) {
        String image = skipped.number() == 0 ? "" : ", img " + skipped.number();
        html.leaf(
            "li",
            skipped.page() + image + " " + skipped.src() + ": " + skipped.reason(),
            "dir",
            "auto");
      }
      html.close().close().line();
    }
  }
}
