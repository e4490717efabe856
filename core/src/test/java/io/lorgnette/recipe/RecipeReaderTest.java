package io.lorgnette.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecipeReaderTest {
  enum Shape {
    CONSTANT,
    LINEAR,
    WARM_RESTARTS
  }

  record Train(int steps, long seed, double rate, Shape shape, boolean early, List<Double> betas) {
    static Train read(RecipeNode n) {
      return new Train(
          n.integer("steps", 100).atLeast(1),
          n.longInteger("seed", 17).any(),
          n.number("rate", 3e-4).above(0.0),
          n.choice("shape", Shape.CONSTANT),
          n.flag("early", true),
          n.numbers("betas", List.of(0.9, 0.95)));
    }
  }

  sealed interface Source {
    record Folder(String path) implements Source {}

    record Drawn(int count, Optional<Integer> limit) implements Source {}

    static Source read(RecipeNode n) {
      return n.kind(
          "kind",
          Map.of(
              "folder",
              m -> new Folder(m.text("path")),
              "drawn",
              m ->
                  new Drawn(
                      m.integer("count").between(1, 9),
                      m.optionalInteger("limit").map(r -> r.atLeast(1)))));
    }
  }

  record Whole(
      String name, Optional<String> note, Train train, Optional<Train> other, List<Source> data) {
    static Whole read(RecipeNode n) {
      return new Whole(
          n.text("name"),
          n.optionalText("note"),
          n.section("train", Train::read),
          n.optionalSection("other", Train::read),
          n.sections("data", Source::read));
    }
  }

  private static final String FULL =
      """
      name: a recipe   # the only required key
      train:
        steps: 12
        betas: [0.5, 1]
      data:
        - kind: folder
          path: some/where
        - kind: drawn
          count: 3
      """;

  private static Recipe<Whole> read(String yaml, String... options) {
    return RecipeReader.readText(yaml, "r.yaml", List.of(options), Whole::read);
  }

  @Test
  void readsTypesAndFillsDefaults() {
    Whole whole = read(FULL).value();
    assertThat(whole)
        .isEqualTo(
            new Whole(
                "a recipe",
                Optional.empty(),
                new Train(12, 17, 3e-4, Shape.CONSTANT, true, List.of(0.5, 1.0)),
                Optional.empty(),
                List.of(new Source.Folder("some/where"), new Source.Drawn(3, Optional.empty()))));
  }

  @Test
  void writesEveryDefaultOut() {
    assertThat(read(FULL).resolvedYaml())
        .isEqualTo(
            """
            name: "a recipe"
            note: null
            train:
              steps: 12
              seed: 17
              rate: 0.0003
              shape: constant
              early: true
              betas: [0.5, 1.0]
            other: null
            data:
              - kind: folder
                path: some/where
              - kind: drawn
                count: 3
                limit: null
            """);
  }

  @Test
  void resolvedYamlReadsBackToAnEqualRecordAndToItself() {
    Random random = new Random(5);
    String alphabet = "ab:#-'\"\\ \n\t{}[],&*!|>%@`~=?0159.eé\u2028\u00a0😀trunl";
    int[] points = alphabet.codePoints().toArray();
    for (int round = 0; round < 300; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(9); i >= 0; i--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      Whole before =
          new Whole(
              text.toString(),
              Optional.of(text.reverse().toString()),
              new Train(
                  1 + random.nextInt(Integer.MAX_VALUE - 1),
                  random.nextLong(),
                  Math.pow(10, random.nextInt(40) - 20) * (1 - random.nextDouble()),
                  Shape.values()[random.nextInt(3)],
                  random.nextBoolean(),
                  List.of(random.nextGaussian(), 0.0, -0.0, 1e-300)),
              Optional.empty(),
              List.of());
      Recipe<Whole> first =
          RecipeReader.readText(
              "{}",
              "r",
              List.of(),
              n -> {
                n.text("name", before.name());
                n.text("note", before.note().get());
                n.section(
                    "train",
                    m -> {
                      m.integer("steps", before.train().steps());
                      m.longInteger("seed", before.train().seed());
                      m.number("rate", before.train().rate());
                      m.choice("shape", before.train().shape());
                      m.flag("early", before.train().early());
                      return m.numbers("betas", before.train().betas());
                    });
                return before;
              });
      Recipe<Whole> second = read(first.resolvedYaml());
      assertThat(second.value()).isEqualTo(before);
      Recipe<Whole> third = read(second.resolvedYaml());
      assertThat(third.value()).isEqualTo(before);
      assertThat(third.resolvedYaml()).isEqualTo(second.resolvedYaml());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          stepz: 5             | r.yaml, line 3: train.stepz is not a known key; did you mean train.steps?
          colour: red          | r.yaml, line 3: train.colour is not a known key; the choice is steps, seed, rate, shape, early, betas.
          steps: ten           | r.yaml, line 3: train.steps must be an integer but is the text "ten".
          steps: 1.5           | r.yaml, line 3: train.steps must be an integer but is the number 1.5.
          steps: 99999999999   | r.yaml, line 3: train.steps must be an integer between -2147483648 and 2147483647 but is the number 99999999999.
          steps: 0             | r.yaml, line 3: train.steps must be at least 1 but is 0.
          steps:               | r.yaml, line 3: train.steps must be an integer but is empty.
          steps: [1]           | r.yaml, line 3: train.steps must be an integer but is a list.
          rate: 0              | r.yaml, line 3: train.rate must be above 0.0 but is 0.0.
          rate: .inf           | r.yaml, line 3: train.rate must be a number but is the number .inf.
          rate: 1e999          | r.yaml, line 3: train.rate must be a finite number but is the number 1e999.
          early: yes           | r.yaml, line 3: train.early must be true or false but is the text "yes".
          shape: linaer        | r.yaml, line 3: train.shape must be one of constant, linear, warm-restarts but is the text "linaer"; did you mean linear?
          shape: 3             | r.yaml, line 3: train.shape must be one of constant, linear, warm-restarts but is the number 3.
          betas: 0.9           | r.yaml, line 3: train.betas must be a list but is the number 0.9.
          betas: [0.9, no]     | r.yaml, line 3: train.betas.1 must be a number but is the text "no".
          """)
  void namesFileLineKeyAndWhatWasExpected(String line, String message) {
    assertThatThrownBy(() -> read("name: x\ntrain:\n  " + line))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void namesMissingRequiredKeys() {
    assertThatThrownBy(() -> read(""))
        .hasMessage("r.yaml: name is missing and has no default; add it.");
    assertThatThrownBy(() -> read("nmae: x"))
        .hasMessage("r.yaml, line 1: name is missing and has no default; is nmae a slip?");
    assertThatThrownBy(() -> read("name: x\ndata:\n  - kind: folder\n"))
        .hasMessage("r.yaml, line 3: data.0.path is missing and has no default; add it.");
    assertThatThrownBy(() -> read("name: x\ndata:\n  - kind: foldr\n    path: y\n"))
        .hasMessageStartingWith("r.yaml, line 3: data.0.kind must be one of ")
        .hasMessageEndingWith("but is the text \"foldr\"; did you mean folder?");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          name: a\\nname: b           | r.yaml, line 2: the key name stands here a second time, first at r.yaml, line 1; keep one.
          name: &x a                  | r.yaml, line 1: anchors and aliases (& and *) are not allowed; write the value out.
          name: *x                    | r.yaml, line 1: anchors and aliases (& and *) are not allowed; write the value out.
          name: !!binary aGk=         | r.yaml, line 1: tags (!name) are not allowed; write the plain value.
          name: x\\n--- \\nname: y    | r.yaml, line 2: a second document begins here; a recipe is one document.
          [1, 2]                      | r.yaml, line 1: a recipe is a list of keys and values but here is a list.
          name: 12                    | r.yaml, line 1: name must be a text (put it in quotes) but is the number 12.
          ? [a]\\n: b                 | r.yaml, line 1: a key must be a word, not a list or a section.
          """)
  void refusesWhatARecipeNeverNeeds(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml.replace("\\n", "\n")))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"name: [", "name: \"x", "\tname: x", "name: x\n  y: z: 1", "name: @x"})
  void saysWhereYamlIsBroken(String yaml) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(InputException.class)
        .hasMessageMatching("r\\.yaml, line \\d: not readable as YAML \\(.+\\)\\.");
  }

  @Test
  void refusesBombs() {
    assertThatThrownBy(() -> read("name: " + "[".repeat(5000)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("nested deeper than");
    assertThatThrownBy(() -> read("name: [" + "a,".repeat(30_000) + "]"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("more than 20000 values");
  }

  @Test
  void setReplacesAddsAndReachesIntoLists() {
    Whole whole =
        read(
                FULL,
                "train.steps=7",
                "train.betas=[0.1, 0.2]",
                "name=12",
                "note=Q: {q} A: # here",
                "data.1.count=9",
                "other.shape=warm-restarts")
            .value();
    assertThat(whole.train().steps()).isEqualTo(7);
    assertThat(whole.train().betas()).containsExactly(0.1, 0.2);
    assertThat(whole.name()).isEqualTo("12");
    assertThat(whole.note()).contains("Q: {q} A: # here");
    assertThat(whole.data().get(1)).isEqualTo(new Source.Drawn(9, Optional.empty()));
    assertThat(whole.other()).map(Train::shape).contains(Shape.WARM_RESTARTS);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          train.stepz=5   | --set train.stepz=5: train.stepz is not a known key; did you mean train.steps?
          train.steps=abc | --set train.steps=abc: train.steps must be an integer but is the text "abc".
          train.steps=0   | --set train.steps=0: train.steps must be at least 1 but is 0.
          train.steps     | --set train.steps: expected key.path=value, for example --set train.steps=200.
          train..steps=1  | --set train..steps=1: the key path train..steps has an empty part.
          name.first=x    | --set name.first=x: there is no key first below the text "a recipe".
          data.2.count=1  | --set data.2.count=1: 2 is not a position of this list, which has 2 entries, counted from 0.
          train.betas=[1  | --set train.betas=[1: not readable as YAML (expected ',' or ']', but got <stream end>).
          """)
  void messagesAboutOptionsNameTheOption(String option, String message) {
    assertThatThrownBy(() -> read(FULL, option))
        .isInstanceOf(InputException.class)
        .hasMessage(message);
  }

  @Test
  void checksAcrossKeysNameTheKey() {
    assertThatThrownBy(
            () ->
                RecipeReader.readText(
                    "warm: 9\nsteps: 5",
                    "r.yaml",
                    List.of(),
                    n -> {
                      int warm = n.integer("warm", 0).atLeast(0);
                      int steps = n.integer("steps", 5).atLeast(1);
                      n.check(warm <= steps, "warm", "must not be above steps");
                      return steps;
                    }))
        .hasMessage("r.yaml, line 1: warm must not be above steps.");
  }

  @Test
  void choicesAreReadAlikeInEveryLocale() {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("tr"));
      assertThat(read("name: x\ntrain: {shape: linear}").value().train().shape())
          .isEqualTo(Shape.LINEAR);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void readsFiles(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("r.yaml");
    Files.writeString(file, "\uFEFFname: bœuf\r\ntrain:\r\n  steps: 3\r\n");
    Recipe<Whole> recipe = RecipeReader.read(file, List.of(), Whole::read);
    assertThat(recipe.value().name()).isEqualTo("bœuf");
    assertThat(recipe.value().train().steps()).isEqualTo(3);

    assertThatThrownBy(() -> RecipeReader.read(folder.resolve("no"), List.of(), Whole::read))
        .hasMessage("Recipe " + folder.resolve("no") + ": there is no such file.");
    Files.write(file, "name: é".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> RecipeReader.read(file, List.of(), Whole::read))
        .hasMessage("Recipe " + file + ": not UTF-8 text; save it as UTF-8.");
    Files.write(file, new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> RecipeReader.read(file, List.of(), Whole::read))
        .hasMessageContaining("longer than 1 MiB");
  }

  @Test
  void whatIsWrittenDoesNotKnowDefaults() {
    Recipe<String> recipe =
        RecipeReader.readText(
            "steps: 03\nparts: [{kind: b}, {weight: 2, kind: a}]\n",
            "test.yaml",
            List.of("inner.rate=0.50"),
            node -> {
              node.text("name", "default");
              node.sections(
                  "parts", part -> part.text("kind") + part.number("weight", 1).atLeast(0.0));
              node.section(
                  "inner",
                  inner ->
                      inner.number("rate", 1).atLeast(0.0) + inner.number("other", 2).atLeast(0.0));
              node.integer("steps").atLeast(0);
              return node.writtenYaml();
            });
    assertThat(recipe.value())
        .isEqualTo(
            "inner:\n  rate: 0.5\nparts:\n  - kind: b\n  - kind: a\n    weight: 2.0\nsteps: 3\n");
    assertThat(recipe.resolvedYaml()).contains("name: default", "other: 2.0");
  }
}
