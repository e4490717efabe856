package io.lorgnette.pocket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lorgnette.error.InputException;
import io.lorgnette.feature.CacheFolder;
import io.lorgnette.weights.Sha256;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.stream.Stream;

/**
 * The embedded models as files: what needs a path (memory mapping, native tokenizers) can not read
 * from inside a jar.
 *
 * <p>Each folder of resources is copied once to the {@link CacheFolder} under a name that has the
 * hash of its contents or of their checksums, so a copy is not stale and never half there. Where
 * the resources are plain files, as in a build folder, these are used as they are. Safe for use by
 * several threads and processes.
 */
public final class Pocket {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final List<String> VISION =
      List.of("config.json", WEIGHTS, "preprocessor_config.json", "classes.txt");
  private static final List<String> LANGUAGE = List.of("config.json", WEIGHTS, TOKENIZER);

  private Pocket() {}

  /**
   * The language model's {@code tokenizer.json}.
   *
   * @throws InputException if the cache folder can not be written
   */
  public static Path tokenizer() {
    return folder("lm", List.of(TOKENIZER)).resolve(TOKENIZER);
  }

  /**
   * Folder of the vision encoder: weights, configuration, preprocessing, names of its classes.
   *
   * @throws InputException if the cache folder can not be written, or this build has no encoder
   */
  public static Path vision() {
    return folder("vision", VISION);
  }

  /**
   * Folder of the language model: weights, configuration, tokenizer.
   *
   * @throws InputException if the cache folder can not be written, or this build has no model
   */
  public static Path languageModel() {
    return folder("lm", LANGUAGE);
  }

  /**
   * Folder of the language model that has read books and stories only, no caption and no question:
   * the honest stand-in for a general one.
   *
   * @throws InputException if the cache folder can not be written, or this build has no model
   */
  public static Path plainLanguageModel() {
    return folder("lm-plain", LANGUAGE);
  }

  /**
   * Folder of a small encoder-decoder of BART's kind: weights, configuration, tokenizer.
   *
   * @throws InputException if the cache folder can not be written, or this build has no model
   */
  public static Path encoderDecoder() {
    return folder("seq2seq", LANGUAGE);
  }

  /**
   * Folder of the joint space of photos and texts, with {@link #vision} and {@link #tokenizer} in
   * it, as {@link io.lorgnette.vision.JointFolder} describes.
   *
   * @throws InputException if the cache folder can not be written, or this build has no such space
   */
  public static Path clip() {
    Map<String, URL> files = new LinkedHashMap<>(urls("clip", List.of("config.json", WEIGHTS)));
    files.putAll(urls("lm", List.of(TOKENIZER)));
    urls("vision", VISION).forEach((file, url) -> files.put("encoder/" + file, url));
    return extract("clip", files, CacheFolder.root().resolve("pocket"));
  }

  /**
   * A trained connector between the two.
   *
   * @param name without its ending
   * @throws InputException if the cache folder can not be written, or there is no such connector
   */
  public static Path connector(String name) {
    String file = name + ".safetensors";
    return folder("connectors", List.of(file)).resolve(file);
  }

  static Path folder(String name, List<String> files) {
    Map<String, URL> urls = urls(name, files);
    URL first = urls.get(files.get(0));
    if (first.getProtocol().equals("file")) {
      return plain(first).getParent();
    }
    return extract(name, urls, CacheFolder.root().resolve("pocket"));
  }

  /** Resources by the names of their files, in this order. */
  static Map<String, URL> urls(String name, List<String> files) {
    Map<String, URL> urls = new LinkedHashMap<>();
    for (String file : files) {
      URL url = Pocket.class.getResource("/io/lorgnette/pocket/" + name + "/" + file);
      if (url == null) {
        throw new InputException(
            "this build of Lorgnette has no embedded "
                + name
                + "/"
                + file
                + "; give the path of a model of your own, or use a release that has it");
      }
      urls.put(file, url);
    }
    return urls;
  }

  private static Path plain(URL url) {
    try {
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(url + " is not a file", e);
    }
  }

  /** Copies the resources unless a folder with the same contents is there. */
  static Path extract(String name, Map<String, URL> files, Path cache) {
    Path target = cache.resolve(name + "-" + hash(name, files));
    if (Files.isDirectory(target)) {
      return target;
    }
    try {
      Files.createDirectories(cache);
      Path temporary = Files.createTempDirectory(cache, "." + name);
      for (Map.Entry<String, URL> file : files.entrySet()) {
        Path to = temporary.resolve(file.getKey());
        Files.createDirectories(to.getParent());
        try (InputStream in = file.getValue().openStream()) {
          Files.copy(in, to);
        }
      }
      move(temporary, target);
      return target;
    } catch (IOException e) {
      throw new InputException(
          cache
              + " can not be written ("
              + e
              + "); the embedded models are copied there once: set XDG_CACHE_HOME to a folder that"
              + " can be written",
          e);
    }
  }

  private static void move(Path temporary, Path target) throws IOException {
    try {
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      if (!Files.isDirectory(target)) {
        throw e;
      }
      // Another process was quicker, with the same contents.
      try (Stream<Path> files = Files.walk(temporary)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /**
   * A hash of what tells these contents from others: of resources in a jar their sizes and the
   * checksums in its directory, so that nothing of them is read at each start (40 MB take a fifth
   * of a second to unpack and to hash), of other resources all bytes.
   */
  private static String hash(String name, Map<String, URL> files) {
    try {
      MessageDigest digest = Sha256.digest();
      for (URL file : files.values()) {
        URLConnection connection = file.openConnection();
        if (connection instanceof JarURLConnection inJar) {
          JarEntry entry = inJar.getJarEntry();
          digest.update((entry.getSize() + " " + entry.getCrc() + "\n").getBytes(UTF_8));
        } else {
          readThrough(new DigestInputStream(connection.getInputStream(), digest));
        }
      }
      return Sha256.hex(digest).substring(0, 16);
    } catch (IOException e) {
      throw new InputException(
          "the embedded " + name + " can not be read (" + e + "); build Lorgnette again", e);
    }
  }

  private static void readThrough(InputStream stream) throws IOException {
    try (stream) {
      stream.transferTo(OutputStream.nullOutputStream());
    }
  }
}
