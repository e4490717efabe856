package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Protocol;
import io.lorgnette.evaluate.ShotVectors;
import io.lorgnette.evaluate.Task;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.method.Method;
import io.lorgnette.method.Speaker;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.VqaEvaluator;
import io.lorgnette.pocket.EmbeddedConnector;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.ConnectorTraining;
import io.lorgnette.train.FeaturedDataset;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.TrigRecipe;
import io.lorgnette.verbal.PicaRecipe;
import io.lorgnette.weights.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette evaluate}: what a trained connector says, scored. */
@Command(
    name = "evaluate",
    description = {
      "Captions and answers a data set with a trained connector and scores it.",
      "A recipe of method pica, which trains nothing, is evaluated itself; its run folder is --out,"
          + " as is that of an embedded connector."
    },
    footer = {
      "  lorgnette evaluate runs/mapl --on flickr8k --split dev --data ~/data",
      "  lorgnette evaluate runs/mapl --on vqav2 --split dev --shots 0,4 --data ~/data",
      "  lorgnette evaluate runs/try --on postcards --split test --beams 1",
      "  lorgnette evaluate runs/fold-1 --held-out --data ~/data",
      "  lorgnette evaluate recipes/pica.yaml --on vqav2 --shots 0,4 --out runs/pica",
      "  lorgnette evaluate pocket-captions --on flickr8k --out runs/pocket",
    })
final class EvaluateCommand implements Callable<Integer> {

  private static final String RECIPE = "recipe.yaml";

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec command;

  @Parameters(
      paramLabel = "RUN",
      description =
          "Folder that lorgnette train wrote, a recipe of method pica, or an embedded connector:"
              + " pocket-captions or pocket-answers.")
  private Path run;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the run, where a recipe or an embedded connector is evaluated.")
  private Path out;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a value of the recipe, such as shots.members=1; can be repeated.")
  private List<String> set = new ArrayList<>();

  @Option(
      names = "--shots",
      split = ",",
      defaultValue = "0",
      paramLabel = "N",
      description = "Examples before each question, drawn from the training split (default: 0).")
  private List<Integer> shots;

  @Option(
      names = "--shot-seed",
      defaultValue = "1",
      paramLabel = "N",
      description = "Draws the examples, the same for every system (default: ${DEFAULT-VALUE}).")
  private long shotSeed;

  @Option(
      names = "--shot-space",
      paramLabel = "MODEL",
      description =
          "Show the examples whose images are nearest in this joint space instead (RICES):"
              + " pocket-clip, a run of method clip, or CLIP or SigLIP, as a folder or pulled.")
  private String shotSpace;

  @Option(
      names = "--evaluator",
      paramLabel = "NAME",
      converter = VqaRule.class,
      description =
          "Rule for answers: official, lavis, open-flamingo, vizwiz or textvqa (default: that of"
              + " the data set's makers).")
  private VqaEvaluator evaluator;

  @Option(
      names = "--held-out",
      description =
          "Instead of --on: what the run's recipe holds out (hold_out) of the sets that it was"
              + " trained on, such as a fold.")
  private boolean heldOut;

