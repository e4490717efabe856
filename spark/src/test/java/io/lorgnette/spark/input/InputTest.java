package io.lorgnette.spark.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.Drawn;
import io.lorgnette.spark.input.InputUnit.Kind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InputTest {

  private static final Configuration HADOOP = new Configuration();

  @TempDir private Path folder;

  private List<InputUnit> units(int files, String... inputs) {
    return InputUnits.find(List.of(inputs), files, HADOOP);
  }

  private static List<Sample> read(InputUnit unit) throws IOException {
    List<Sample> all = new ArrayList<>();
    try (Samples samples = Samples.open(unit, ParquetColumns.DEFAULT, HADOOP)) {
      samples.forEachRemaining(all::add);
    }
    return all;
  }

  @Test
  void shardsAreUnitsAndImagesAreTakenTogether() throws IOException {
    Drawn.shard(folder.resolve("set/b.tar"), 0, 2);
    for (int i = 0; i < 5; i++) {
      Files.createDirectories(folder.resolve("set/a"));
      Files.write(folder.resolve("set/a/" + i + ".png"), Drawn.png(i));
    }
    Files.writeString(folder.resolve("set/readme.txt"), "text");
    Files.createDirectories(folder.resolve("set/_temporary"));
    Files.write(folder.resolve("set/_temporary/x.png"), Drawn.png(0));
    Files.write(folder.resolve("set/.hidden.png"), Drawn.png(0));

    List<InputUnit> units = units(2, folder.resolve("set").toString());

    assertThat(units)
        .extracting(InputUnit::name)
        .containsExactly("000000-0", "000001-2", "000002-b", "000003-4");
    assertThat(units.get(2).kind()).isEqualTo(Kind.TAR);
    assertThat(read(units.get(0))).extracting(Sample::id).containsExactly("a/0.png", "a/1.png");
    assertThat(read(units.get(3))).extracting(Sample::id).containsExactly("a/4.png");
    assertThat(units).isEqualTo(units(2, folder.resolve("set").toString()));
  }

  @Test
  void patternsAndSingleFilesAreFound() throws IOException {
    Drawn.shard(folder.resolve("a1.tar"), 0, 2);
    Drawn.shard(folder.resolve("a2.tar"), 2, 2);
    Drawn.shard(folder.resolve("b.tar"), 4, 2);
    assertThat(units(9, folder + "/a*.tar", folder + "/b.tar")).hasSize(3);
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    assertThatThrownBy(() -> units(9, folder + "/none.tar"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.tar is not there");
    Files.writeString(folder.resolve("a.txt"), "text");
    assertThatThrownBy(() -> units(9, folder.toString()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no tar shards");
  }

  @Test
  void aShardsSamplesHaveTheirTexts() throws IOException {
    Drawn.shard(folder.resolve("a.tar"), 7, 2);
    List<Sample> samples = read(units(9, folder.resolve("a.tar").toString()).get(0));
    assertThat(samples).extracting(Sample::id).containsExactly("picture 7", "picture 8");
    assertThat(samples.get(0).image()).isEqualTo(Drawn.png(7));
    assertThat(samples.get(0).captions()).containsExactly("A picture of 7 discs.", "Number 7.");
    assertThat(samples.get(0).questions()).hasSize(2);
  }

  @Test
  void whatIsWrongInAShardIsAProblemOfItsSample() throws IOException {
    Path shard = folder.resolve("a.tar");
    try (OutputStream out = Files.newOutputStream(shard);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      Drawn.add(tar, "alone.txt", "A caption.".getBytes(StandardCharsets.UTF_8));
      Drawn.add(tar, "bad.png", Drawn.png(1));
      Drawn.add(tar, "bad.json", "[1]".getBytes(StandardCharsets.UTF_8));
      TarArchiveEntry link = new TarArchiveEntry("link.png", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/passwd");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
      Drawn.add(tar, "good.png", Drawn.png(2));
      Drawn.add(tar, "good.txt", "Words.".getBytes(StandardCharsets.UTF_8));
    }
    List<Sample> samples = read(units(9, shard.toString()).get(0));
    assertThat(samples).extracting(Sample::id).containsExactly("alone", "bad", "link", "good");
    assertThat(samples.get(0).problem()).contains("no image beside its text");
    assertThat(samples.get(1).problem()).contains("not a JSON object");
    assertThat(samples.get(2).problem()).contains("is a link");
    assertThat(samples.get(3).problem()).isNull();
    assertThat(samples.get(3).captions()).containsExactly("Words.");
  }

  @Test
  void ofAShardThatBreaksOffTheStartCounts() throws IOException {
    Path shard = folder.resolve("a.tar");
    Drawn.shard(shard, 0, 4);
    byte[] bytes = Files.readAllBytes(shard);
    int third = 2 * (512 + 512 * ((Drawn.png(0).length + 511) / 512)) + 2 * 1024;
    Files.write(shard, Arrays.copyOf(bytes, third + 700));
    List<Sample> samples = read(units(9, shard.toString()).get(0));
    assertThat(samples.get(0).problem()).isNull();
    assertThat(samples.get(samples.size() - 1).problem()).contains("breaks off");
    assertThat(samples).hasSizeLessThan(5);
  }
}
