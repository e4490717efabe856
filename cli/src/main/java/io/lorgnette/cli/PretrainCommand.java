package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.text.PackedCorpus;
import io.lorgnette.train.PretrainRecipe;
import io.lorgnette.train.Pretraining;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.TrainingLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette pretrain}: a small language model from text. */
@Command(
    name = "pretrain",
    description = "Trains a small language model from text.",
    footer = {
      "  lorgnette pretrain recipes/pocket-lm.yaml --data ~/data --out runs/lm",
      "  lorgnette pretrain recipes/pocket-lm.yaml --out runs/lm --resume",
      "  lorgnette pretrain recipes/pocket-lm.yaml --set train.steps=200 --dry-run",
    })
final class PretrainCommand implements Callable<Integer> {

  private static final String TOKENIZER = "tokenizer.json";

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RECIPE", description = "YAML file that says what is trained, and how.")
  private Path recipeFile;

  @Mixin private RunOptions options;
  @Mixin private EngineOptions engine;

  @Option(names = "--pack-only", description = "Stop when the text is packed; --resume goes on.")
  private boolean packOnly;

  @Override
  public Integer call() {
    Console console = root.console();
    Recipe<PretrainRecipe> recipe =
        RecipeReader.read(recipeFile, options.set(), PretrainRecipe::read);
    // All that is given is checked before anything is written.
    DataRoots data = options.data();
    recipe.value().text().forEach(text -> text.open(data));
    Path tokenizer = tokenizer(recipe.value());
    if (options.dryRun()) {
      return dryRun(console, recipe, tokenizer);
    }
    StartedRun run =
        StartedRun.of(
            console,
            spec,
            options,
            engine,
            recipe,
            recipe.value().train().seed(),
            ProcessGroup.alone());
    Pretraining pretraining =
        new Pretraining(recipe, data, copied(tokenizer, run.folder()), start(recipe.value()));
    PackedCorpus corpus = pack(console, pretraining, run.folder());
    if (packOnly) {
      run.record().end();
      console.result(corpus + " in " + run.folder().path());
      return 0;
    }
    return train(console, pretraining, run, corpus);
  }

  private static int dryRun(Console console, Recipe<PretrainRecipe> recipe, Path tokenizerFile) {
    PretrainRecipe r = recipe.value();
    long steps = r.train().schedule().steps();
    console.say(
        String.format(
            Locale.ROOT,
            "Would train %,d parameters on %,d tokens; the recipe with every default:",
            r.parameterCount(tokenizerFile),
            steps * r.rows() * r.length() * r.train().accumulation()));
    console.result(recipe.resolvedYaml().stripTrailing());
    return 0;
  }

  private Path start(PretrainRecipe recipe) {
    return recipe.start().map(recipeFile.toAbsolutePath()::resolveSibling).orElse(null);
  }

  private Path tokenizer(PretrainRecipe recipe) {
    if (recipe.tokenizer().equals("pocket")) {
      return Pocket.tokenizer();
    }
    Path file = recipeFile.toAbsolutePath().resolveSibling(recipe.tokenizer());
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file
              + " does not exist, the tokenizer of "
              + recipeFile
              + "; give a tokenizer.json relative to the recipe, or 'pocket'");
    }
    return file;
  }

  /** The tokenizer in the run folder, copied there once: a run is complete in itself. */
  private static Path copied(Path tokenizer, RunFolder folder) {
    Path own = folder.path().resolve(TOKENIZER);
    if (!Files.exists(own)) {
      Path temporary = own.resolveSibling("." + TOKENIZER + ".tmp");
      try {
        Files.copy(tokenizer, temporary, StandardCopyOption.REPLACE_EXISTING);
        Files.move(temporary, own, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException e) {
        throw new UncheckedIOException("can not write " + own + ": " + e.getMessage(), e);
      }
    }
    return own;
  }

  private static PackedCorpus pack(Console console, Pretraining pretraining, RunFolder folder) {
    try (Progress progress = console.progress("packing text", "tokens", 0)) {
      return pretraining.pack(folder, (source, documents, tokens) -> progress.at(tokens, source));
    }
  }

  private int train(Console console, Pretraining pretraining, StartedRun run, PackedCorpus corpus) {
    RunFolder folder = run.folder();
    TrainingLoop.Result result;
    try (Interrupt interrupt = run.interrupt(console);
        TrainingProgress progress = new TrainingProgress(console, "tokens")) {
      result = pretraining.run(folder, corpus, run.numerics(), progress, interrupt::requested);
    }
    run.record().end();
    JsonNode node = run.record().node().path("result");
    if (console.json()) {
      ObjectNode copy = node.deepCopy();
      console.result(copy.put("run", folder.path().toString()));
    } else {
      summary(console, folder, node);
    }
    return run.end(console, spec, result);
  }

  private static void summary(Console console, RunFolder folder, JsonNode result) {
    console.result(
        String.format(
            Locale.ROOT,
            "%s after step %d, %,d tokens",
            result.path("end").asText().toLowerCase(Locale.ROOT),
            result.path("step").asLong(),
            result.path("tokensSeen").asLong()));
    console.result(
        String.format(
            Locale.ROOT,
            "model       %s (%,d parameters)",
            folder.path().resolve("model"),
            result.path("parameters").asLong()));
    List<String> parts = new ArrayList<>();
    result
        .path("validationPerplexity")
        .properties()
        .forEach(
            entry ->
                parts.add(
                    String.format(
                        Locale.ROOT,
                        "%-10s  %.2f",
                        entry.getKey().equals("loss") ? "all" : entry.getKey(),
                        entry.getValue().asDouble())));
    if (!parts.isEmpty()) {
      console.result("perplexity on held-out text");
      parts.forEach(part -> console.result("  " + part));
    }
  }
}
