package io.lorgnette.site;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jsoup.nodes.Element;

/**
 * The images without an alternative text on the pages of a static site.
 *
 * @param root the site's folder
 * @param pages HTML files that were read
 * @param places images that lack a text and whose file is there, page by page
 * @param skipped what lacks a text and gets none, or could not be read
 * @param decorative images with an empty text, which says that there is nothing to tell
 * @param described images that have a text
 */
public record Site(
    Path root,
    int pages,
    List<Place> places,
    List<Skipped> skipped,
    int decorative,
    int described) {

  /** Characters of the words around an image that are kept. */
  private static final int CONTEXT = 240;

  public Site {
    places = List.copyOf(places);
    skipped = List.copyOf(skipped);
  }

  /**
   * What to look at.
   *
   * @param empty whether images with an empty text are to get one too
   * @param siteUrl the site's own address, such as {@code https://example.org/}, or empty
   * @param left a folder that is passed over, or null
   */
  public record Options(boolean empty, String siteUrl, Path left) {

    /** Empty texts stay, and addresses with a host are others'. */
    public static final Options DEFAULT = new Options(false, "", null);

    public Options {
      siteUrl = siteUrl.isEmpty() || siteUrl.endsWith("/") ? siteUrl : siteUrl + "/";
    }
  }

  /**
   * An image that lacks a text.
   *
   * @param page relative to the site's folder, with {@code /}
   * @param number of the {@code img} in its page, from 1
   * @param src its address as the page has it
   * @param image its file
   * @param heading the last heading before it; may be empty
   * @param context the words around it; may be empty
   * @param link where it leads to when it is a link with no other words; else empty
   */
  public record Place(
      String page,
      int number,
      String src,
      Path image,
      String heading,
      String context,
      String link) {}

  /**
   * What gets no text.
   *
   * @param number of the {@code img}, or 0 for the whole page
   */
  public record Skipped(String page, int number, String src, String reason) {}

  /**
   * Reads all pages below a folder.
   *
   * @throws InputException if it is no folder, or has no page
   */
  public static Site scan(Path folder, Options options) {
    if (!Files.isDirectory(folder)) {
      throw new InputException(folder + " is not a folder; give the one that has the site's HTML");
    }
    Path root = folder.toAbsolutePath().normalize();
    List<Path> files = pages(root, options.left());
    if (files.isEmpty()) {
      throw new InputException(
          folder + " has no .html or .htm file; give the folder that the site is built into");
    }
    Scan scan = new Scan(root, options);
    files.forEach(scan::page);
    return new Site(root, files.size(), scan.places, scan.skipped, scan.decorative, scan.described);
  }

  /** The files of the images, each once, in the order of their first place. */
  public Set<Path> images() {
    Set<Path> images = new LinkedHashSet<>();
    places.forEach(place -> images.add(place.image()));
    return images;
  }

  private static List<Path> pages(Path root, Path left) {
    Path out = left == null ? null : left.toAbsolutePath().normalize();
    try (Stream<Path> tree = Files.walk(root)) {
      return tree.filter(file -> out == null || !file.startsWith(out))
          .filter(Site::isPage)
          .sorted()
          .toList();
    } catch (IOException | UncheckedIOException e) {
      throw new InputException(root + " can not be listed: " + e.getMessage(), e);
    }
  }

  private static boolean isPage(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return (name.endsWith(".html") || name.endsWith(".htm") || name.endsWith(".xhtml"))
        && Files.isRegularFile(file);
  }

  static String relative(Path root, Path file) {
    return root.relativize(file).toString().replace('\\', '/');
  }

  /** What is found as pages are read. */
  private static final class Scan {

    private final Path root;
    private final Options options;
    private final List<Place> places = new ArrayList<>();
    private final List<Skipped> skipped = new ArrayList<>();
    private int decorative;
    private int described;

    Scan(Path root, Options options) {
      this.root = root;
      this.options = options;
    }

    void page(Path file) {
      String name = relative(root, file);
      SitePage page;
      try {
        page = SitePage.read(file);
      } catch (InputException e) {
        skipped.add(new Skipped(name, 0, "", e.getMessage()));
        return;
      }
      String heading = "";
      int number = 0;
      for (Element element : page.document().getAllElements()) {
        if (element.normalName().matches("h[1-6]")) {
          heading = shortened(page.decoded(element.text()));
        } else if (element.normalName().equals("img")) {
          image(page, name, ++number, element, heading);
        }
      }
    }

    private void image(SitePage page, String name, int number, Element image, String heading) {
      boolean empty = image.hasAttr("alt") && image.attr("alt").isBlank();
      if (image.hasAttr("alt") && !empty) {
        described++;
      } else if (empty && !options.empty()) {
        decorative++;
      } else {
        String src = ImageAddress.candidates(page, image).stream().findFirst().orElse("");
        ImageAddress address = ImageAddress.of(page, image, root, options.siteUrl());
        if (!empty && isHidden(image)) {
          skipped.add(
              new Skipped(name, number, src, "it is hidden from readers; give it alt=\"\""));
        } else if (address.file().isEmpty()) {
          skipped.add(new Skipped(name, number, src, address.reason()));
        } else {
          Element around = around(image);
          String link = page.attribute(around.normalName().equals("a") ? around : image, "href");
          places.add(
              new Place(
                  name,
                  number,
                  src,
                  address.file().get(),
                  heading,
                  shortened(page.decoded(around.text())),
                  around.text().isBlank() ? link : ""));
        }
      }
    }

    private static boolean isHidden(Element image) {
      return image.attr("aria-hidden").equals("true")
          || image.attr("role").matches("presentation|none");
    }

    /** The nearest element above that has words, or the link that the image is. */
    private static Element around(Element image) {
      Element above = image.parent();
      while (above != null
          && above.parent() != null
          && above.text().isBlank()
          && !above.normalName().equals("a")) {
        above = above.parent();
      }
      return above == null ? image : above;
    }

    private static String shortened(String text) {
      return text.length() <= CONTEXT ? text : text.substring(0, CONTEXT).strip() + " …";
    }
  }
}
