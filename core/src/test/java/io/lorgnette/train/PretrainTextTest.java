package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.DataRoots;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PretrainTextTest {

  @TempDir Path folder;

  private static PretrainText text(String yaml) {
    return RecipeReader.readText(yaml, "test.yaml", List.of(), PretrainText::read).value();
  }

  private List<String> documents(String yaml) {
    List<String> documents = new ArrayList<>();
    DataRoots roots = new DataRoots(Optional.of(folder), Optional.empty());
    text(yaml).open(roots).forEach(documents::add);
    return documents;
  }

  @Test
  void captionsStandBehindSomeOfTheirWordsWhereAsked() throws Exception {
    Files.writeString(folder.resolve("captions.txt"), "a dog runs on grass .\n".repeat(50));
    String plain = "{name: captions, kind: captions, files: [captions.txt]}";
    assertThat(documents(plain)).hasSize(50).containsOnly("A dog runs on grass.");
    List<String> told = documents(plain.replace("}", ", keywords: true}"));
    assertThat(told).hasSize(50).allMatch(line -> line.endsWith("A dog runs on grass."));
    assertThat(told).anyMatch(line -> line.matches("[a-z ]*(dog|grass|runs)[a-z ]*: A dog.*"));
    DataRoots roots = new DataRoots(Optional.of(folder), Optional.empty());
    List<String> single = new ArrayList<>();
    text(plain.replace("}", ", keywords: true}")).single(roots).forEach(single::add);
    assertThat(single).isEqualTo(documents(plain));
  }

  @Test
  void theCaptionsOfAnImageAreOneDocumentWhereAsked() throws Exception {
    Files.writeString(
        folder.resolve("photos.jsonl"),
        """
        {"image": "1.jpg", "captions": ["a dog", "dogs on grass ."]}
        {"image": "2.jpg", "captions": ["a cat"]}
        """);
    String yaml =
        "{name: photos, kind: captions,"
            + " datasets: [{kind: jsonl, name: photos, file: photos.jsonl, images: []}]}";
    assertThat(documents(yaml)).containsExactly("A dog.", "Dogs on grass.", "A cat.");
    assertThat(documents(yaml.replace("]}]}", "]}], together: true}")))
        .containsExactly("A dog. Dogs on grass.", "A cat.");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    assertThatThrownBy(() -> text("{name: a, kind: lines, files: [a], keywords: true}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("keywords")
        .hasMessageContaining("go with the kind captions");
    assertThatThrownBy(() -> text("{name: a, kind: captions, files: [a], together: true}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("together")
        .hasMessageContaining("captions of datasets, without keywords");
  }
}
