package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.metrics.ExtraCaptionMetric;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code score} with and without a jar that brings SPICE; here a small metric of its name. */
class SpiceOptionTest {

  /** What a jar on {@code LORGNETTE_CLASSPATH} would bring: 1 where the words are the same. */
  public static final class SameWords implements ExtraCaptionMetric {

    @Override
    public String name() {
      return "SPICE";
    }

    @Override
    public Scores score(List<Image> images, Listener listener) {
      listener.done(images.size(), images.size());
      double[] same =
          images.stream().mapToDouble(i -> i.references().contains(i.result()) ? 1 : 0).toArray();
      double[] none = {Double.NaN, 0.5};
      Map<String, double[]> scores = new LinkedHashMap<>();
      scores.put("SPICE", same);
      scores.put("SPICE size", none);
      return new Scores(scores, "same words");
    }
  }

  @TempDir private Path folder;
  private Path references;
  private Path results;

  @BeforeEach
  void write() throws Exception {
    references =
        Files.writeString(
            folder.resolve("refs.jsonl"),
            """
            {"image": "1", "caption": "A dog."}
            {"image": "2", "caption": "A cat."}
            """);
    results =
        Files.writeString(
            folder.resolve("results.jsonl"),
            """
            {"image": "1", "caption": "a dog"}
            {"image": "2", "caption": "a bird"}
            """);
  }

  /** Runs with a class path that has the metric. */
  private Cli runWithSpice(Object... arguments) throws Exception {
    Path service = folder.resolve("jar/META-INF/services/" + ExtraCaptionMetric.class.getName());
    Files.createDirectories(service.getParent());
    Files.writeString(service, SameWords.class.getName());
    URL[] jar = {folder.resolve("jar").toUri().toURL()};
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (URLClassLoader loader = new URLClassLoader(jar, before)) {
      Thread.currentThread().setContextClassLoader(loader);
      return Cli.run(arguments);
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @Test
  void absentSpiceIsExplainedInOneSentenceWhenAskedFor() {
    Cli cli = Cli.run("score", "--refs", references, "--results", results, "--spice");
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.out()).isEmpty();
    assertThat(cli.err())
        .contains("-Pspice-models", "LORGNETTE_CLASSPATH", "lorgnette-metrics-stanford.jar")
        .hasLineCount(1);
    assertThat(Cli.run("score", "--refs", references, "--results", results).out())
        .doesNotContain("SPICE");
  }

  @Test
  void spiceOnTheClassPathIsScoredWithIntervals() throws Exception {
    Cli cli = runWithSpice("score", "--refs", references, "--results", results, "--json");
    assertThat(cli.code()).isZero();
    JsonNode node = new ObjectMapper().readTree(cli.out());
    assertThat(node.path("corpus").path("SPICE").asDouble()).isEqualTo(0.5);
    assertThat(node.path("corpus").path("SPICE size").asDouble()).isEqualTo(0.5);
    assertThat(node.path("intervals").path("SPICE")).hasSize(2);
    assertThat(node.path("variants").path("SPICE").asText()).isEqualTo("same words");
    assertThat(runWithSpice("score", "--refs", references, "--results", results, "--spice").out())
        .contains("SPICE ", "50.00");
  }

  @Test
  void itIsComparedAndWrittenForEachImage() throws Exception {
    Path csv = folder.resolve("images.csv");
    Cli cli =
        runWithSpice(
            "score",
            "--refs",
            references,
            "--results",
            results,
            "--against",
            results,
            "--per-image",
            csv,
            "--json");
    JsonNode node = new ObjectMapper().readTree(cli.out());
    assertThat(node.path("against").path("SPICE").path("difference").asDouble()).isZero();
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.get(0)).contains(",CIDEr,", "SPICE", "SPICE size");
    assertThat(lines.get(1)).endsWith(",1.0,");
    assertThat(lines.get(2)).endsWith(",0.0,0.5");
  }

  @Test
  void spiceIsLeftOutOnRequest() throws Exception {
    Cli cli =
        runWithSpice("score", "--refs", references, "--results", results, "--no-spice", "--json");
    assertThat(new ObjectMapper().readTree(cli.out()).path("corpus").has("SPICE")).isFalse();
  }
}
