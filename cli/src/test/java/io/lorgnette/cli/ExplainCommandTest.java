package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExplainCommandTest {

  @TempDir static Path folder;
  private static Path photo;

  @BeforeAll
  static void draw() throws Exception {
    photo = Pictures.draw(folder.resolve("discs.png"), 4);
  }

  private static Cli explain(Object... more) {
    Object[] usual = {"explain", photo, "--threads", "1", "--format", "f32", "--beams", "1"};
    Object[] all = new Object[usual.length + more.length];
    System.arraycopy(usual, 0, all, 0, usual.length);
    System.arraycopy(more, 0, all, usual.length, more.length);
    return Cli.run(all);
  }

  @Test
  void writesAPageAndSaysWhatIsSaid() throws Exception {
    Path page = folder.resolve("inside.html");
    Cli cli = explain("--out", page, "--regions", "2", "--neighbours", "1");
    assertThat(cli.code()).as(cli.err()).isZero();
    assertThat(cli.out()).startsWith("seeing  ").contains("\nblind   ", "gain", "nearest words");
    assertThat(cli.err()).contains("Heat maps are in " + page);
    String said = cli.out().lines().findFirst().orElseThrow().substring(8);
    assertThat(Cli.run("caption", photo, "--threads", "1", "--format", "f32", "--beams", "1").out())
        .isEqualToIgnoringNewLines(said);
    assertThat(Files.readString(page)).contains("discs.png", said, "Blind and seeing");
  }

  @Test
  void jsonIsOneDocument() throws Exception {
    Cli cli = explain("--json", "--question", "How many?", "--text", "two", "--regions", "1");
    assertThat(cli.code()).as(cli.err()).isZero();
    JsonNode node = new ObjectMapper().readTree(cli.out());
    assertThat(node.path("image").textValue()).isEqualTo(photo.toString());
    assertThat(node.path("question").textValue()).isEqualTo("How many?");
    assertThat(node.path("said").textValue()).isEqualTo("two");
    assertThat(node.path("words").path(0).path("word").textValue()).isEqualTo("two");
    assertThat(node.path("words").path(0).path("lost")).hasSize(1);
    assertThat(node.path("attention").path("rows").intValue()).isEqualTo(7);
  }

  @Test
  void wrongUseIsToldOf() {
    assertThat(explain("--regions", "17").err()).contains("regions must be 0 to 16, not 17");
    assertThat(explain("--regions", "17").code()).isEqualTo(2);
    assertThat(explain("--question", " ").err()).contains("the question is empty");
    assertThat(Cli.run("explain", folder.resolve("none.jpg")).code()).isEqualTo(2);
  }
}
