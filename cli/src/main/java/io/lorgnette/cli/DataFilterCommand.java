package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.curate.CaptionFilter;
import io.lorgnette.curate.CuratedSet;
import io.lorgnette.curate.Histogram;
import io.lorgnette.error.InputException;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.tensor.Device;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette data filter}: the pairs of a data set that a joint space finds fitting. */
@Command(
    name = "filter",
    description = {
      "Keeps the pairs of images and captions that are nearest in a joint space, as MAPL's CC-clean"
          + " was made of CC3M.",
      "A set is NAME:SPLIT, or a YAML file with kind, split, file, images as in a recipe. A run that"
          + " was stopped goes on where it was when the same command is given; another --keep or"
          + " --threshold on the same folder uses the scores that are there."
    },
    footer = {
      "  lorgnette data filter cc3m:train --clip DIR --keep 398000 --out ~/data/clean",
      "  lorgnette data filter shards.yaml --clip DIR --threshold 0.28 --out DIR",
    })
final class DataFilterCommand implements Runnable {

  private static final int BAR = 40;

  @ParentCommand private DataCommand parent;

  @Mixin private CurationOptions curation;

  @Option(names = "--keep", paramLabel = "N", description = "Keep so many pairs, the nearest.")
  private Long keep;

  @Option(
      names = "--threshold",
      paramLabel = "COSINE",
      description = "Or keep all pairs from this cosine on.")
  private Double threshold;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Override
  public void run() {
    if ((keep == null) == (threshold == null)) {
      throw new InputException("give either --keep N or --threshold COSINE");
    }
    if (keep != null && keep < 1) {
      throw new InputException("--keep must be at least 1 but is " + keep);
    }
    Console console = parent.console();
    curation.curate(
        console,
        (set, dataset) -> {
          CaptionFilter filter = new CaptionFilter(set);
          try (JointEmbedder model = curation.open(device);
              Progress progress = console.progress("scoring", "images", dataset.size())) {
            filter.score(model, done -> progress.at(done, ""));
          }
          CaptionFilter.Kept kept =
              keep != null ? filter.keepNearest(keep) : filter.keepFrom(threshold);
          if (console.json()) {
            console.result(json(kept));
          } else {
            print(console, kept, set);
          }
        });
  }

  private ObjectNode json(CaptionFilter.Kept kept) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("model", curation.clip()).put("images", kept.images()).put("broken", kept.broken());
    node.put("pairs", kept.pairs()).put("keptImages", kept.keptImages());
    node.put("keptPairs", kept.keptPairs()).put("threshold", kept.threshold());
    ArrayNode bins = node.putArray("histogram");
    for (Histogram.Bin bin : kept.histogram().bins()) {
      bins.addObject().put("from", bin.from()).put("to", bin.to()).put("pairs", bin.count());
    }
    return node;
  }

  private void print(Console console, CaptionFilter.Kept kept, CuratedSet set) {
    console.result(
        String.format(
            Locale.ROOT,
            "%,d of %,d pairs on %,d of %,d images are kept; the implied threshold is %.4f (%s)",
            kept.keptPairs(),
            kept.pairs(),
            kept.keptImages(),
            kept.images(),
            kept.threshold(),
            curation.clip()));
    long most = kept.histogram().bins().stream().mapToLong(Histogram.Bin::count).max().orElse(1);
    for (Histogram.Bin bin : kept.histogram().bins()) {
      int length = (int) Math.ceil((double) BAR * bin.count() / most);
      console.result(
          String.format(
                  Locale.ROOT,
                  "  %5.2f  %,11d  %s%s",
                  bin.from(),
                  bin.count(),
                  "#".repeat(length),
                  bin.from() <= kept.threshold() && kept.threshold() < bin.to()
                      ? "  < kept from here on"
                      : "")
              .stripTrailing());
    }
    curation.sayRecipe(console, set);
  }
}
