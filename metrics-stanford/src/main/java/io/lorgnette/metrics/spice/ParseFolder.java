package io.lorgnette.metrics.spice;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where parses are kept: beside the other caches of Lorgnette. */
final class ParseFolder {

  private ParseFolder() {}

  /**
   * {@code spice} in {@code $XDG_CACHE_HOME/lorgnette} or {@code ~/.cache/lorgnette}; on macOS in
   * {@code ~/Library/Caches/lorgnette}, on Windows in {@code %LOCALAPPDATA%\lorgnette\cache}.
   */
  static Path ofThisSystem() {
    return of(
        System.getenv(), System.getProperty("os.name"), Path.of(System.getProperty("user.home")));
  }

  static Path of(Map<String, String> environment, String system, Path home) {
    String name = system.toLowerCase(Locale.ROOT);
    Path root;
    if (isAbsolute(environment.get("XDG_CACHE_HOME"))) {
      root = Path.of(environment.get("XDG_CACHE_HOME"), "lorgnette");
    } else if (name.startsWith("mac")) {
      root = home.resolve("Library").resolve("Caches").resolve("lorgnette");
    } else if (name.startsWith("windows")) {
      Path local =
          isAbsolute(environment.get("LOCALAPPDATA"))
              ? Path.of(environment.get("LOCALAPPDATA"))
              : home.resolve("AppData").resolve("Local");
      root = local.resolve("lorgnette").resolve("cache");
    } else {
      root = home.resolve(".cache").resolve("lorgnette");
    }
    return root.resolve("spice");
  }

  private static boolean isAbsolute(String path) {
    return path != null && !path.isEmpty() && Path.of(path).isAbsolute();
  }
}
