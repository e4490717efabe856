package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.feature.FeatureCache;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.feature.FeatureWriter;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.ImageGenerator;
import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.method.Blip2Origin;
import io.lorgnette.method.Blip2Retrieval;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.Retrieval;
import io.lorgnette.metrics.RetrievalScores;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** BLIP-2's first stage from data files to a checkpoint, on eight things with features. */
class Blip2TrainingTest {

  private static final String RECIPE =
      "method: blip2-stage1\n"
          + "tokenizer: bert\n"
          + "qformer: {queries: 4, width: 32, layers: 2, heads: 4, hidden: 64, positions: 12,"
          + " joint_width: 16}\n"
          + "data: {max_tokens: 12, train: [{kind: jsonl, images: [], file: things.jsonl}]}\n"
          + "train: {batch: 8, steps: 220, learning_rate: 0.01, warmup_steps: 5,"
          + " evaluate_every: 50, checkpoint_every: 1000, clip: 1, seed: 4}\n";
  private static final List<String> THINGS =
      List.of("cat", "dog", "bear", "horse", "zebra", "elephant", "bird", "cow");
  private static final int TOKENS = 3;
  private static final int WIDTH = 8;
  private static final Numerics F32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");
  private static final EncoderSpec EYES =
      new EncoderSpec("small-eyes", "eyes:1", "none", WIDTH, TOKENS, 100);

  @TempDir Path temporary;
  private Tokenizer tokenizer;
  private FeatureCache features;
  private final List<Dataset> open = new ArrayList<>();

  @BeforeEach
  void makeData() throws IOException {
    tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/bert"));
    write("A %s on a Road!", "the %s .");
    features =
        FeatureCache.open(temporary.resolve("cache"), "eyes:1", "none", TOKENS, WIDTH, Dtype.F32);
    Random random = new Random(9);
    try (Scope scope = Scope.open();
        FeatureWriter writer = features.writer(1000)) {
      for (int i = 0; i < THINGS.size(); i++) {
        float[] values = new float[TOKENS * WIDTH];
        for (int j = 0; j < values.length; j++) {
          values[j] = (float) random.nextGaussian();
        }
        writer.put(List.of(key(i)), Tensors.ofFloats(values, 1, TOKENS, WIDTH));
      }
    }
  }

