package io.lorgnette.pocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PocketTest {

  private static final List<String> VISION =
      List.of("config.json", "model.safetensors", "preprocessor_config.json");

  @TempDir Path cache;

  @Test
  void tokenizerIsAFileThatLoads() {
    try (Tokenizer tokenizer = Tokenizer.load(Pocket.tokenizer())) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(8192);
    }
  }

  /** The two differ in what they have read, and in nothing else. */
  @Test
  void theLanguageModelsAreOfOneShape() throws Exception {
    Path one = Pocket.languageModel();
    Path plain = Pocket.plainLanguageModel();
    assertThat(plain.resolve("config.json")).hasSameTextualContentAs(one.resolve("config.json"));
    assertThat(plain.resolve("tokenizer.json"))
        .hasSameBinaryContentAs(one.resolve("tokenizer.json"));
    try (LanguageModel lm = LanguageModel.load(one, Dtype.BF16, Device.CPU);
        LanguageModel other = LanguageModel.load(plain, Dtype.BF16, Device.CPU)) {
      assertThat(other.config()).isEqualTo(lm.config());
      assertThat(other.identity()).isNotEqualTo(lm.identity());
      assertThat(other.config().parameterCount()).isEqualTo(7_634_688);
    }
  }

  /** What a denoiser has to know: the rest of a sentence stays, and something stands in the gap. */
  @Test
  void theEncoderDecoderFillsAGap() {
    Path folder = Pocket.encoderDecoder();
    try (TextModel model = TextModel.load(folder, Dtype.F32, Device.CPU);
        Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(model.vocabulary()).isEqualTo(8193);
      int mask = tokenizer.idOf("<|mask|>").orElseThrow();
      assertThat(mask).isEqualTo(8192);
      int[] ids = tokenizer.encode("A dog runs<|mask|> the grass .");
      assertThat(ids).contains(mask);
      Generation written =
          new Generator(model, tokenizer)
              .generate(Prompt.of(ids), GenerationConfig.greedy(16).withEos(0));
      assertThat(tokenizer.decode(written.ids(), true))
          .matches(" ?A dog runs \\w+ the grass \\..*");
    }
  }

  @Test
  void theJointSpaceTellsCaptionsApart() {
    try (Scope scope = Scope.open();
        Tokenizer tokenizer = Tokenizer.load(Pocket.clip());
        DualEncoder pair = DualEncoder.load(Pocket.clip(), Dtype.F32, Device.CPU)) {
      List<String> texts =
          List.of("A dog runs .", "The puppy is running outside .", "Two men play guitar .");
      Tensor embeds = pair.textEmbeds(pair.texts().ids(tokenizer, texts), null);
      float[] cosines = Tensors.toFloats(DualEncoder.cosines(embeds, embeds));
      assertThat(cosines[1]).isGreaterThan(cosines[2]).isGreaterThan(cosines[5]);
    }
  }

  @Test
  void copiesOnceUnderANameWithTheHashOfTheContents() throws Exception {
    Path folder = Pocket.extract("vision", Pocket.urls("vision", VISION), cache);
    assertThat(folder.getParent()).isEqualTo(cache);
    assertThat(folder.getFileName().toString()).matches("vision-[0-9a-f]{16}");
    for (String file : VISION) {
      assertThat(folder.resolve(file)).hasSameBinaryContentAs(Pocket.vision().resolve(file));
    }
    Files.delete(folder.resolve("config.json"));
    assertThat(Pocket.extract("vision", Pocket.urls("vision", VISION), cache)).isEqualTo(folder);
    assertThat(folder.resolve("config.json")).doesNotExist();
  }

  @Test
  void aJarsChecksumsNameTheCopy() throws Exception {
    Path one = copyOf(jar("one.jar", "weights"));
    assertThat(one.resolve("a.txt")).hasContent("weights");
    assertThat(copyOf(jar("same.jar", "weights"))).isEqualTo(one);
    Path other = copyOf(jar("other.jar", "changed"));
    assertThat(other).isNotEqualTo(one);
    assertThat(other.resolve("a.txt")).hasContent("changed");
  }

  private Path copyOf(URL jar) throws Exception {
    URL file = new URL("jar:" + jar + "!/a.txt");
    return Pocket.extract("model", Map.of("a.txt", file), cache.resolve("copies"));
  }

  private URL jar(String name, String content) throws Exception {
    Path jar = cache.resolve(name);
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("a.txt"));
      out.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return jar.toUri().toURL();
  }

  @Test
  void severalAtOnceLeaveOneWholeCopy() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      Callable<Path> copy = () -> Pocket.extract("vision", Pocket.urls("vision", VISION), cache);
      for (Future<Path> done : threads.invokeAll(List.of(copy, copy, copy, copy, copy, copy))) {
        assertThat(done.get().resolve("model.safetensors")).isNotEmptyFile();
      }
    } finally {
      threads.shutdown();
    }
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void saysWhatIsNotEmbedded() {
    assertThatThrownBy(() -> Pocket.connector("none"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no embedded connectors/none.safetensors");
  }

  @Test
  void saysWhereItCanNotWrite() throws Exception {
    Path file = Files.writeString(cache.resolve("file"), "");
    assertThatThrownBy(() -> Pocket.extract("vision", Pocket.urls("vision", VISION), file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("XDG_CACHE_HOME");
  }
}