  @Mixin private DataOptions data;
  @Mixin private PhotosOption photos;
  @Mixin private CaptionMetricOptions captionMetrics;
  @Mixin private WordNetOption wordNet;
  @Mixin private ClipOptions clip;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    Console console = root.console();
    clip.check();
    if (Files.isRegularFile(run)) {
      return recipe(console);
    }
    Optional<EmbeddedConnector> embedded = embedded();
    Optional<RunFolder> trained =
        embedded.isPresent() ? Optional.empty() : Optional.of(RunFolder.open(run));
    if (embedded.isPresent() && !set.isEmpty()) {
      throw new InputException("--set is for a recipe, but " + run + " is an embedded connector");
    }
    if (trained.isPresent() && (out != null || !set.isEmpty())) {
      throw new InputException("--out and --set are for a recipe, but " + run + " is a run");
    }
    checkHeldOut(trained.isPresent());
    if (trained.filter(TrigRuns::isRun).isPresent()) {
      return trig(console, trained.get());
    }
    return connector(console, embedded, trained);
  }

  /** What most runs have trained, or what is embedded. */
  private int connector(
      Console console, Optional<EmbeddedConnector> embedded, Optional<RunFolder> trained) {
    Path connector = embedded.map(EmbeddedConnector::path).orElseGet(this::connector);
    decoding.check();
    checkShots();
    List<DatasetSpec> specs = heldOut ? HeldOut.of(trained.orElseThrow()) : List.of(data.spec());
    DataRoots roots = data.roots(console, specs);
    ConnectorOrigin origin = ConnectorCheckpoint.origin(connector);
    Numerics numerics = engine.chooseSideBySide();
    RunFolder folder =
        embedded
            .map(one -> EmbeddedRuns.folder(one, neededOut(), arguments(), numerics))
            .orElseGet(trained::orElseThrow);
    ConnectorRecipe.Names names = names(folder, origin);
    Precision kept = weights.precision(numerics);
    Problems problems = data.problems();
    List<EvaluationRecord> records = new ArrayList<>();
    try (ParsingProgress parsing = new ParsingProgress(console);
        Workbench bench =
            ConnectorRuns.workbench(
                console,
                names,
                origin.config().trainsEncoder(),
                Path.of(""),
                numerics,
                kept.forInference());
        Method method = ConnectorCheckpoint.load(connector, bench.backbones());
        JointVectors space =
            shotSpace == null
                ? null
                : JointVectors.open(console, shotSpace, Path.of(""), numerics.device())) {
      Protocol protocol =
          Protocol.MAPL
              .withDecoding(decoding.config())
              .withShotSeed(shotSeed)
              .withNouns(wordNet.nouns())
              .withScoring(
                  Optional.ofNullable(evaluator),
                  captionMetrics.options(CaptionOptions.defaults(), parsing));
      Interview interview = new Interview(console, bench, new Speaker(method));
      for (DatasetSpec spec : specs) {
        try (Dataset dataset = Datasets.open(spec, roots, problems)) {
          List<String> leaks = Leaks.of(console, folder, names.language(), dataset, roots);
          leaks.forEach(leak -> console.say("Warning: " + leak));
          List<EvaluationRecord> own =
              about(dataset, interview, protocol, roots, problems, space).stream()
                  .map(record -> named(record, kept))
                  .toList();
          addClipScores(console, own, dataset, numerics);
          for (EvaluationRecord record : own) {
            leaks.forEach(record.scores().withArray("notes")::add);
            photos.write(folder, record, dataset);
          }
          records.addAll(own);
        }
      }
    }
    ConnectorRuns.noteProblems(console, problems, folder);
    EvaluationLines.print(console, records);
    return 0;
  }

  private static ConnectorRecipe.Names names(RunFolder folder, ConnectorOrigin origin) {
    JsonNode models = folder.readJson("run.json").path("models");
    return new ConnectorRecipe.Names(
        models.path("vision").asText(ModelOptions.POCKET),
        origin.pair().encoder().output(),
        models.path("language").asText(ModelOptions.POCKET));
  }

  /** All that is asked about one set: behind each number of shots. */
  private List<EvaluationRecord> about(
      Dataset dataset,
      Interview interview,
      Protocol protocol,
      DataRoots roots,
      Problems problems,
      ShotVectors vectors) {
    Workbench bench = interview.bench();
    FeaturedDataset set = photos.shown(bench.featured(dataset));
    List<EvaluationRecord> records = new ArrayList<>();
    for (int n : shots) {
      Protocol own = protocol.withShots(n);
      if (n == 0) {
        records.addAll(interview.about(set, own, Optional.empty(), vectors));
      } else {
        DatasetSpec source = DatasetSpec.named(data.name(), Split.TRAIN);
        try (Dataset train = Datasets.open(source, roots, problems)) {
          records.addAll(interview.about(set, own, Optional.of(bench.featured(train)), vectors));
        }
      }
    }
    return records;
  }

  /** The record under the name of how and on what it was made. */
  private EvaluationRecord named(EvaluationRecord record, Precision kept) {
    EvaluationRecord one = kept.quantized() ? record.withWeights(kept.toString()) : record;
    return photos.named(heldOut ? one.ofHeldOut() : one);
  }

  private void checkHeldOut(boolean trained) {
    if (heldOut && (!trained || data.named() || shots.stream().anyMatch(n -> n != 0))) {
      throw new InputException(
          "--held-out is for a run that was trained, whose recipe says what is held out; it goes"
              + " without --on, and without --shots, which would be drawn from the training set");
    }
  }

  /** An embedded connector, unless something of its name lies here. */
  private Optional<EmbeddedConnector> embedded() {
    return Files.exists(run) ? Optional.empty() : EmbeddedConnector.of(run.toString());
  }

  private Path neededOut() {
    if (out == null) {
      throw new InputException(
          "--out is missing; give the folder that the run of " + run + " is to be written to");
    }
    return out;
  }

  private List<String> arguments() {
    return command.root().commandLine().getParseResult().originalArgs();
  }

  private Path connector() {
    Path connector = run.resolve(ConnectorTraining.CONNECTOR);
    if (!Files.isRegularFile(connector)) {
      throw new InputException(
          connector + " is missing: the run has not trained to its end; resume it first");
    }
    return connector;
  }

  private void addClipScores(
      Console console, List<EvaluationRecord> records, Dataset dataset, Numerics numerics) {
    List<EvaluationRecord> captions =
        records.stream().filter(record -> record.task() == Task.CAPTIONS).toList();
    Optional<JointEmbedder> joint =
        captions.isEmpty() ? Optional.empty() : clip.open(numerics.device());
    if (joint.isPresent()) {
      try (JointEmbedder model = joint.get()) {
        for (EvaluationRecord record : captions) {
          record.add(clip.scores(console, model, record.captioned(dataset)));
        }
      }
    }
  }

  /** A recipe that trains nothing. */
  private int recipe(Console console) {
    Recipe<PicaRecipe> recipe = RecipeReader.read(run, set, PicaRecipe::read);
    if (photos.shuffled()) {
      throw new InputException("--shuffle-photos is for a run that was trained, not for a recipe");
    }
    PicaRuns runs = new PicaRuns(console, recipe, run.toAbsolutePath().getParent());
    Path to = neededOut();
    checkShots();
    if (shotSpace != null) {
      throw new InputException("--shot-space is for a run; a recipe has its shots.space");
    }
    runs.check();
    DataRoots roots = data.roots(console);
    Numerics numerics = engine.chooseSideBySide();
    Problems problems = data.problems();
    Protocol protocol =
        Protocol.MAPL
            .withShotSeed(shotSeed)
            .withNouns(wordNet.nouns())
            .withScoring(Optional.ofNullable(evaluator), CaptionOptions.defaults());
    List<EvaluationRecord> records =
        runs.evaluate(
            () -> runs.start(to, arguments(), shotSeed, numerics),
            data.name(),
            data.split(),
            roots,
            problems,
            protocol,
            shots,
            numerics,
            weights.precision(numerics));
    EvaluationLines.print(console, records);
    return 0;
  }

  /** A whole encoder-decoder that reads words. */
  private int trig(Console console, RunFolder folder) {
    decoding.check();
    decoding.requirePlain("TRiG");
    if (shots.stream().anyMatch(n -> n != 0)) {
      throw new InputException("--shots must be 0: TRiG was trained to answer without examples");
    }
    DataRoots roots = data.roots(console);
    Recipe<TrigRecipe> recipe =
        RecipeReader.read(folder.path().resolve(RECIPE), List.of(), TrigRecipe::read);
    Problems problems = data.problems();
    EvaluationRecord record =
        new TrigRuns(console, recipe, TrigRuns.base(folder))
            .evaluate(
                folder,
                data.name(),
                data.split(),
                roots,
                problems,
                Protocol.MAPL
                    .withNouns(wordNet.nouns())
                    .withScoring(Optional.ofNullable(evaluator), CaptionOptions.defaults()),
                decoding.beams(),
                engine.chooseSideBySide(),
                photos);
    ConnectorRuns.noteProblems(console, problems, folder);
    EvaluationLines.print(console, List.of(record));
    return 0;
  }

  private void checkShots() {
    if (shots.stream().anyMatch(n -> n < 0)) {
      throw new InputException("--shots must not be negative");
    }
  }
}
