package io.lorgnette.spark.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.spark.Drawn;
import io.lorgnette.spark.LocalSpark;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MainTest {

  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    LocalSpark.session();
    return Main.commandLine(new PrintWriter(out, true), new PrintWriter(err, true))
        .execute(arguments);
  }

  private String in() throws IOException {
    Drawn.shard(folder.resolve("in/a.tar"), 0, 4);
    Drawn.shard(folder.resolve("in/b.tar"), 0, 4);
    return folder.resolve("in").toString();
  }

  private String at(String name) {
    return folder.resolve(name).toString();
  }

  @Test
  void captionsGoFromShardsToLines() throws IOException {
    int code = run("caption", in(), "--out", at("out"), "--beams", "1", "--max-tokens", "6");
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    assertThat(out.toString())
        .startsWith("6 rows of 6 images in 2 units, 0 of them done before; 2 images left out");
    assertThat(Files.readString(folder.resolve("out/data/000000-a.jsonl")))
        .startsWith("{\"image\":\"picture 0\",\"caption\":\"");
  }

  @Test
  void equalPicturesAreDropped() throws IOException {
    assertThat(run("duplicates", in(), "--out", at("out"))).isZero();
    assertThat(out.toString()).contains(" of 6 images are within 10 bits of an earlier one");
    assertThat(LocalSpark.session().read().parquet(at("out/kept")).count()).isBetween(1L, 3L);
    assertThat(LocalSpark.session().read().parquet(at("out/dropped")).count()).isBetween(3L, 5L);
  }

  @Test
  void pairsAreFiltered() throws IOException {
    assertThat(run("filter", in(), "--clip", "pocket-clip", "--keep", "5", "--out", at("out")))
        .isZero();
    assertThat(out.toString()).contains("5 of 12 pairs");
    assertThat(run("filter", in(), "--clip", "pocket-clip", "--out", at("out"))).isEqualTo(2);
    assertThat(err.toString()).contains("give either --keep N or --threshold COSINE");
  }

  @Test
  void captionsOfAJobAreScored() throws IOException {
    Files.writeString(
        folder.resolve("refs.jsonl"),
        """
        {"image": "1", "captions": ["a red dog", "the dog"]}
        {"image": "2", "captions": ["a blue cat"]}
        """);
    Files.writeString(
        folder.resolve("results.jsonl"),
        """
        {"image": "1", "caption": "a red dog"}
        {"image": "2", "caption": "a cat"}
        """);
    assertThat(run("score", "--refs", at("refs.jsonl"), "--results", at("results.jsonl"))).isZero();
    assertThat(out.toString()).contains("\"images\":2", "\"references\":3", "\"CIDEr\":");
  }

  @Test
  void featuresAreCollected() throws IOException {
    assertThat(run("features", in(), "--out", at("features"))).isZero();
    assertThat(run("collect", at("features"), "--into", at("cache"))).isZero();
    assertThat(out.toString()).contains("3 records in");
    assertThat(run("collect", at("in"), "--into", at("cache"))).isEqualTo(2);
    assertThat(err.toString()).contains("holds no features");
  }

  @Test
  void wrongUseIsASentence() {
    assertThat(run("caption", at("nothing"), "--out", at("out"))).isEqualTo(2);
    assertThat(err.toString()).startsWith("lorgnette-spark: ").contains("is not there");
    assertThat(run("caption")).isEqualTo(2);
    assertThat(run("--help")).isZero();
  }
}
