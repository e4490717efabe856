package io.lorgnette.metrics;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;

/** METEOR's word lists, which are nobody's to commit here: {@code .ci/run} fetches them. */
final class MeteorFolder {

  private static MeteorData data;

  private MeteorFolder() {}

  /** The folder; skips the test where there is none. */
  static Path path() {
    String folder = System.getenv("LORGNETTE_METEOR_DATA");
    assumeTrue(folder != null && !folder.isEmpty(), "LORGNETTE_METEOR_DATA is not set");
    return Path.of(folder);
  }

  /** All of it, read once. */
  static synchronized MeteorData data() {
    Path folder = path();
    if (data == null) {
      data = MeteorData.load(folder);
    }
    return data;
  }
}