  private void write(String... captions) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < THINGS.size(); i++) {
      String thing = THINGS.get(i);
      String list =
          String.join("\", \"", Arrays.stream(captions).map(c -> c.replace("%s", thing)).toList());
      lines.append("{\"image\": \"" + i + ".jpg\", \"captions\": [\"" + list + "\"]}\n");
    }
    Files.writeString(temporary.resolve("things.jsonl"), lines);
  }

  @AfterEach
  void close() {
    open.forEach(Dataset::close);
    features.close();
    tokenizer.close();
  }

  private static FeatureKey key(int image) {
    byte[] hash = new byte[32];
    hash[0] = (byte) image;
    return FeatureKey.ofHash(hash, 0);
  }

  private static Recipe<Blip2Recipe> recipe(String... options) {
    return RecipeReader.readText(RECIPE, "test.yaml", List.of(options), Blip2Recipe::read);
  }

  private FeaturedDataset things() {
    DatasetSpec spec = recipe().value().data().train().get(0);
    DataRoots roots = new DataRoots(Optional.of(temporary), Optional.empty());
    Dataset dataset = Datasets.open(spec, roots, Problems.collecting());
    open.add(dataset);
    return new FeaturedDataset(
        dataset, IntStream.range(0, dataset.size()).mapToObj(i -> Optional.of(key(i))).toList());
  }

  private RunFolder folder(String name) {
    RunFolder folder = RunFolder.create(temporary.resolve(name));
    RunRecord.start(folder, "train", List.of(), recipe(), Map.of(), F32);
    return folder;
  }

  private TrainingLoop.Result run(
      RunFolder folder, Numerics numerics, BooleanSupplier stop, String... options) {
    return new Blip2Training(recipe(options), EYES, tokenizer, features)
        .run(
            folder,
            temporary,
            List.of(things()),
            List.of(things()),
            numerics,
            ProcessGroup.alone(),
            TrainingListener.SILENT,
            stop);
  }

  private static List<Double> logged(RunFolder folder, String name) {
    return folder.steps().stream()
        .filter(line -> line.has("learningRate"))
        .map(line -> line.path(name).asDouble())
        .toList();
  }

  private Blip2Retrieval retrieval(Blip2Stage1 model) {
    List<PaddedIds> texts =
        THINGS.stream()
            .map(thing -> tokenizer.encodePadded("a " + thing + " on a road", 12, 0))
            .toList();
    return new Blip2Retrieval(
        model,
        numbers -> features.get(Arrays.stream(numbers).mapToObj(Blip2TrainingTest::key).toList()),
        THINGS.size(),
        texts,
        5);
  }

  private static RetrievalScores score(Retrieval.Scores scores) {
    int[] owners = IntStream.range(0, THINGS.size()).toArray();
    return RetrievalScores.of(scores.byImage(), scores.byText(), owners);
  }

  @Test
  void learnsWhichTextBelongsToWhichImage() {
    RunFolder folder = folder("run");
    // Slow and long enough that what is asked below is learned from other draws, too.
    TrainingLoop.Result result =
        run(
            folder,
            F32,
            () -> false,
            "qformer.dropout=0",
            "train.learning_rate=0.005",
            "train.steps=300");
    Path file = folder.path().resolve(Blip2Training.STAGE1);
    try (Scope scope = Scope.open();
        Blip2Stage1 model = Blip2Origin.load(file, Dtype.F32, Device.CPU);
        Blip2Stage1 untrained = model.config().create(4, Device.CPU)) {
      assertThat(score(Retrieval.byNearness(retrieval(untrained).nearness())).imageRecall(1))
          .isLessThan(0.6);
      float[][] near = retrieval(model).nearness();
      RetrievalScores byNearness = score(Retrieval.byNearness(near));
      assertThat(byNearness.textRecall(1)).isEqualTo(1);
      assertThat(byNearness.imageRecall(1)).isEqualTo(1);
      // The judge alone: near is of no help to it here.
      float[][] blind = new float[THINGS.size()][THINGS.size()];
      RetrievalScores judged = score(Retrieval.judged(blind, THINGS.size(), retrieval(model)));
      assertThat(judged.textRecall(1)).isEqualTo(1);
      assertThat(judged.imageRecall(1)).isEqualTo(1);
      GenerationConfig config =
          GenerationConfig.beams(3, 8).withEos(tokenizer.idOf("[SEP]").getAsInt());
      ImageGenerator generator = new ImageGenerator(model, tokenizer);
      for (int i = 0; i < THINGS.size(); i++) {
        String text =
            generator
                .generate(features.get(List.of(key(i))), config)
                .get(0)
                .get(0)
                .text()
                .orElseThrow();
        assertThat(text).contains(THINGS.get(i));
      }
      Blip2Origin origin;
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        origin = Blip2Origin.of(checkpoint);
      }
      assertThat(origin.step()).isEqualTo(result.bestStep());
      assertThat(origin.encoder()).isEqualTo(EYES);
      assertThat(origin.tokenizer()).isEqualTo(tokenizer.sha256());
      assertThat(origin.sizes().qformer().text().vocabulary())
          .isEqualTo(tokenizer.vocabularySize() + 1);
      assertThat(origin.sizes().qformer().dropout()).isZero();
    }
    JsonNode run = folder.readJson("run.json");
    assertThat(run.at("/data/train/captions").asInt()).isEqualTo(16);
    assertThat(run.at("/data/train/images").asInt()).isEqualTo(8);
    assertThat(run.at("/result/pairsSeen").asInt()).isEqualTo(2400);
    assertThat(run.at("/result/validationLossNats").asDouble()).isEqualTo(result.best());
  }

  @Test
  void logsEachLoss() {
    RunFolder folder = folder("run");
    run(
        folder,
        F32,
        () -> false,
        "train.steps=6",
        "train.evaluate_every=6",
        "train.accumulation=2",
        "loss.itm=0.5",
        "loss.itg=2",
        "loss.temperature=0.2");
    List<Double> loss = logged(folder, "loss");
    assertThat(loss).hasSize(6);
    for (int i = 0; i < 6; i++) {
      double itc = logged(folder, "itc").get(i);
      double itm = logged(folder, "itm").get(i);
      double itg = logged(folder, "itg").get(i);
      assertThat(loss.get(i)).isCloseTo(itc + 0.5 * itm + 2 * itg, within(1e-4));
      assertThat(logged(folder, "temperature").get(i)).isCloseTo(0.2, within(0.05));
    }
    // Before anything is learned: two wrong of three, and every word as likely as another.
    assertThat(logged(folder, "itm").get(0)).isBetween(0.4, 1.0);
    assertThat(logged(folder, "itg").get(0))
        .isCloseTo(Math.log(tokenizer.vocabularySize() + 1), within(0.3));
    JsonNode evaluation = folder.steps().get(6).path("evaluation");
    assertThat(evaluation.path("loss").asDouble())
        .isCloseTo(
            evaluation.path("itc").asDouble()
                + 0.5 * evaluation.path("itm").asDouble()
                + 2 * evaluation.path("itg").asDouble(),
            within(1e-4));
  }

  @Test
  void aResumedRunReachesTheSameWeightsBitForBit() throws IOException {
    String[] options = {"train.steps=12", "train.evaluate_every=5", "train.batch=4"};
    RunFolder whole = folder("whole");
    run(whole, F32, () -> false, options);
    RunFolder cut = folder("cut");
    int[] steps = {0};
    assertThat(run(cut, F32, () -> ++steps[0] == 7, options).end())
        .isEqualTo(TrainingLoop.End.STOPPED);
    assertThat(run(cut, F32, () -> false, options).step()).isEqualTo(12);
    for (String name : List.of("stage1.safetensors", "checkpoints/best.safetensors")) {
      assertThat(Files.readAllBytes(cut.path().resolve(name)))
          .as(name)
          .isEqualTo(Files.readAllBytes(whole.path().resolve(name)));
    }
    for (String name : List.of("loss", "itc", "itm", "itg")) {
      assertThat(logged(cut, name)).isEqualTo(logged(whole, name)).hasSize(12);
    }
  }

  @Test
  void computesInBf16WithWeightsInF32() {
    String[] options = {"train.steps=6", "qformer.dropout=0"};
    RunFolder full = folder("full");
    RunFolder half = folder("half");
    run(full, F32, () -> false, options);
    run(half, new Numerics(Device.CPU, Dtype.BF16, 1, "test"), () -> false, options);
    List<Double> wide = logged(full, "loss");
    List<Double> narrow = logged(half, "loss");
    assertThat(narrow).isNotEqualTo(wide);
    // Another negative may be drawn, but the three losses stay of a size.
    for (int i = 0; i < wide.size(); i++) {
      assertThat(narrow.get(i)).isCloseTo(wide.get(i), within(0.3));
    }
    try (Checkpoint checkpoint = Checkpoint.open(half.path().resolve(Blip2Training.STAGE1))) {
      assertThat(checkpoint.info("query_tokens").dtype()).isEqualTo(Dtype.F32);
    }
  }

  @Test
  void goesOnFromACheckpointAndNeedsTheSameData() throws IOException {
    RunFolder first = folder("first");
    double before = run(first, F32, () -> false, "train.steps=20").best();
    RunFolder second = folder("second");
    run(second, F32, () -> false, "train.steps=1", "start=first/stage1.safetensors");
    // The first step of a warm-up has rate 0.
    assertThat(second.steps().get(1).at("/evaluation/loss").asDouble())
        .isCloseTo(before, within(1e-6));
    assertThatThrownBy(
            () ->
                run(
                    folder("third"),
                    F32,
                    () -> false,
                    "qformer.layers=1",
                    "start=first/stage1.safetensors"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not fit");
    write("another %s");
    assertThatThrownBy(() -> run(first, F32, () -> false, "train.steps=20"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("started with other data");
  }

  /** A BERT of the recipe's sizes, made of the text side of a model. */
  private void writeBert(Blip2Stage1 model, int heads) throws IOException {
    Path lavis = temporary.resolve("lavis.safetensors");
    model.save(lavis, Map.of());
    long words = tokenizer.vocabularySize();
    Map<String, Tensor> bert = new LinkedHashMap<>();
    try (Checkpoint checkpoint = Checkpoint.open(lavis)) {
      for (String name : checkpoint.names()) {
        if (name.startsWith("Qformer.") && !name.matches(".*(_query|crossatt|position_ids).*")) {
          boolean byWord = name.matches(".*(word_embeddings|decoder|predictions.bias).*");
          Tensor tensor = checkpoint.get(name);
          bert.put(
              name.substring("Qformer.".length()), byWord ? tensor.narrow(0, 0, words) : tensor);
        }
      }
      Safetensors.write(temporary.resolve("bert/model.safetensors"), bert, Map.of());
    }
    Files.writeString(
        temporary.resolve("bert/config.json"), "{\"num_attention_heads\": " + heads + "}");
  }

  @Test
  void startsFromBert() throws IOException {
    int words = tokenizer.vocabularySize();
    try (Scope scope = Scope.open();
        Blip2Stage1 other = recipe().value().sizes().between(WIDTH, words).create(77, Device.CPU)) {
      writeBert(other, 4);
      RunFolder folder = folder("run");
      run(folder, F32, () -> false, "train.steps=1", "bert=bert"); // of rate 0
      try (Checkpoint trained = Checkpoint.open(folder.path().resolve("stage1.safetensors"))) {
        String layer = "Qformer.bert.encoder.layer.1.";
        Tensor mlp = other.parameters().get("layers.1.text_mlp.up.weight");
        assertThat(trained.get(layer + "intermediate_query.dense.weight").equal(mlp)).isTrue();
        Tensor table = trained.get("Qformer.bert.embeddings.word_embeddings.weight");
        Tensor given = other.parameters().get("embed.words");
        assertThat(table.narrow(0, 0, words).equal(given.narrow(0, 0, words))).isTrue();
        assertThat(table.equal(given)).isFalse();
        assertThat(trained.get("query_tokens").equal(other.parameters().get("queries"))).isFalse();
      }
      writeBert(other, 8);
      assertThatThrownBy(() -> run(folder("b"), F32, () -> false, "bert=bert"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("config.json has 8 heads and gelu")
          .hasMessageContaining("has 4 and gelu; change qformer.heads");
    }
  }

  @Test
  void whatCanNotBeTrainedIsRefused() {
    assertThatThrownBy(() -> run(folder("a"), F32, () -> false, "train.batch=9"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("9 different images but only 8");
    FeaturedDataset unseen = things();
    assertThatThrownBy(
            () ->
                new Blip2Captions(
                    List.of(
                        new FeaturedDataset(
                            unseen.dataset(), Collections.nCopies(8, Optional.empty()))),
                    tokenizer,
                    12))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("have no captions to learn");
  }

  @Test
  void captionsAreReadBetweenMarks() {
    Blip2Captions captions = new Blip2Captions(List.of(things()), tokenizer, 7);
    assertThat(captions.counts()).isEqualTo(new Blip2Captions.Counts(8, 16, 0));
    PaddedIds ids = captions.read(0, 0);
    List<String> tokens = Arrays.stream(ids.ids()).mapToObj(tokenizer::token).toList();
    assertThat(tokens).containsExactly("[CLS]", "a", "cat", "on", "a", "road", "[SEP]");
  }

  @Test
  void recipesHaveThePublishedDefaults() {
    Blip2Recipe recipe =
        RecipeReader.readText(
                """
                method: blip2-stage1
                vision: pocket
                tokenizer: bert
                bert: bert
                data: {train: [{kind: flickr8k, split: train}]}
                """,
                "test.yaml",
                List.of(),
                Blip2Recipe::read)
            .value();
    assertThat(recipe.sizes().between(1408, 30_522).parameterCount()).isEqualTo(186_705_470);
    assertThat(recipe.temperature()).isEqualTo(0.07);
    assertThat(recipe.train().optimizer()).isEqualTo(new AdamW.Settings(0.9, 0.999, 1e-8, 0.05));
    assertThat(recipe.train().learningRate()).isEqualTo(1e-4);
    assertThat(recipe.data().maxTokens()).isEqualTo(32);
    assertThatThrownBy(() -> recipe("loss.itc=0", "loss.itm=0", "loss.itg=0"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("loss.itc");
    assertThatThrownBy(() -> recipe("train.batch=3", "train.accumulation=3"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("train.batch");
    assertThatThrownBy(() -> recipe("bert=a", "start=b"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("beside start");
    assertThatThrownBy(() -> recipe("method=mapl")).isInstanceOf(InputException.class);
  }
}
