package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Roots, recipes, and what is said when something is not there. */
class DatasetsTest {
  @TempDir Path folder;

  private static Recipe<DatasetSpec> recipe(String yaml) {
    return RecipeReader.readText(yaml, "r.yaml", List.of(), DatasetSpec::read);
  }

  private void expectFailure(DataRoots roots, String message) {
    DatasetSpec spec = DatasetSpec.named("flickr8k", Split.VAL);
    assertThatThrownBy(() -> Datasets.open(spec, roots, Problems.collecting()))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void missingRootsAndFilesAreOneSentence() {
    expectFailure(
        DataRoots.none(),
        "Data set flickr8k needs a data folder; give it with --data DIR or set LORGNETTE_DATA.");
    expectFailure(
        DataRoots.find(Optional.of(folder.resolve("no")), Map.of()),
        "The data folder "
            + folder.resolve("no")
            + " is not there; give another with --data DIR or set LORGNETTE_DATA.");
    DataRoots roots = DataRoots.find(Optional.empty(), Map.of("LORGNETTE_DATA", "" + folder));
    expectFailure(
        roots,
        "Data set flickr8k: the caption file is missing; expected at "
            + folder.resolve("flickr8k/Flickr8k.token.txt")
            + " (or with .gz); fetch it, or name another path in the recipe.");
    NativeFiles files =
        new NativeFiles(folder)
            .text("flickr8k/Flickr8k.token.txt", "a.jpg#0\tone")
            .text("flickr8k/Flickr_8k.devImages.txt", "a.jpg");
    expectFailure(
        roots,
        "Data set flickr8k: the images are missing; expected at "
            + folder.resolve("flickr8k/flickr8k-dev-*.tar")
            + "; fetch them, or name another path in the recipe.");
    files.tar("flickr8k/flickr8k-dev-0.tar", "b.jpg", "photo b");
    expectFailure(
        roots,
        "Data set flickr8k (val) below "
            + folder
            + " has nothing to use: none of the 1 images, first a.jpg, is in tar file "
            + folder.resolve("flickr8k/flickr8k-dev-0.tar")
            + ".");
    files.text("flickr8k/Flickr8k.token.txt", "broken");
    expectFailure(
        roots,
        "Data set flickr8k (val) below "
            + folder
            + " has nothing to use: 1 broken lines or records, 1 images or captions without text;"
            + " first "
            + folder.resolve("flickr8k/Flickr8k.token.txt")
            + ", line 1: expected NAME.jpg#N, a tab, and a caption.");
  }

  @Test
  void theOptionGoesBeforeTheVariable() {
    Path option = Path.of("option");
    assertThat(DataRoots.find(Optional.of(option), Map.of("LORGNETTE_DATA", "x")).data())
        .contains(option);
    assertThat(DataRoots.find(Optional.empty(), Map.of("LORGNETTE_DATA", " ")).data()).isEmpty();
  }

  @Test
  void imagePrefixGoesBeforeEveryName() {
    new NativeFiles(folder)
        .text("x.jsonl", "{\"image\": \"a.jpg\", \"caption\": \"one\"}")
        .zip("z.zip", "val2017/a.jpg", "photo a");
    String yaml = "{kind: jsonl, file: x.jsonl, images: [z.zip], image_prefix: val2017/}";
    try (Dataset data = new NativeFiles(folder).open(yaml, Problems.strict())) {
      assertThat(data.example(0).image().bytes()).asString().isEqualTo("photo a");
      assertThat(data.example(0).image().name()).isEqualTo("val2017/a.jpg");
    }
  }

  @Test
  void streamsReadOnlyWhatIsAskedFor() {
    NativeFiles files =
        new NativeFiles(folder)
            .text(
                "x.jsonl",
                """
                {"image": "a.jpg", "caption": "one"}
                {"image": "b.jpg", "caption": "two"}
                """)
            .photos("p", "a.jpg", "b.jpg");
    try (Dataset data =
        files.open("{kind: jsonl, file: x.jsonl, images: [p]}", Problems.strict())) {
      // The second line is spoilt after opening: a stream that stops before it never sees that.
      files.text(
          "x.jsonl",
          """
          {"image": "a.jpg", "caption": "one"}
          ["image": "b.jpg", "caption": "two"}
          """);
      assertThat(data.examples().limit(1).map(Example::captions)).containsExactly(List.of("one"));
      assertThatThrownBy(() -> data.example(1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("x.jsonl has changed while it was in use; start again.");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {kind: flickr9k}                              | r.yaml, line 1: kind must be one of flickr8k, coco-captions, coco-karpathy, lavis-coco, flickr30k, nocaps, textcaps, vizwiz-captions, cc3m, minigpt4, karpathy, webdataset, vqav2, okvqa, textvqa, vizwiz-vqa, gqa, daquar, jsonl, interleaved, postcards but is the text "flickr9k"; did you mean flickr8k?
          {kind: flickr8k, splt: val}                   | r.yaml, line 1: splt is not a known key; did you mean split?
          {kind: flickr8k, split: all}                  | r.yaml, line 1: split: There is no split all; the choice is train, val (or dev) and test.
          {kind: flickr8k, tokens: ../t.txt}            | r.yaml, line 1: tokens must be a path below the data root, such as coco/captions.json, but is ../t.txt.
          {kind: flickr8k, tokens: /t.txt}              | r.yaml, line 1: tokens must be a path below the data root, such as coco/captions.json, but is /t.txt.
          {kind: flickr8k, images: ['*/x.tar']}         | r.yaml, line 1: images must be paths below the data root, with * in the last part only, but one is */x.tar.
          {kind: flickr8k, images: [~]}                 | r.yaml, line 1: images.0 must be a text but is empty.
          {kind: flickr8k, subset: 1.5}                 | r.yaml, line 1: subset must be above 0.0 and at most 1.0 but is 1.5.
          {kind: flickr8k, hold_out: {side: left}}      | r.yaml, line 1: hold_out.side must be one of rest, held but is the text "left".
          {kind: flickr8k, limit: 0}                    | r.yaml, line 1: limit must be at least 1 but is 0.
          {kind: jsonl, images: []}                     | r.yaml, line 1: file is missing and has no default; add it.
          {kind: karpathy, file: k.json}                | r.yaml, line 1: images is missing and has no default; add it.
          {kind: okvqa, split: test}                    | r.yaml, line 1: split must be train or val; OK-VQA's test set is val.
          {kind: cc3m, image_name: x.jpg}               | r.yaml, line 1: image_name must be a file name with {id} or {id:12} in it but is x.jpg.
          {kind: vqav2, annotations: ../a.json}         | r.yaml, line 1: annotations must be a path below the data root, such as coco/captions.json, but is ../a.json.
          """)
  void recipesAreChecked(String yaml, String message) {
    assertThatThrownBy(() -> recipe(yaml)).isInstanceOf(InputException.class).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{kind: flickr8k, split: dev, subset: 0.01, limit: 9}",
        "{kind: coco-captions, split: val, hold_out: {side: held}}",
        "{kind: karpathy, file: k.json, images: []}",
        "{kind: webdataset, images: ['a-*.tar', b.tar]}",
        "{kind: vqav2, annotations: ''}",
        "{kind: okvqa, split: val, raw_answers: true}",
        "{kind: textcaps, hold_out: {fraction: 0.06}}",
        "{kind: vizwiz-captions, split: val, rejected: true}",
        "{kind: flickr30k, tokens: a.token, list: b.txt}",
        "{kind: flickr30k, split: test}",
        "{kind: cc3m, image_name: '{id}.png'}",
        "{kind: gqa, split: test}",
        "kind: daquar",
        "{kind: jsonl, file: x.jsonl, images: [p], present_images_only: true}",
        "{kind: postcards, split: test, name: cards}",
      })
  void resolvedRecipesReadBackEqual(String yaml) {
    Recipe<DatasetSpec> once = recipe(yaml);
    assertThat(recipe(once.resolvedYaml())).isEqualTo(once);
    assertThat(once.resolvedYaml()).contains("subset_seed: ").contains("images: ");
  }

  @Test
  void namedSetsHaveTheirUsualPaths() {
    DatasetSpec spec = DatasetSpec.named("flickr8k", Split.VAL);
    assertThat(spec).isEqualTo(recipe("{kind: flickr8k, split: val}").value());
    assertThatThrownBy(() -> DatasetSpec.named("flicker8k", Split.VAL))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("did you mean flickr8k?");
    assertThatThrownBy(() -> DatasetSpec.named("jsonl", Split.VAL))
        .isInstanceOf(InputException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "train,TRAIN",
    "Training,TRAIN",
    "val,VAL",
    "dev,VAL",
    "VALIDATION,VAL",
    " test ,TEST"
  })
  void splitsHaveManyNames(String name, Split split) {
    assertThat(Split.of(name)).isEqualTo(split);
    assertThat(Split.of(split.valName())).isEqualTo(split);
    assertThat(Split.of(split.devName())).isEqualTo(split);
  }
}
