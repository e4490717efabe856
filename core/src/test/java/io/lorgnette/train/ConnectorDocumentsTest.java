package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Prompts;
import io.lorgnette.method.TrainingBatch.Sequence;
import io.lorgnette.method.TrainingBatch.Text;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.TextOrder.Item;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Documents as sequences, and a Flamingo that learns them. */
class ConnectorDocumentsTest {

  private static final String RECIPE =
      "method: flamingo\nlatents: 3\nlayers: 1\nheads: 2\nhead_width: 8\nevery: 1\n"
          + "data: {learn: [documents], max_tokens: 40, train: [{kind: interleaved, file: d.jsonl,"
          + " images: []}]}\n"
          + "train: {batch: 6, accumulation: 2, steps: 30, learning_rate: 0.02, warmup_steps: 2,"
          + " evaluate_every: 30, checkpoint_every: 100, patience: 0, seed: 4, clip: 1}\n";

  /** Features of even images are of a dog, of odd ones of a boat. */
  private static final String MIXED =
      document("It rains. |0 A dog. |1 A boat. Far away.")
          + document("|2 Dog.")
          + document("|3 A boat. |4 A dog. |5 A boat.")
          + document("|6 Dog. |7 Boat.")
          + document("Late. |8 A dog.");

  @TempDir Path folder;

  /** Sentences end in a full stop; {@code |N} is image N, before the next sentence. */
  private static String document(String text) {
    List<String> sentences = new ArrayList<>();
    List<String> images = new ArrayList<>();
    for (String part : text.split("(?<=\\.) ", -1)) {
      if (part.startsWith("|")) {
        int blank = part.indexOf(' ');
        images.add(
            "{\"image_name\": \"%s.jpg\", \"matched_text_index\": %d}"
                .formatted(part.substring(1, blank), sentences.size()));
        sentences.add('"' + part.substring(blank + 1) + '"');
      } else {
        sentences.add('"' + part + '"');
      }
    }
    return "{\"text_list\": " + sentences + ", \"image_info\": " + images + "}\n";
  }

  private ConnectorDocuments documents(
      SmallWorld world, Prompts prompts, String text, int tokens, int images, int without) {
    world.writeText("d.jsonl", text);
    return new ConnectorDocuments(
        List.of(world.documents("d.jsonl", without)), prompts, tokens, images);
  }

  private static Method flamingo(SmallWorld world) {
    MethodConfig config =
        RecipeReader.readText(
                "{latents: 3, layers: 1, heads: 2, every: 1}",
                "test",
                List.of(),
                MethodKind.FLAMINGO::config)
            .value();
    return config.start(world.backbones, 1);
  }

  private static Sequence sequence(ConnectorDocuments documents, int place) {
    return documents.shown(List.of(new Item(place, 0)), Looks.PLAIN).sequences().get(0);
  }

