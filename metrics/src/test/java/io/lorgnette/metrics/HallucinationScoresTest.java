package io.lorgnette.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HallucinationScoresTest {

  private static final String NAMES =
      """
      person, girl, man, woman
      dog, puppy
      hot dog
      dining table, table

      knife
      """;

  @TempDir Path folder;

  private ObjectNames names() throws Exception {
    return ObjectNames.read(Files.writeString(folder.resolve("names.txt"), NAMES));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A man walks two dogs . | person dog",
        "Women eat hot dogs at a table | person hot dog dining table",
        "a Dining-Table with knives | dining table knife",
        "doggy tables' | dining table",
        "nothing | ''",
        "a puppy, a girl; the puppy | dog person dog"
      })
  void theLongestNameCountsInAnyNumberAndCase(String caption, String kinds) throws Exception {
    assertThat(String.join(" ", names().mentions(caption))).isEqualTo(kinds);
  }

  @Test
  void whatIsLabelledOrSaidByPeopleIsThere() throws Exception {
    Map<String, Set<String>> objects = Map.of("1", Set.of("person", "dog"), "2", Set.of("knife"));
    Map<String, List<String>> references =
        Map.of("1", List.of("A table."), "2", List.of("a knife"), "3", List.of("sky"));
    Map<String, String> results =
        Map.of(
            "1", "a woman and her puppy at a table",
            "2", "a man with a knife and a dog",
            "3", "the sky");
    HallucinationScores scores = HallucinationScores.of(objects, references, results, names());
    assertThat(scores.images()).containsExactly("1", "2", "3");
    assertThat(scores.invented(0)).isEmpty();
    assertThat(scores.invented(1)).containsExactly("person", "dog");
    Map<String, Interval> intervals = scores.intervals(1, 200);
    // Two of six mentions, in one of three captions.
    assertThat(intervals.get("CHAIR-i").value()).isCloseTo(2 / 6.0, within(1e-12));
    assertThat(intervals.get("CHAIR-s").value()).isCloseTo(1 / 3.0, within(1e-12));
    assertThat(intervals.get("CHAIR-s").low()).isZero();
    assertThat(scores.variants().get("CHAIR-i")).contains("CHAIR-style", "names.txt");
    HallucinationScores strict =
        HallucinationScores.of(
            objects, references, results, ObjectNames.of(Set.of("person", "dog", "knife")));
    assertThat(strict.intervals(1, 10).get("CHAIR-i").value()).isEqualTo(0.5);
    assertThatThrownBy(() -> HallucinationScores.of(objects, references, Map.of(), names()))
        .isInstanceOf(InputException.class);
  }

  @Test
  void instancesAreReadFromCocosFile() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("instances.json"),
            """
            {"info": {}, "images": [{"id": 1}],
             "annotations": [
              {"id": 5, "image_id": 1, "category_id": 18, "segmentation": [[1, 2]], "bbox": [0]},
              {"id": 6, "image_id": 1, "category_id": 18},
              {"id": 7, "image_id": 1, "category_id": 1}],
             "categories": [{"supercategory": "x", "id": 1, "name": "person"},
                            {"id": 18, "name": "dog"}, {"id": 2, "name": "car"}]}
            """);
    InstanceFiles.Instances instances = InstanceFiles.read(file);
    assertThat(instances.categories()).containsExactly("car", "dog", "person");
    assertThat(instances.objects()).isEqualTo(Map.of("1", Set.of("dog", "person")));
    Path broken = folder.resolve("broken.json");
    Files.writeString(
        broken, Files.readString(file).replace("{\"id\": 18, \"name\": \"dog\"}, ", ""));
    assertThatThrownBy(() -> InstanceFiles.read(broken))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("category 18 has no name");
  }

  @Test
  void aNameOfTwoKindsIsRefused() throws Exception {
    Path file = Files.writeString(folder.resolve("twice.txt"), "dog, pet\ncat, Pets\n");
    assertThatThrownBy(() -> ObjectNames.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("twice.txt, line 2: \"Pets\" is a name of dog already");
    assertThatThrownBy(() -> ObjectNames.read(folder.resolve("gone.txt")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gone.txt: can not be read");
  }
}
