package io.lorgnette.bulk;

import io.lorgnette.data.ImageSource;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.image.Thumbnail;
import io.lorgnette.report.Html;
import io.lorgnette.report.WholeFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Photos with their captions on pages that need nothing beside them: {@code gallery.html}, {@code
 * gallery-2.html} and so on, each with so many photos, made small. Holds one page at a time.
 */
final class CaptionGallery implements AutoCloseable {

  /** Photos of one page: some ten megabytes. */
  static final int PAGE = 500;

  private static final int LONGEST_SIDE = 320;

  private static final String STYLE =
      """
      .card p { overflow-wrap: anywhere; }
      nav { display: flex; gap: 1.5rem; margin: 2rem 0; }
      .gone { padding: 3rem 1rem; margin: 0; text-align: center; color: var(--soft); }
      """;

  private final Path html;
  private final long pages;
  private final int perPage;
  private final List<CaptionLine> page = new ArrayList<>();
  private int number = 1;
  private Path archive;
  private ImageSource opened;

  private CaptionGallery(Path html, long photos, int perPage) {
    this.html = html;
    this.perPage = perPage;
    this.pages = Math.max(1, (photos + perPage - 1) / perPage);
  }

  /** Writes the pages of a file of captions; the photos are read again where they lie. */
  static void write(Path captions, Path html) {
    write(captions, html, PAGE);
  }

  static void write(Path captions, Path html, int perPage) {
    long[] photos = {0};
    CaptionFile.forEach(captions, line -> photos[0]++);
    try (CaptionGallery gallery = new CaptionGallery(html, photos[0], perPage)) {
      CaptionFile.forEach(captions, gallery::add);
      if (!gallery.page.isEmpty() || photos[0] == 0) {
        gallery.turn();
      }
    }
  }

  private void add(CaptionLine line) {
    page.add(line);
    if (page.size() == perPage) {
      turn();
    }
  }

  /** The file of a page; the first has the plain name. */
  static Path file(Path html, long number) {
    String name = html.getFileName().toString();
    int dot = name.lastIndexOf('.');
    return number == 1
        ? html
        : html.resolveSibling(name.substring(0, dot) + "-" + number + name.substring(dot));
  }

  private void turn() {
    String title = pages == 1 ? "Captions" : "Captions, page " + number + " of " + pages;
    Html page = new Html().begin(title, STYLE);
    page.open("header").leaf("p", "Lorgnette", "class", "kicker").leaf("h1", title).close().line();
    links(page);
    page.open("div", "class", "cards").line();
    this.page.forEach(line -> card(page, line));
    page.close().line();
    links(page);
    String text = page.close().close().close().line().finish();
    WholeFile.writeText(file(html, number), "the gallery", out -> out.write(text));
    this.page.clear();
    number++;
  }

  private void links(Html page) {
    if (pages > 1) {
      page.open("nav", "aria-label", "Pages");
      link(page, 1, "First", number > 1);
      link(page, number - 1, "Previous", number > 1);
      link(page, number + 1, "Next", number < pages);
      link(page, pages, "Last", number < pages);
      page.close().line();
    }
  }

  private void link(Html page, long to, String text, boolean there) {
    if (there) {
      page.leaf("a", text, "href", file(html, to).getFileName().toString());
    }
  }

  private void card(Html page, CaptionLine line) {
    page.open("figure", "class", "card", "style", "margin: 0");
    try {
      byte[] small = Thumbnail.jpeg(read(line.image()), LONGEST_SIDE);
      page.empty("img", "src", Thumbnail.dataUri(small), "alt", line.caption(), "loading", "lazy");
    } catch (InputException e) {
      page.leaf("p", "This photo is no longer there, or can not be read.", "class", "gone");
    }
    page.open("figcaption").leaf("p", line.caption(), "dir", "auto");
    page.leaf("p", line.image(), "class", "id", "dir", "auto");
    if (!Double.isNaN(line.score())) {
      page.leaf("small", String.format(Locale.ROOT, "%.2f nats per token", line.score()));
    }
    page.close().close().line();
  }

  /** The photo by its name; the last archive stays open, as its photos follow each other. */
  private RgbImage read(String name) {
    int cut = name.lastIndexOf('!');
    if (cut < 0 || FileKind.of(name.substring(0, cut)) != FileKind.ARCHIVE) {
      return ImageReader.read(Path.of(name));
    }
    Path path = Path.of(name.substring(0, cut));
    if (!path.equals(archive)) {
      close();
      opened = ImageSource.open(path);
      archive = path;
    }
    return ImageReader.read(opened.read(name.substring(cut + 1)), name);
  }

  @Override
  public void close() {
    if (opened != null) {
      opened.close();
      opened = null;
      archive = null;
    }
  }
}
