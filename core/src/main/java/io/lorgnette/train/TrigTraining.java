package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.verbal.Told;
import io.lorgnette.verbal.Trig;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a system in the manner of TRiG and leaves {@code model/}, a folder that {@link
 * TextModel#load} and Hugging Face libraries read.
 */
public final class TrigTraining {

  /** The folder of the trained model in a run. */
  public static final String MODEL = "model";

  /** What a folder of a model has beside its weights. */
  private static final List<String> BESIDE =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "spiece.model",
          "vocab.json",
          "merges.txt");

  private final Recipe<TrigRecipe> recipe;
  private final Path start;
  private final BiFunction<String, Told, List<String>> passages;

  /**
   * A training, not yet started.
   *
   * @param start folder of the model that the recipe names
   * @param passages texts for a question and its image's words, best first
   */
  public TrigTraining(
      Recipe<TrigRecipe> recipe, Path start, BiFunction<String, Told, List<String>> passages) {
    this.recipe = recipe;
    this.start = start;
    this.passages = passages;
  }

  /**
   * A data set with the words about its images.
   *
   * @param told in its order; empty where an image is broken
   */
  public record Set(FeaturedDataset data, List<Optional<Told>> told) {

    public Set {
      told = List.copyOf(told);
    }
  }

  /**
   * What is learned.
   *
   * @param questions with an answer
   * @param inputs of the encoder, one for each passage
   * @param targetTokens of the answers
   * @param tooLong answers that were left out
   */
  record Counts(long questions, long inputs, long targetTokens, long tooLong) {}

  /** Loads the model that is answered with or trained on. */
  public static EncoderDecoder model(Path folder, Dtype dtype, Numerics numerics) {
    TextModel lm = TextModel.load(folder, dtype, numerics.device());
    if (lm instanceof EncoderDecoder model) {
      return model;
    }
    lm.close();
    throw new InputException(
        folder
            + " is no encoder-decoder, but TRiG's encoder reads and its decoder writes; give a"
            + " T5 or BART");
  }

  /**
   * Trains in a run folder, from its newest checkpoint if it has one.
   *
   * @param validation may be empty: then the last weights are kept
   * @throws InputException if there is nothing to learn, or the data are not those that the run was
   *     started with
   */
  public TrainingLoop.Result run(
      RunFolder folder,
      List<Set> train,
      List<Set> validation,
      Numerics numerics,
      ProcessGroup group,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    numerics.apply();
    TrigRecipe settings = recipe.value();
    try (EncoderDecoder model = model(start, Dtype.F32, numerics);
        Tokenizer tokenizer = Tokenizer.load(start)) {
      Trig trig = new Trig(model, tokenizer, settings.maxTokens());
      List<TrigExample> learned = new ArrayList<>();
      List<TrigExample> held = new ArrayList<>();
      Counts counts = examples(trig, train, learned);
      Counts heldCounts = examples(trig, validation, held);
      if (learned.isEmpty()) {
        throw new InputException("data.train has no answered question that can be learned");
      }
      RunNotes notes = new RunNotes(folder, group);
      notes.data(
          RunNotes.describe(sets(train), counts),
          validation.isEmpty()
              ? Optional.empty()
              : Optional.of(RunNotes.describe(sets(validation), heldCounts)),
          run -> {});
      TrigTask task = new TrigTask(model, trig, learned, held, settings, numerics.format(), group);
      notes.processes(task.trained(), 0);
      TrainingLoop.Result result =
          new TrainingLoop(settings.train(), task, folder, listener, numerics.parts(), group)
              .run(stopRequested);
      if (TrainingLoop.takeBest(folder, task.trained())) {
        write(folder.path().resolve(MODEL), model);
      }
      notes.result(
          result,
          "questionsSeen",
          result.step() * settings.batch(),
          task.trained().values().stream().mapToLong(Tensor::numel).sum(),
          node -> {});
      return result;
    }
  }

  private static List<FeaturedDataset> sets(List<Set> sets) {
    return sets.stream().map(Set::data).toList();
  }

  /** The most common answer to each question. */
  private Counts examples(Trig trig, List<Set> sets, List<TrigExample> all) {
    long inputs = 0;
    long tokens = 0;
    long tooLong = 0;
    for (Set set : sets) {
      for (int i = 0; i < set.told().size(); i++) {
        if (set.told().get(i).isEmpty() || set.data().dataset().questionCount(i) == 0) {
          continue;
        }
        Told told = set.told().get(i).get();
        for (var question : set.data().dataset().example(i).questions()) {
          Optional<String> answer = question.commonAnswer();
          if (answer.isPresent()) {
            int[] target = trig.target(answer.get());
            if (target.length > recipe.value().answerTokens()) {
              tooLong++;
            } else {
              List<String> found = passages.apply(question.text(), told);
              Trig.Input input = trig.encode(Trig.texts(question.text(), told, found));
              all.add(new TrigExample(input, target));
              inputs += input.inputs().size();
              tokens += target.length;
            }
          }
        }
      }
    }
    return new Counts(all.size(), inputs, tokens, tooLong);
  }

  private void write(Path folder, EncoderDecoder model) {
    try {
      Files.createDirectories(folder);
      for (String name : BESIDE) {
        if (Files.exists(start.resolve(name))) {
          Files.write(folder.resolve(name), Files.readAllBytes(start.resolve(name)));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can not write the model to " + folder, e);
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<String, Tensor> stored = new LinkedHashMap<>();
      model.config().keys().write(model.parameters().asMap()).forEach(stored::put);
      Safetensors.write(folder.resolve("model.safetensors"), stored, Map.of("format", "pt"));
    }
  }
}
