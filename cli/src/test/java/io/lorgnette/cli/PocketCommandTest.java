package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stops the evaluation of the embedded models before it begins. */
class PocketCommandTest {

  @TempDir private Path folder;

  @Test
  void scoresOfOtherWeightsAreNotUsedAgain() throws Exception {
    Path captions = Files.createDirectories(folder.resolve("captions/evaluations")).getParent();
    Files.writeString(captions.resolve("run.json"), "{\"connector\": {\"sha256\": \"other\"}}");
    Files.writeString(captions.resolve("evaluations/flickr8k-val-captions.json"), "{}");
    Cli cli =
        Cli.run("pocket", "--out", folder, "--data", folder, "--format", "f32", "--threads", 1);
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("holds a run of other weights than pocket-captions");
    assertThat(cli.out()).isEmpty();
  }

  @Test
  void dataThatAreNotThereAreNamed() {
    Path none = folder.resolve("none");
    Cli cli = Cli.run("pocket", "--out", folder, "--data", none, "--format", "f32", "--threads", 1);
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains(none.toString());
    assertThat(folder.resolve("pocket-report.html")).doesNotExist();
  }

  @Test
  void twoDoNotWorkInOneFolder() {
    try (FolderLock other = FolderLock.of(folder)) {
      Cli cli = Cli.run("pocket", "--out", folder, "--data", folder);
      assertThat(cli.code()).isEqualTo(2);
      assertThat(cli.err()).contains("another process works in " + folder);
    }
  }
}
