package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Word lists of our own, in the form of METEOR's. */
class MeteorDataTest {

  @TempDir private Path folder;

  @BeforeEach
  void writeLists() throws IOException {
    write("function/english.words", "the\na\n.\n");
    write("nonbreaking/english.prefixes", "#titles\nMr\n\nNo #NUMERIC_ONLY#\n");
    write("synonym/english.synsets", "auto\n1 7\ncar\n7\nglass\n3\ngoose\n5\ngander\n5\n");
    write("synonym/english.exceptions", "goose\ngeese\n");
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void writeParaphrases(String text) throws IOException {
    Path file = Files.createDirectories(folder.resolve("data")).resolve("paraphrase-en.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private int[] matches(String hypothesis, String reference) {
    int[] all = new Meteor(MeteorData.load(folder)).statistics(hypothesis, List.of(reference));
    return new int[] {all[21], all[22]};
  }

  @Test
  void synonymsOfBaseForms() {
    assertThat(matches("autos", "cars")).containsExactly(1, 1);
    assertThat(matches("geese", "gander")).containsExactly(1, 1);
    assertThat(matches("glass", "glas")).containsExactly(0, 0);
  }

  @Test
  void paraphrasesEitherWayAndTwiceIsAmbiguous() throws IOException {
    writeParaphrases("0.5\nin front of\nbefore\n0.1\nbig\nhuge\n0.2\nhuge\nbig\n");
    assertThat(matches("before", "in front of")).containsExactly(1, 3);
    assertThat(matches("in front of", "before")).containsExactly(3, 1);
    assertThat(matches("big", "huge")).containsExactly(0, 0);
    assertThat(matches("in front", "before")).containsExactly(0, 0);
  }

  @Test
  void theNameTellsWhatIsThere() throws IOException {
    assertThat(MeteorData.none().name()).isEqualTo("METEOR (exact, stem)");
    assertThat(MeteorData.load(folder).name()).isEqualTo("METEOR (exact, stem, synonym)");
    writeParaphrases("0.5\na\nb\n");
    MeteorData all = MeteorData.load(folder);
    assertThat(all.name()).isEqualTo("METEOR");
    CaptionScores scores =
        CaptionScores.of(
            Map.of("1", List.of("a dog runs")),
            Map.of("1", "a dog ran"),
            CaptionOptions.defaults().with(all));
    assertThat(scores.metrics()).endsWith("CIDEr", "METEOR");
    assertThat(scores.variants().get("METEOR")).contains("all modules");
    CaptionScores less =
        CaptionScores.of(Map.of("1", List.of("a dog runs")), Map.of("1", "a dog ran"));
    assertThat(less.corpus()).containsKey("METEOR (exact, stem)").doesNotContainKey("METEOR");
    assertThat(less.variants().get("METEOR (exact, stem)")).contains("no published METEOR");
    assertThatThrownBy(() -> CaptionScores.compare(scores, less, "METEOR", 1, 10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("same way");
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    assertThatThrownBy(() -> MeteorData.load(folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none is not a folder");
    Files.delete(folder.resolve("synonym/english.exceptions"));
    assertThatThrownBy(() -> MeteorData.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("english.exceptions")
        .hasMessageContaining("pycocoevalcap");
  }

  @Test
  void whatIsCutOffIsRefused() throws IOException {
    writeParaphrases("0.5\na\nb\n0.5\nc\n");
    assertThatThrownBy(() -> MeteorData.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("paraphrase-en.gz");
    byte[] zipped = Files.readAllBytes(folder.resolve("data/paraphrase-en.gz"));
    Files.write(folder.resolve("data/paraphrase-en.gz"), java.util.Arrays.copyOf(zipped, 20));
    assertThatThrownBy(() -> MeteorData.load(folder)).isInstanceOf(InputException.class);
    writeParaphrases("");
    write("synonym/english.synsets", "car\n7\nauto\n");
    assertThatThrownBy(() -> MeteorData.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("cut off");
    write("synonym/english.synsets", "car\nseven\n");
    assertThatThrownBy(() -> MeteorData.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("seven");
    write("meteor-1.5.jar", "not a jar");
    assertThatThrownBy(() -> MeteorData.load(folder)).isInstanceOf(InputException.class);
  }
}
