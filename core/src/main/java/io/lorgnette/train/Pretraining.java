package io.lorgnette.train;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PackedCorpus;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.bytedeco.pytorch.Tensor;

/**
 * {@code lorgnette pretrain}: packs the text, trains, and leaves {@code model/}, a folder that
 * {@link io.lorgnette.language.TextModel#load} and Hugging Face libraries read.
 */
public final class Pretraining {

  private static final String CORPUS = "corpus";
  private static final String MODEL = "model";

  private final Recipe<PretrainRecipe> recipe;
  private final DataRoots roots;
  private final Path tokenizerFile;
  private final Path start; // or null

  /**
   * A pre-training, not yet started.
   *
   * @param roots where the data that the recipe names lie
   * @param tokenizerFile the {@code tokenizer.json} that the recipe names
   * @param start folder of weights to go on from, or null
   */
  public Pretraining(
      Recipe<PretrainRecipe> recipe, DataRoots roots, Path tokenizerFile, Path start) {
    this.recipe = recipe;
    this.roots = roots;
    this.tokenizerFile = tokenizerFile;
    this.start = start;
  }

  /**
   * Packs the text into the run folder, unless that was done before.
   *
   * @return the packed text
   */
  public PackedCorpus pack(RunFolder folder, PackedCorpus.BuildListener listener) {
    Path packed = folder.path().resolve(CORPUS);
    if (Files.exists(packed.resolve("corpus.json"))) {
      return PackedCorpus.open(packed);
    }
    try (Tokenizer tokenizer = Tokenizer.load(tokenizerFile)) {
      int eos = PretrainTokens.endOfDocument(tokenizer, tokenizerFile);
      return PackedCorpus.build(
          packed,
          tokenizer,
          eos,
          recipe.value().text().stream().map(text -> text.open(roots)).toList(),
          listener);
    }
  }

  /**
   * Trains in a run folder, from its newest checkpoint if it has one, and writes the model.
   *
   * @param numerics chosen for this run; recorded, and what a resumed run goes on with
   */
  public TrainingLoop.Result run(
      RunFolder folder,
      PackedCorpus corpus,
      Numerics numerics,
      TrainingListener listener,
      BooleanSupplier stopRequested) {
    numerics.apply();
    PretrainRecipe settings = recipe.value();
    checkSameText(folder, corpus);
    try (Pretrained model = model(numerics)) {
      PretrainTask task = new PretrainTask(model, corpus, settings);
      TrainingLoop.Result result =
          new TrainingLoop(settings.train(), task, folder, listener, numerics.parts())
              .run(stopRequested);
      write(folder, model);
      record(folder, result, model.parameterCount(), task.evaluate());
      return result;
    }
  }

  private Pretrained model(Numerics numerics) {
    PretrainModel shape = recipe.value().model();
    PretrainTokens tokens = PretrainTokens.of(tokenizerFile, shape);
    long seed = recipe.value().train().seed();
    if (shape instanceof PretrainModel.Bart bart) {
      return new PretrainedBart(bart, tokens, start, seed, numerics);
    }
    return new PretrainedLlama((PretrainModel.Llama) shape, tokens, start, seed, numerics);
  }

  private void checkSameText(RunFolder folder, PackedCorpus corpus) {
    ObjectNode run = (ObjectNode) folder.readJson("run.json");
    JsonNode before = run.path("corpus");
    if (before.isMissingNode()) {
      ObjectNode node = run.putObject("corpus");
      node.put("identity", corpus.identity()).put("tokenizer", corpus.tokenizerSha256());
      ObjectNode tokens = node.putObject("tokens");
      for (String source : corpus.sources()) {
        tokens.put(source, corpus.tokens(source, PackedCorpus.Part.TRAIN));
      }
      folder.writeJson("run.json", run);
    } else if (!before.path("identity").asText().equals(corpus.identity())) {
      throw new InputException(
          folder.path().resolve(CORPUS)
              + " is not the text that the run was started with; start a new run");
    }
  }

  private static void write(RunFolder folder, Pretrained model) {
    folder.writeJson(MODEL + "/config.json", model.config());
    Path own = folder.path().resolve(MODEL);
    Map<String, Tensor> stored = new LinkedHashMap<>();
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      model.stored().forEach((name, tensor) -> stored.put(name, Tensors.to(tensor, Dtype.F16)));
      Safetensors.write(own.resolve("model.safetensors"), stored, Map.of("format", "pt"));
    }
    try {
      Files.write(own.resolve("tokenizer.json"), model.tokenizer());
    } catch (IOException e) {
      throw new UncheckedIOException("can not write the tokenizer to " + own, e);
    }
  }

  private void record(
      RunFolder folder, TrainingLoop.Result result, long parameters, Map<String, Double> scores) {
    ObjectNode run = (ObjectNode) folder.readJson("run.json");
    ObjectNode node = run.putObject("result");
    node.put("end", result.end().name()).put("step", result.step());
    PretrainRecipe r = recipe.value();
    node.put("tokensSeen", result.step() * r.rows() * r.length() * r.train().accumulation());
    node.put("parameters", parameters);
    ObjectNode losses = node.putObject("validationLossNats");
    ObjectNode perplexities = node.putObject("validationPerplexity");
    scores.forEach(
        (name, value) -> {
          losses.put(name, value);
          perplexities.put(name, Math.exp(value));
        });
    try (Checkpoint model =
        Checkpoint.open(folder.path().resolve(MODEL).resolve("model.safetensors"))) {
      node.put("modelSha256", model.sha256());
    }
    folder.writeJson("run.json", run);
  }
}
