package io.lorgnette.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.nn.Dropout;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.verbal.Told;
import io.lorgnette.verbal.Trig;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A tiny BART that learns to answer from captions and passages. */
class TrigTrainingTest {

  private static final Numerics F32 = new Numerics(Device.CPU, Dtype.F32, 1, "test");
  private static final String SET = "{kind: jsonl, images: [], file: %s}";
  private static final String RECIPE =
      "method: trig\nlanguage: model\ndata: {max_tokens: 24, answer_tokens: 6, train: ["
          + String.format(SET, "train.jsonl")
          + "], validation: ["
          + String.format(SET, "dev.jsonl")
          + "]}\ntrain: {batch: 6, steps: 90, learning_rate: 0.02, warmup_steps: 3,"
          + " evaluate_every: 30, checkpoint_every: 5, patience: 0}\n";

  @TempDir Path temporary;
  private Path model;

  @BeforeEach
  void model() throws IOException {
    model = Files.createDirectories(temporary.resolve("model"));
    Path tokenizerFile = Golden.resource("goldens/tokenizers/gpt2").resolve("tokenizer.json");
    Files.copy(tokenizerFile, model.resolve("tokenizer.json"));
    try (Scope scope = Scope.open();
        Tokenizer tokenizer = Tokenizer.load(model)) {
      int end = tokenizer.idOf("<|endoftext|>").orElseThrow();
      EncoderDecoderConfig config =
          EncoderDecoderConfig.smallBart(tokenizer.vocabularySize(), 16, 1, 1, 2, 24, 32, end, end);
      Files.writeString(
          model.resolve("config.json"), HfEncoderDecoderConfig.bartJson(config, end).toString());
      try (EncoderDecoder start = EncoderDecoder.random(config, 3, Device.CPU)) {
        Safetensors.write(
            model.resolve("model.safetensors"),
            config.keys().write(start.parameters().asMap()),
            Map.of());
      }
    }
  }

  private static Recipe<TrigRecipe> recipe(String... options) {
    return RecipeReader.readText(RECIPE, "test.yaml", List.of(options), TrigRecipe::read);
  }

  private RunFolder folder(String name) {
    RunFolder folder = RunFolder.create(temporary.resolve(name));
    RunRecord.start(folder, "train", List.of(), recipe(), Map.of(), F32);
    return folder;
  }

  /** Words that tell what is there, as a captioner would. */
  private static TrigTraining.Set told(FeaturedDataset set) {
    List<Optional<Told>> words = new ArrayList<>();
    for (int i = 0; i < set.dataset().size(); i++) {
      words.add(
          set.keys().get(i).isEmpty()
              ? Optional.empty()
              : Optional.of(new Told(i % 2 == 0 ? "a dog" : "a boat", List.of("out"))));
    }
    return new TrigTraining.Set(set, words);
  }

  private TrainingLoop.Result run(
      SmallWorld world, RunFolder folder, BooleanSupplier stop, String... options) {
    return new TrigTraining(
            recipe(options), model, (question, told) -> List.of("first " + told.caption(), "more"))
        .run(
            folder,
            List.of(told(world.dataset("train.jsonl"))),
            List.of(told(world.dataset("dev.jsonl", 3))),
            F32,
            ProcessGroup.alone(),
            TrainingListener.SILENT,
            stop);
  }

  private static List<Double> losses(RunFolder folder) throws IOException {
    List<Double> losses = new ArrayList<>();
    for (String line : Files.readAllLines(folder.path().resolve("steps.jsonl"))) {
      var node = new ObjectMapper().readTree(line);
      if (node.has("loss")) {
        losses.add(node.path("loss").asDouble());
      }
    }
    return losses;
  }

