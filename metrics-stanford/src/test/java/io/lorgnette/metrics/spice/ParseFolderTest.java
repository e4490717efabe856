package io.lorgnette.metrics.spice;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ParseFolderTest {

  private static final Path HOME = Path.of("/home/someone");

  @Test
  void everySystemHasItsCustom() {
    assertThat(ParseFolder.of(Map.of(), "Linux", HOME))
        .isEqualTo(HOME.resolve(".cache/lorgnette/spice"));
    assertThat(ParseFolder.of(Map.of(), "Mac OS X", HOME))
        .isEqualTo(HOME.resolve("Library/Caches/lorgnette/spice"));
    assertThat(ParseFolder.of(Map.of(), "Windows 11", HOME))
        .isEqualTo(HOME.resolve("AppData/Local/lorgnette/cache/spice"));
    Path set = Path.of("/caches").toAbsolutePath();
    assertThat(ParseFolder.of(Map.of("XDG_CACHE_HOME", set.toString()), "Mac OS X", HOME))
        .isEqualTo(set.resolve("lorgnette/spice"));
    assertThat(ParseFolder.of(Map.of("XDG_CACHE_HOME", "relative"), "Linux", HOME))
        .isEqualTo(HOME.resolve(".cache/lorgnette/spice"));
  }
}
