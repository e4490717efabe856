package io.lorgnette.feature;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {

  private static final Path HOME = Path.of("home").toAbsolutePath();

  @Test
  void followsTheCustomsOfEachSystem() {
    assertThat(CacheFolder.root(Map.of(), "Linux", HOME))
        .isEqualTo(HOME.resolve(".cache/lorgnette"));
    assertThat(CacheFolder.root(Map.of(), "Mac OS X", HOME))
        .isEqualTo(HOME.resolve("Library/Caches/lorgnette"));
    Path local = HOME.resolve("data");
    assertThat(CacheFolder.root(Map.of("LOCALAPPDATA", local.toString()), "WINDOWS 11", HOME))
        .isEqualTo(local.resolve("lorgnette/cache"));
    assertThat(CacheFolder.root(Map.of(), "Windows 11", HOME))
        .isEqualTo(HOME.resolve("AppData/Local/lorgnette/cache"));
  }

  @Test
  void anAbsoluteXdgFolderCountsAndARelativeOneDoesNot() {
    Path xdg = HOME.resolve("elsewhere");
    assertThat(CacheFolder.root(Map.of("XDG_CACHE_HOME", xdg.toString()), "Mac OS X", HOME))
        .isEqualTo(xdg.resolve("lorgnette"));
    assertThat(CacheFolder.root(Map.of("XDG_CACHE_HOME", "here"), "Linux", HOME))
        .isEqualTo(HOME.resolve(".cache/lorgnette"));
    assertThat(CacheFolder.root(Map.of("XDG_CACHE_HOME", ""), "Linux", HOME))
        .isEqualTo(HOME.resolve(".cache/lorgnette"));
  }

  @Test
  void featuresLieInside() {
    assertThat(CacheFolder.features()).isEqualTo(CacheFolder.root().resolve("features"));
  }
}