  private static String said(SmallWorld world, int[] ids) {
    int end = world.backbones.lm().vocabulary();
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(id == end ? "#" : world.backbones.tokenizer().decode(new int[] {id}, false));
    }
    return text.toString();
  }

  private static List<String> said(SmallWorld world, Sequence sequence) {
    return Stream.concat(
            Stream.of(said(world, sequence.before())),
            sequence.chunks().stream().map(chunk -> said(world, chunk.target())))
        .toList();
  }

  @Test
  void anImageGoesWithTheSentencesUpToTheNext() {
    try (SmallWorld world = new SmallWorld(folder);
        Method method = flamingo(world)) {
      ConnectorDocuments documents = documents(world, method.prompts(), MIXED, 256, 6, -1);
      assertThat(said(world, sequence(documents, 0)))
          .containsExactly("It rains.", "A dog.#", "A boat. Far away.#");
      assertThat(said(world, sequence(documents, 1))).containsExactly("", "Dog.#");
      assertThat(said(world, sequence(documents, 4))).containsExactly("Late.", "A dog.#");
      Shown both = documents.shown(List.of(new Item(3, 0), new Item(2, 0)), Looks.PLAIN);
      assertThat(both.texts()).isEmpty();
      assertThat(both.keys())
          .containsExactlyElementsOf(Stream.of(6, 7, 3, 4, 5).map(SmallWorld::key).toList());
      assertThat(both.sequences().get(1).chunks().stream().map(Text::image))
          .containsExactly(2, 3, 4);
      ConnectorDocuments.Counts counts = documents.counts();
      assertThat(counts.documents()).isEqualTo(5);
      assertThat(counts.withOneImage()).isEqualTo(2);
      assertThat(counts.images()).isEqualTo(9);
      assertThat(counts.cut() + counts.leftOut()).isZero();
      long tokens = 0;
      for (int place = 0; place < 5; place++) {
        tokens +=
            documents.shown(List.of(new Item(place, 0)), Looks.PLAIN).targetTokens(method.config());
      }
      assertThat(counts.targetTokens()).isEqualTo(tokens);
    }
  }

  @Test
  void whatIsTooLongIsCutAndImagesBeyondTheMostAreLeftOut() {
    try (SmallWorld world = new SmallWorld(folder);
        Method method = flamingo(world)) {
      ConnectorDocuments two = documents(world, method.prompts(), MIXED, 256, 2, -1);
      assertThat(said(world, sequence(two, 2))).containsExactly("", "A boat.#", "A dog. A boat.#");
      int whole = length(sequence(two, 0));
      for (int most = 2; most <= whole; most++) {
        ConnectorDocuments cut = documents(world, method.prompts(), MIXED, most, 2, -1);
        Sequence full = sequence(two, 0);
        if (most < full.before().length + 2) {
          assertThat(cut.texts(0)).isZero();
          continue;
        }
        Sequence left = sequence(cut, 0);
        // A mark without a word behind it is not kept.
        assertThat(length(left)).isBetween(most - 1, most);
        for (int i = 0; i < left.chunks().size(); i++) {
          assertThat(full.chunks().get(i).target()).startsWith(left.chunks().get(i).target());
        }
      }
    }
  }

  private static int length(Sequence sequence) {
    return sequence.before().length
        + sequence.chunks().stream().mapToInt(chunk -> 1 + chunk.target().length).sum();
  }

  @Test
  void anImageThatDoesNotDecodeLeavesItsSentences() {
    try (SmallWorld world = new SmallWorld(folder);
        Method method = flamingo(world)) {
      ConnectorDocuments documents = documents(world, method.prompts(), MIXED, 256, 6, 4);
      assertThat(said(world, sequence(documents, 2)))
          .containsExactly("", "A boat. A dog.#", "A boat.#");
      ConnectorDocuments without = documents(world, method.prompts(), MIXED, 256, 6, 2);
      assertThat(without.texts(1)).isZero();
      assertThat(without.counts().leftOut()).isEqualTo(1);
    }
  }

  @Test
  void sequencesWithOneImageAreShownHalfAsOften() {
    try (SmallWorld world = new SmallWorld(folder);
        Method method = flamingo(world)) {
      TextOrder order = documents(world, method.prompts(), MIXED, 256, 6, -1).order(5, 6, 7);
      assertThat(order.texts()).isEqualTo(8);
      Map<Integer, Integer> shown = new HashMap<>();
      order.take(0, 80).forEach(item -> shown.merge(item.image(), 1, Integer::sum));
      assertThat(shown).isEqualTo(Map.of(0, 20, 1, 10, 2, 20, 3, 20, 4, 10));
    }
  }

  @Test
  void saysWhenThereIsNothingToLearn() {
    try (SmallWorld world = new SmallWorld(folder);
        Method method = flamingo(world)) {
      assertThatThrownBy(
              () ->
                  new ConnectorDocuments(
                      List.of(world.dataset("train.jsonl")), method.prompts(), 256, 6))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("jsonl have no documents to learn");
    }
  }

  @Test
  void recipesAskForDocumentsWhereAMethodReadsThem() {
    ConnectorRecipe.Data data =
        SmallWorld.recipe(RECIPE.replace("max_tokens: 40, ", "")).value().data();
    assertThat(data.maxTokens()).isEqualTo(256);
    assertThat(data.maxImages()).isEqualTo(6);
    Recipe<ConnectorRecipe> once = SmallWorld.recipe(RECIPE, "data.max_images=3");
    assertThat(SmallWorld.recipe(once.resolvedYaml())).isEqualTo(once);
    assertThatThrownBy(
            () ->
                SmallWorld.recipe(
                    "method: mapl\ndata: {learn: [documents], train: [{kind: flickr8k}]}\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data learns documents, but the method takes one image at a time");
    assertThatThrownBy(() -> SmallWorld.recipe(RECIPE, "data.learn=[documents,captions]"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.learn must be documents alone");
    assertThatThrownBy(
            () ->
                SmallWorld.recipe(
                    "method: mapl\ndata: {max_images: 3, train: [{kind: flickr8k}]}\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data.max_images is not a known key");
  }

  @Test
  void aFlamingoLearnsThemFromFileToCheckpoint() throws Exception {
    try (SmallWorld world = new SmallWorld(folder.resolve("data"))) {
      world.writeText("d.jsonl", MIXED);
      RunFolder run = run(world, "run", 30);
      List<Double> losses =
          run.steps().stream()
              .filter(line -> line.has("loss"))
              .map(line -> line.path("loss").asDouble())
              .toList();
      assertThat(losses).hasSize(30);
      assertThat(losses.get(29)).isLessThan(losses.get(0) * 0.5);
      JsonNode note = run.readJson("run.json");
      assertThat(note.at("/data/train/documents").asInt()).isEqualTo(5);
      assertThat(note.at("/data/train/withOneImage").asInt()).isEqualTo(2);
      assertThat(note.at("/result/validationLossNats").asDouble()).isPositive();
      assertThat(run.path().resolve(ConnectorTraining.CONNECTOR)).exists();
      assertThatThrownBy(() -> run(world, "long", 1, "data.max_tokens=97"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("data.max_tokens is 97")
          .hasMessageContaining("has room for 96");
    }
  }

  private RunFolder run(SmallWorld world, String name, int steps, String... options) {
    Numerics f32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");
    RunFolder run = RunFolder.create(folder.resolve(name));
    List<String> all = new ArrayList<>(List.of(options));
    all.add("train.steps=" + steps);
    Recipe<ConnectorRecipe> recipe = SmallWorld.recipe(RECIPE, all.toArray(String[]::new));
    RunRecord.start(run, "train", List.of(), recipe, Map.of(), f32);
    new ConnectorTraining(recipe, world.backbones, world.features, Optional.empty())
        .run(
            run,
            List.of(world.documents("d.jsonl", -1)),
            List.of(world.documents("d.jsonl", -1)),
            f32,
            ProcessGroup.alone(),
            TrainingListener.SILENT,
            () -> false);
    return run;
  }
}
