package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Ids and texts of tokenizers without tokenizer.json equal those of the reference's conversion. */
final class LegacyTokenizerGoldenTest {

  static final List<String> VARIANTS =
      List.of(
          "gpt2",
          "gpt2-prefix",
          "gpt-j",
          "opt",
          "bart",
          "clip",
          "clip-map",
          "qwen2",
          "bert",
          "bert-cased",
          "llama",
          "llama-old-map",
          "llama-first",
          "llama-no-space",
          "t5",
          "t5-map",
          "t5-first");

  @TempDir Path folder;

  static Path goldens(String name) {
    try {
      return Path.of(
          LegacyTokenizerGoldenTest.class
              .getResource("/goldens/tokenizers-legacy/" + name)
              .toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Lays the older files of a variant and its configuration side by side. */
  static void lay(String variant, Path folder) throws IOException {
    String files =
        TokenizerGoldens.read(goldens(variant).resolve("golden.json")).path("files").textValue();
    Path vocabulary = files.equals("bart-files") ? goldens(files) : TokenizerGoldens.folder(files);
    for (Path source : List.of(vocabulary, goldens(variant))) {
      try (Stream<Path> content = Files.list(source)) {
        for (Path file : content.toList()) {
          String name = file.getFileName().toString();
          if (!List.of("tokenizer.json", "golden.json", "batch16.json").contains(name)) {
            Files.copy(file, folder.resolve(name));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @FieldSource("VARIANTS")
  void idsAndTextsEqualTheReferencesConversion(String variant) throws IOException {
    lay(variant, folder);
    List<String> texts = new ArrayList<>();
    TokenizerGoldens.read(goldens("corpus.json")).forEach(t -> texts.add(t.textValue()));
    JsonNode golden = TokenizerGoldens.read(goldens(variant).resolve("golden.json"));
    JsonNode cases = golden.path("cases");
    assertThat(cases.size()).isEqualTo(texts.size()).isEqualTo(143);
    try (Tokenizer tokenizer = Tokenizer.load(folder)) {
      assertThat(tokenizer.vocabularySize()).isEqualTo(golden.path("size").intValue());
      golden
          .path("added")
          .properties()
          .forEach(e -> assertThat(tokenizer.idOf(e.getKey())).hasValue(e.getValue().intValue()));
      for (int i = 0; i < texts.size(); i++) {
        String text = texts.get(i);
        int[] ids = TokenizerGoldens.ints(cases.get(i).get(0));
        assertThat(tokenizer.encodeWithSpecials(text)).as(text).isEqualTo(ids);
        assertThat(tokenizer.encode(text))
            .as(text)
            .isEqualTo(TokenizerGoldens.ints(cases.get(i).get(1)));
        assertThat(tokenizer.decode(ids, true)).isEqualTo(cases.get(i).get(2).textValue());
        assertThat(tokenizer.decode(ids, false)).isEqualTo(cases.get(i).get(3).textValue());
      }
    }
  }
}
