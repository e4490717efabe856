package io.lorgnette.cli;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.bulk.FolderWatch;
import io.lorgnette.bulk.PhotoInputs;
import io.lorgnette.bulk.PhotoListing;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.tensor.Numerics;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette caption}: photos in, sentences out. */
@Command(
    name = "caption",
    description = "Says in a sentence what photos show.",
    footer = {
      "  lorgnette caption photo.jpg",
      "  lorgnette caption holidays/ --out captions.jsonl",
      "  lorgnette caption 'archive/**/*.jpg' shards/*.tar photos.zip --out all.jsonl",
      "  lorgnette caption holidays/ --out captions.jsonl --out gallery.html --xmp",
      "  lorgnette caption inbox/ --out captions.jsonl --watch",
      "  lorgnette caption --json --connector runs/mapl photo.jpg",
    })
final class CaptionCommand implements Callable<Integer> {

  @ParentCommand private Lorgnette root;

  @Parameters(
      arity = "1..*",
      paramLabel = "PHOTO",
      description =
          "Photos; folders, with all below them; patterns in quotes, such as 'a/**/*.jpg'; tar"
              + " shards and zip files.")
  private List<String> inputs;

  @Mixin private CaptionOutputs outputs;
  @Mixin private ModelOptions models;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--watch",
      description = "Go on with photos that appear in the folders, until Ctrl-C.")
  private boolean watch;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "8",
      description = "Photos that the models work on together (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Override
  public Integer call() {
    Console console = root.console();
    decoding.check();
    if (batch < 1) {
      throw new InputException("--batch must be at least 1 but is " + batch);
    }
    PhotoInputs photos = PhotoInputs.of(inputs);
    if (watch && !photos.watchable()) {
      throw new InputException("--watch needs a folder or a pattern to watch");
    }
    engine.startAhead();
    if (!watch) {
      photos.requirePhotos();
    }
    try (CaptionRun run = new CaptionRun(console, photos, outputs.open(photos), batch)) {
      return watch ? watch(run, photos) : once(run, photos);
    }
  }

  private int once(CaptionRun run, PhotoInputs photos) {
    try (PhotoListing listing = photos.list(run.wanted())) {
      if (!listing.hasNext()) {
        return run.nothingLeft();
      }
      try (VisionLanguageModel model = load()) {
        return run.caption(model.captioner(config(), numerics), listing, true);
      }
    }
  }

  private int watch(CaptionRun run, PhotoInputs photos) {
    Predicate<String> wanted = run.wanted();
    try (FolderWatch listing = new FolderWatch(photos, wanted, FolderWatch.QUIET_MILLIS);
        VisionLanguageModel model = load()) {
      return run.caption(model.captioner(config(), numerics), listing, false);
    }
  }

  private Numerics numerics;

  private VisionLanguageModel load() {
    numerics = engine.choose();
    return VisionLanguageModel.load(
        models.vision(),
        models.language(),
        models.connector("captions"),
        numerics,
        weights.precision(numerics));
  }

  private GenerationConfig config() {
    return decoding.config();
  }
}
