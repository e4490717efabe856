package io.lorgnette.weights;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where this user's files that can be made again are kept: {@code $XDG_CACHE_HOME/lorgnette}, else
 * {@code ~/.cache/lorgnette}; {@code ~/Library/Caches} on macOS, {@code %LOCALAPPDATA%} on Windows.
 */
public final class CacheFolder {

  private static final String NAME = "lorgnette";

  private CacheFolder() {}

  /** The folder; it may not exist yet. */
  public static Path path() {
    return path(
        System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  static Path path(Map<String, String> environment, String system, Path home) {
    String xdg = environment.getOrDefault("XDG_CACHE_HOME", "");
    // A relative path is to be ignored, says the XDG base directory specification.
    if (!xdg.isEmpty() && Path.of(xdg).isAbsolute()) {
      return Path.of(xdg).resolve(NAME);
    }
    String os = system.toLowerCase(Locale.ROOT);
    if (os.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches").resolve(NAME);
    }
    String local = environment.getOrDefault("LOCALAPPDATA", "");
    if (os.startsWith("windows") && !local.isEmpty()) {
      return Path.of(local).resolve(NAME).resolve("Cache");
    }
    return home.resolve(".cache").resolve(NAME);
  }
}
