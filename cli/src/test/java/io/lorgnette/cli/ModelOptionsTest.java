package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.pocket.Pocket;
import io.lorgnette.weights.Hub;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a name of a model means. */
class ModelOptionsTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  @TempDir Path folder;

  @Test
  void aFolderOrAGgufFileComesBeforeWhatWasPulled() throws Exception {
    Hub hub = Hub.of(Map.of()).withCache(folder.resolve("cache"));
    Path base = Files.createDirectories(folder.resolve("base/acme")).getParent();
    assertThat(ModelOptions.find("acme/tiny", base, hub)).isEmpty();
    Path repository = folder.resolve("cache/models--acme--tiny");
    Path snapshot = Files.createDirectories(repository.resolve("snapshots").resolve(COMMIT));
    Files.createDirectories(repository.resolve("refs"));
    Files.writeString(repository.resolve("refs/main"), COMMIT);
    assertThat(ModelOptions.find("acme/tiny", base, hub)).contains(snapshot);
    Path own = Files.createDirectories(base.resolve("acme/tiny"));
    assertThat(ModelOptions.find("acme/tiny", base, hub)).contains(own);
    assertThat(ModelOptions.find("acme/tiny.gguf", base, hub)).isEmpty();
    Path file = Files.createFile(base.resolve("acme/tiny.gguf"));
    assertThat(ModelOptions.find("acme/tiny.gguf", base, hub)).contains(file);
    Files.createFile(base.resolve("acme/tiny.bin"));
    assertThat(ModelOptions.find("acme/tiny.bin", base, hub)).isEmpty();
  }

  /** Whatever folders there are. */
  @Test
  void theEmbeddedModelsHaveNamesOfTheirOwn() throws Exception {
    Files.createDirectories(folder.resolve("pocket-plain"));
    assertThat(ModelOptions.language("pocket", folder)).isEqualTo(Pocket.languageModel());
    assertThat(ModelOptions.language("pocket-plain", folder))
        .isEqualTo(Pocket.plainLanguageModel())
        .isNotEqualTo(Pocket.languageModel());
    assertThat(ModelOptions.language("pocket-seq2seq", folder)).isEqualTo(Pocket.encoderDecoder());
    assertThat(BackboneNames.languageModel("pocket-seq2seq").parameters()).isEqualTo(4_988_608);
    assertThat(BackboneNames.under(folder, "pocket-plain")).isEqualTo("pocket-plain");
    assertThat(BackboneNames.languageModel("pocket-plain").parameters()).isEqualTo(7_634_688);
  }
}
