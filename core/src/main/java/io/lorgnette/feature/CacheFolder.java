package io.lorgnette.feature;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where things lie that can be computed again, by the customs of the operating system. */
public final class CacheFolder {

  private CacheFolder() {}

  /**
   * Lorgnette's folder: {@code $XDG_CACHE_HOME/lorgnette} or {@code ~/.cache/lorgnette}; on macOS
   * {@code ~/Library/Caches/lorgnette}; on Windows {@code %LOCALAPPDATA%\lorgnette\cache}. A set
   * {@code XDG_CACHE_HOME} counts everywhere. The folder need not exist.
   */
  public static Path root() {
    return root(
        System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  /** The folder of feature caches inside {@link #root}. */
  public static Path features() {
    return root().resolve("features");
  }

  static Path root(Map<String, String> environment, String system, Path home) {
    Path xdg = absolute(environment.get("XDG_CACHE_HOME"));
    if (xdg != null) {
      return xdg.resolve("lorgnette");
    }
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return home.resolve("Library").resolve("Caches").resolve("lorgnette");
    }
    if (name.startsWith("windows")) {
      Path local = absolute(environment.get("LOCALAPPDATA"));
      Path data = local != null ? local : home.resolve("AppData").resolve("Local");
      return data.resolve("lorgnette").resolve("cache");
    }
    return home.resolve(".cache").resolve("lorgnette");
  }

  /** The XDG specification has relative paths ignored. */
  private static Path absolute(String path) {
    return path == null || path.isEmpty() || !Path.of(path).isAbsolute() ? null : Path.of(path);
  }
}
