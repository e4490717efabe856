package io.lorgnette.train;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/**
 * What this Lorgnette was built from.
 *
 * @param version of the release
 * @param commit abbreviated, with {@code -changed} where the tree differed from it; {@code unknown}
 *     for a build outside a git repository
 * @param libtorch version of the binding
 */
public record BuildInfo(String version, String commit, String libtorch) {

  private static final String RESOURCE = "/io/lorgnette/build.properties";

  /** Version and commit, as files name the program that wrote them. */
  public String label() {
    return version + " " + commit;
  }

  /** Reads what the build has left. */
  public static BuildInfo read() {
    Properties properties = new Properties();
    try (Reader in =
        new InputStreamReader(
            BuildInfo.class.getResourceAsStream(RESOURCE), StandardCharsets.UTF_8)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new BuildInfo(
        properties.getProperty("version"),
        properties.getProperty("commit"),
        properties.getProperty("libtorch"));
  }
}
