package io.lorgnette.site;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;

/**
 * The file that an {@code img} shows.
 *
 * @param file or empty, for a reason
 * @param reason why there is no file, in a few words; empty where there is one
 */
record ImageAddress(Optional<Path> file, String reason) {

  /** Addresses may have commas in them; those between candidates have a blank behind them. */
  private static final Pattern SOURCES = Pattern.compile(",\\s+|,$");

  private static ImageAddress none(String reason) {
    return new ImageAddress(Optional.empty(), reason);
  }

  /** The addresses of an image: its own, those for other sizes, those of scripts that load late. */
  static List<String> candidates(SitePage page, Element image) {
    List<String> all = new ArrayList<>();
    for (String attribute : List.of("src", "data-src", "data-lazy-src", "data-original")) {
      all.add(page.attribute(image, attribute));
    }
    for (String attribute : List.of("srcset", "data-srcset")) {
      all.addAll(addresses(page.attribute(image, attribute)));
    }
    Element parent = image.parent();
    if (parent != null && parent.normalName().equals("picture")) {
      parent
          .select("> source")
          .forEach(source -> all.addAll(addresses(page.attribute(source, "srcset"))));
    }
    all.removeIf(String::isEmpty);
    return all;
  }

  /** The addresses of {@code a.jpg 1x, b.jpg 2x}. */
  private static List<String> addresses(String srcset) {
    List<String> found = new ArrayList<>();
    for (String candidate : SOURCES.split(srcset, -1)) {
      String address = candidate.strip().split("\\s", 2)[0];
      if (!address.isEmpty()) {
        found.add(address);
      }
    }
    return found;
  }

  /** The first candidate that is a file of the site, or why the first one is none. */
  static ImageAddress of(SitePage page, Element image, Path root, String siteUrl) {
    ImageAddress first = null;
    for (String candidate : candidates(page, image)) {
      ImageAddress address = resolve(page, candidate, root, siteUrl);
      if (address.file().isPresent()) {
        return address;
      }
      first = first == null ? address : first;
    }
    return first == null ? none("it has no address") : first;
  }

  private static ImageAddress resolve(SitePage page, String address, Path root, String siteUrl) {
    String local = address;
    if (!siteUrl.isEmpty() && local.startsWith(siteUrl)) {
      local = "/" + local.substring(siteUrl.length());
    }
    String lower = local.toLowerCase(Locale.ROOT);
    if (lower.startsWith("data:")) {
      return none("it is inside the page");
    }
    if (lower.startsWith("//") || lower.matches("[a-z][a-z0-9+.-]*:.*")) {
      return none("it is on another host, and nothing is fetched");
    }
    String path = decode(local.replaceFirst("[?#].*", ""));
    if (path.toLowerCase(Locale.ROOT).endsWith(".svg")) {
      return none("it is an SVG drawing, which is not read");
    }
    return file(page, path, root);
  }

  private static ImageAddress file(SitePage page, String path, Path root) {
    try {
      String folder = page.base().strip();
      if (folder.matches("(//|[A-Za-z][A-Za-z0-9+.-]*:).*")) {
        folder = "/"; // the site's own address, most likely
      }
      Path from = folder.startsWith("/") ? root : page.file().getParent();
      from = from.resolve(decode(folder.replaceFirst("^/+", "").replaceFirst("[^/]*$", "")));
      Path file =
          (path.startsWith("/") ? root.resolve(path.replaceFirst("^/+", "")) : from.resolve(path))
              .normalize();
      if (!file.startsWith(root.normalize())) {
        return none("it is outside the site's folder");
      }
      return Files.isRegularFile(file)
          ? new ImageAddress(Optional.of(file), "")
          : none("there is no such file");
    } catch (InvalidPathException e) {
      return none("there is no such file");
    }
  }

  private static String decode(String path) {
    try {
      return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return path; // a lone percent sign
    }
  }
}
