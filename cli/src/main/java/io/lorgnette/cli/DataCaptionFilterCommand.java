package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.curate.CuratedSet;
import io.lorgnette.curate.SyntheticCaptions;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette data caption-filter}: captions that a model writes, the best of all kept. */
@Command(
    name = "caption-filter",
    description = {
      "Writes captions about the images of a data set with a trained connector, ranks them together"
          + " with the original ones in a joint space, and keeps the best (CapFilt, as BLIP-2's data"
          + " was made).",
      "A set is NAME:SPLIT, or a YAML file with kind, split, file, images as in a recipe. A run that"
          + " was stopped goes on where it was when the same command is given; another --keep on the"
          + " same folder uses the captions that are there."
    },
    footer = {
      "  lorgnette data caption-filter cc3m:train --clip DIR --out ~/data/boot",
      "  lorgnette data caption-filter a.yaml --clip DIR --beams 10 --out ~/data/boot",
    })
final class DataCaptionFilterCommand implements Runnable {

  private static final int BATCH = 16;

  @ParentCommand private DataCommand parent;

  @Mixin private CurationOptions curation;

  @Option(
      names = "--captions",
      paramLabel = "N",
      defaultValue = "" + SyntheticCaptions.WRITTEN,
      description = "Captions to write about an image (default: ${DEFAULT-VALUE}, as BLIP-2).")
  private int captions;

  @Option(
      names = "--keep",
      paramLabel = "N",
      defaultValue = "" + SyntheticCaptions.KEPT,
      description =
          "Captions of an image that are kept, original and written ones ranked together (default:"
              + " ${DEFAULT-VALUE}, as BLIP-2).")
  private int keep;

  @Option(
      names = "--beams",
      paramLabel = "N",
      description =
          "Write by a beam search, at least as many beams as captions (default: words are drawn).")
  private Integer beams;

  @Option(
      names = "--top-p",
      paramLabel = "SHARE",
      defaultValue = "0.9",
      description =
          "Words are drawn from the most probable ones that together have this share (default:"
              + " ${DEFAULT-VALUE}, as BLIP).")
  private double topP;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "50",
      description = "Tokens of a caption at most (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Draws the words (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Mixin private ModelOptions models;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Override
  public void run() {
    check();
    Console console = parent.console();
    Path connector = models.connector("captions");
    curation.curate(
        console,
        (set, dataset) -> {
          SyntheticCaptions synthetic = new SyntheticCaptions(set);
          write(console, connector, synthetic, dataset.size());
          SyntheticCaptions.Kept kept = synthetic.keep(keep);
          if (console.json()) {
            console.result(json(kept));
          } else {
            print(console, kept, set);
          }
        });
  }

  private void check() {
    if (captions < 1 || keep < 1 || maxTokens < 1) {
      throw new InputException("--captions, --keep and --max-tokens must be at least 1");
    }
    if (beams != null && beams < captions) {
      throw new InputException(
          "--beams "
              + beams
              + " gives no "
              + captions
              + " captions; give as many beams, or fewer --captions");
    }
    if (!(topP > 0 && topP <= 1)) {
      throw new InputException("--top-p must be above 0 and at most 1 but is " + topP);
    }
  }

  private GenerationConfig config(long drawnBy) {
    GenerationConfig one =
        beams != null
            ? GenerationConfig.beams(beams, maxTokens)
            : GenerationConfig.sampling(
                new GenerationConfig.Sampling(1, 0, topP, drawnBy), maxTokens);
    return one.withNumReturn(captions);
  }

  private void write(Console console, Path connector, SyntheticCaptions synthetic, int images) {
    Numerics numerics = engine.choose();
    Precision kept = weights.precision(numerics);
    String identity;
    try (Checkpoint trained = Checkpoint.open(connector)) {
      identity = "connector " + trained.sha256() + " in " + kept + " by " + config(seed);
    }
    try (VisionLanguageModel model =
            VisionLanguageModel.load(
                models.vision(), models.language(), connector, numerics, kept);
        JointEmbedder joint = curation.open(numerics.device());
        Progress progress = console.progress("writing captions", "images", images)) {
      synthetic.write(
          (pictures, first) -> captions(model, pictures, first),
          identity,
          joint,
          done -> progress.at(done, ""));
    }
  }

  private List<List<String>> captions(
      VisionLanguageModel model, List<RgbImage> pictures, int first) {
    List<List<String>> all = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += BATCH) {
      List<RgbImage> some = pictures.subList(from, Math.min(from + BATCH, pictures.size()));
      model.captionChoices(some, config(seed + first + from)).stream()
          .map(choices -> choices.stream().map(Utterance::text).toList())
          .forEach(all::add);
    }
    return all;
  }

  private ObjectNode json(SyntheticCaptions.Kept kept) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("model", curation.clip()).put("images", kept.images()).put("broken", kept.broken());
    node.put("keptImages", kept.keptImages());
    node.put("original", kept.original()).put("synthetic", kept.synthetic());
    return node.put("originalFirst", kept.originalFirst());
  }

  private void print(Console console, SyntheticCaptions.Kept kept, CuratedSet set) {
    console.result(
        String.format(
            Locale.ROOT,
            "%,d of %,d images have %,d original and %,d written captions now; an original one is"
                + " first on %,d (%s)",
            kept.keptImages(),
            kept.images(),
            kept.original(),
            kept.synthetic(),
            kept.originalFirst(),
            curation.clip()));
    curation.sayRecipe(console, set);
  }
}
