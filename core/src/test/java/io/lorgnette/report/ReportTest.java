package io.lorgnette.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?:src|href|action|data|poster|srcset)\\s*=\\s*\"([^\"]*)\"|url\\(([^)]*)\\)");

  @TempDir static Path folder;

  private static RunFolder mapl;
  private static RunFolder blind;
  private static String page;

  @BeforeAll
  static void report() throws IOException {
    mapl = MadeUpRun.connector(folder.resolve("mapl-run"), true);
    blind = MadeUpRun.connector(folder.resolve("blind-run"), false);
    Path file = folder.resolve("new/report.html");
    Report.write(mapl, List.of(blind), file);
    page = Files.readString(file);
    try (Stream<Path> left = Files.list(file.getParent())) {
      assertThat(left).containsExactly(file);
    }
  }

  private static String visible(String html) {
    return html.replaceAll("(?s)<style>.*</style>", "")
        .replaceAll("<[^>]*>", " ")
        .replaceAll("\\s+", " ")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">");
  }

  @Test
  void saysInPlainWordsThatTheModelLooks() {
    assertThat(visible(page))
        .contains("MAPL on houses")
        .contains("900,000 of its 11.4 million parameters, 7.9 %, are trained on houses")
        .containsPattern(
            "MAPL's CIDEr is \\d+\\.\\d \\[\\d+\\.\\d, \\d+\\.\\d\\]; MAPL-blind's is \\d+\\.\\d")
        .containsPattern(
            "the paired difference \\+\\d+\\.\\d \\[\\d+\\.\\d, \\d+\\.\\d\\] excludes 0: the model"
                + " looks")
        .contains("MAPL's VQA accuracy is 100.0 [100.0, 100.0]; MAPL-blind's is 25.0 [");
  }

  @Test
  void theBlindOneIsNotSaidToLook() {
    String reversed = visible(Report.html(blind, List.of(mapl)));
    assertThat(reversed).contains("excludes 0: MAPL is better").doesNotContain("the model looks");
    String withItself = visible(Report.html(mapl, List.of(mapl)));
    assertThat(withItself).contains("includes 0: neither is shown to be better");
    assertThat(withItself).contains("MAPL (mapl-run)");
  }

  @Test
  void escapesWhatComesFromData() {
    assertThat(page)
        .doesNotContain("<script")
        .contains("A &lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;blue&quot; house.")
        .contains("alt=\"A &lt;script&gt;");
  }

  @Test
  void asksTheNetworkForNothing() {
    Matcher matcher = REFERENCE.matcher(page);
    int pictures = 0;
    while (matcher.find()) {
      String target = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      assertThat(target).startsWith("data:image/jpeg;base64,");
      pictures++;
    }
    assertThat(pictures).isEqualTo(9);
    assertThat(page).doesNotContain("<link").doesNotContain("@import").doesNotContain("<iframe");
    assertThat(page).contains("default-src &#39;none&#39;").doesNotContainPattern("https?://");
  }

  @Test
  void canBeReadByEveryone() {
    assertThat(page)
        .contains("<html lang=\"en\">")
        .contains("prefers-color-scheme: dark")
        .contains("width=device-width")
        .contains("alt=\"A red house under a wide sky.\"")
        .contains("role=\"img\"")
        .containsPattern("<title id=\"loss-title\">")
        .containsPattern("<desc id=\"loss-description\">MAPL: the training loss goes from \\d");
    assertThat(page.split("<img ", -1)).hasSameSizeAs(page.split(" alt=\"", -1));
  }

  @Test
  void drawsBothRunsInOneChart() {
    assertThat(page.split("<polyline class=\"training\"", -1)).hasSize(3);
    assertThat(page.split("<polyline class=\"validation\"", -1)).hasSize(3);
    assertThat(page).contains("MAPL, step 600: validation loss 1.700");
    assertThat(page).contains("Training: means over 4 steps.");
  }

  @Test
  void showsWhatEachSystemSaidBesideWhatPeopleSaid() {
    assertThat(visible(page))
        .contains("card-0")
        .contains("MAPL-blind \u22120.40 nats per token A boat on the sea.")
        .contains("3 captions by people A red house under a wide sky.")
        .contains("10 answers by people red \u00d7 9 dark red");
  }

  @Test
  void tellsHowItWasMade() {
    assertThat(visible(page))
        .contains("lorgnette train 'my recipe.yaml'")
        .contains("2 min 10 s")
        .contains("connector SHA-256 c0ffee")
        .contains("numerics device CPU, format BF16, threads 1")
        .contains("houses: 500 images, 2,500 captions, 900 questions")
        .contains("method: mapl");
  }

  @Test
  void isTheSameInEveryCountry() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertThat(Report.html(mapl, List.of(blind))).isEqualTo(page);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void saysWhatIsMissing() throws IOException {
    RunFolder young = MadeUpRun.trained(folder.resolve("young"), "mapl", 2);
    String html = visible(Report.html(young, List.of()));
    assertThat(html).contains("It has not been evaluated yet.").doesNotContain("Gallery");
    RunFolder empty = RunFolder.create(folder.resolve("empty"));
    empty.writeText("run.json", "{}");
    assertThat(visible(Report.html(empty, List.of())))
        .contains("Run empty")
        .contains("The training has not come to its end.")
        .contains("No step has been recorded yet.")
        .contains("The run does not say which parts it has.");
  }

  @Test
  void reportsALanguageModel() throws IOException {
    RunFolder lm = MadeUpRun.languageModel(folder.resolve("lm"));
    assertThat(visible(Report.html(lm, List.of())))
        .contains("Language model lm")
        .contains("of 7.1 million parameters is trained from text of 15.6 million tokens.")
        .contains("the validation perplexity is 20.1")
        .contains("all 20.09 3.000 nats books 33.12 3.500 nats")
        .doesNotContain("Nothing has been evaluated yet.");
  }

  @Test
  void otherImagesAreNotCompared() throws IOException {
    RunFolder other = MadeUpRun.trained(folder.resolve("other"), "mapl-blind", 2);
    MadeUpRun.captions(other, false, 10);
    assertThat(visible(Report.html(mapl, List.of(other))))
        .contains("There is no difference between MAPL and MAPL-blind: ")
        .doesNotContain("the model looks");
  }

  @Test
  void aFolderWithoutPicturesGivesCardsOfText() throws IOException {
    RunFolder bare = MadeUpRun.trained(folder.resolve("bare"), "mapl", 2);
    MadeUpRun.captions(bare, true, 30);
    String html = Report.html(bare, List.of());
    assertThat(html).contains("kept no pictures").doesNotContain("<img");
    assertThat(html.split("<article", -1)).hasSize(13);
  }

  @Test
  void aFolderThatIsNoRunIsRefused() {
    assertThatThrownBy(() -> Report.write(RunFolder.open(folder), List.of(), folder.resolve("r")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no run");
  }

  @Test
  void writesTablesAsMarkdown() {
    assertThat(Report.markdown(mapl, List.of(blind)))
        .contains("### Captions on houses, test split")
        .contains("| metric | MAPL | MAPL-blind | MAPL \u2212 MAPL-blind | variant |")
        .contains("|---|---:|---:|---:|---|")
        .containsPattern(
            "\\| CIDEr \\| \\d+\\.\\d \\[.*\\] \\| .* \\| \\+.*, p 0\\.\\d{3} \\| CIDEr-D");
  }

  @Test
  void writesTablesAsCsv() {
    List<String> lines = Report.csv(mapl, List.of(blind)).lines().toList();
    assertThat(lines.get(0)).startsWith("evaluation,system,run,metric,variant,value,low,high,");
    assertThat(lines)
        .contains("houses-test-answers,MAPL,mapl-run,answers of type other,,1.0,,,,,,");
    assertThat(lines)
        .anyMatch(
            line -> line.startsWith("houses-test-captions,MAPL-blind,blind-run,BLEU-4,\"closest"));
    // Seven metrics of captions, one of answers and one answer type, for two systems.
    assertThat(lines).hasSize(1 + 2 * 9);
  }
}