  @Test
  void learnsToAnswerFromTheWords() throws Exception {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder folder = folder("run");
      TrainingLoop.Result result = run(world, folder, () -> false);
      List<Double> losses = losses(folder);
      assertThat(losses).hasSize(90);
      assertThat(losses.get(89)).isLessThan(0.1 * losses.get(0));
      var run = folder.readJson("run.json");
      assertThat(run.at("/data/train/questions").asInt()).isEqualTo(12);
      assertThat(run.at("/data/train/inputs").asInt()).isEqualTo(24);
      assertThat(run.at("/data/validation/questions").asInt()).isEqualTo(11);
      assertThat(run.at("/result/questionsSeen").asInt()).isEqualTo(540);
      Path trained = folder.path().resolve(TrigTraining.MODEL);
      try (EncoderDecoder lm = TrigTraining.model(trained, Dtype.F32, F32);
          Tokenizer tokenizer = Tokenizer.load(trained)) {
        assertThat(lm.config().parameterCount())
            .isEqualTo(run.at("/result/trainedParameters").asLong());
        Trig trig = new Trig(lm, tokenizer, 24);
        List<Trig.Input> inputs =
            List.of("a dog", "a boat").stream()
                .map(
                    caption ->
                        trig.encode(
                            Trig.texts(
                                "What?",
                                new Told(caption, List.of("out")),
                                List.of("first " + caption, "more"))))
                .toList();
        assertThat(trig.answers(inputs, GenerationConfig.greedy(4)))
            .extracting(answer -> answer.text().orElseThrow())
            .containsExactly("dog", "boat");
        assertThat(result.best()).isLessThan(losses.get(0));
      }
    }
  }

  @Test
  void aResumedRunReachesTheSameWeightsBitForBit() throws Exception {
    try (SmallWorld world = new SmallWorld(temporary.resolve("data"))) {
      RunFolder whole = folder("whole");
      run(world, whole, () -> false, "train.steps=14");
      RunFolder cut = folder("cut");
      int[] steps = {0};
      assertThat(run(world, cut, () -> ++steps[0] == 7, "train.steps=14").end())
          .isEqualTo(TrainingLoop.End.STOPPED);
      assertThat(run(world, cut, () -> false, "train.steps=14").step()).isEqualTo(14);
      Path file = Path.of("model", "model.safetensors");
      assertThat(Files.readAllBytes(cut.path().resolve(file)))
          .isEqualTo(Files.readAllBytes(whole.path().resolve(file)));
    }
  }

  @Test
  void partsAddUpToTheBatch() {
    try (Scope scope = Scope.open();
        EncoderDecoder lm = TrigTraining.model(model, Dtype.F32, F32);
        Tokenizer tokenizer = Tokenizer.load(model)) {
      Trig trig = new Trig(lm, tokenizer, 24);
      List<TrigExample> examples = new ArrayList<>();
      for (String answer : List.of("dog", "a large boat", "yes", "two men", "no", "red")) {
        Trig.Input input = trig.encode(List.of("of " + answer, "more"));
        examples.add(new TrigExample(input, trig.target(answer)));
      }
      TrigTask task =
          new TrigTask(
              lm, trig, examples, List.of(), recipe().value(), Dtype.F32, ProcessGroup.alone());
      double whole = sum(task, 1);
      assertThat(sum(task, 4)).isCloseTo(whole, within(1e-5));
      assertThat(whole)
          .isCloseTo(
              Tensors.value(
                  trig.loss(
                      examples.stream().map(TrigExample::input).toList(),
                      examples.stream().map(TrigExample::answer).toList())),
              within(1e-5));
    }
  }

  private static double sum(TrigTask task, int count) {
    double sum = 0;
    for (TrainingTask.Part part : task.parts(0, 0, Cut.alone(count))) {
      Tensor loss = part.loss(task.trained(), Dropout.NONE);
      sum += Tensors.value(loss);
    }
    return sum;
  }

  @Test
  void readsAsManyTextsAsPassages() {
    Told told = new Told("a dog", List.of("dog", "grass"));
    assertThat(Trig.texts("What ?", told, List.of()))
        .containsExactly("question: What ? context: a dog. dog, grass");
    assertThat(Trig.texts("What ?", told, List.of("One.", "Two.")))
        .containsExactly(
            "question: What ? context: a dog. dog, grass passage: One.",
            "question: What ? context: a dog. dog, grass passage: Two.");
  }

  @Test
  void saysWhatDoesNotFit() throws Exception {
    try (EncoderDecoder lm = TrigTraining.model(model, Dtype.F32, F32);
        Tokenizer tokenizer = Tokenizer.load(model)) {
      assertThatThrownBy(() -> new Trig(lm, tokenizer, 33))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("32 positions");
      Trig trig = new Trig(lm, tokenizer, 5);
      assertThat(trig.encode(List.of("a b c d e f g h")).inputs().get(0)).hasSize(5);
    }
  }
}
