package io.lorgnette.cli;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.bulk.BulkCaptions;
import io.lorgnette.bulk.BulkPhoto;
import io.lorgnette.bulk.CaptionLine;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageReader;
import io.lorgnette.site.AltText;
import io.lorgnette.site.AltWriter;
import io.lorgnette.site.Proposal;
import io.lorgnette.site.ReviewPage;
import io.lorgnette.site.Site;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette alt-text}: alternative texts for the images of a static site. */
@Command(
    name = "alt-text",
    description =
        "Proposes alternative texts for the images of a static site that have none, to be reviewed"
            + " by a person and then written into the pages.",
    footer = {
      "  lorgnette alt-text public/",
      "  lorgnette alt-text public/ --site-url https://example.org --out review",
      "  lorgnette alt-text public/ --apply",
    })
final class AltTextCommand implements Callable<Integer> {

  private static final int BATCH = 8;

  /** More skipped images than these are on the review page only. */
  private static final int TOLD = 10;

  @ParentCommand private Lorgnette root;

  @Parameters(paramLabel = "SITE_DIR", description = "The folder with the site's HTML pages.")
  private Path site;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "alt-text",
      description =
          "Where review.html and proposals.jsonl go; lines that are there stay as a person has"
              + " edited them (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Option(
      names = "--apply",
      description = "Write the proposals into the pages, of which only alt attributes change.")
  private boolean apply;

  @Option(
      names = "--empty",
      description =
          "Also propose texts for images with alt=\"\", which says that they only decorate.")
  private boolean empty;

  @Option(
      names = "--site-url",
      paramLabel = "URL",
      defaultValue = "",
      description = "The site's own address: images that are named with it are looked for here.")
  private String siteUrl;

  @Mixin private ModelOptions models;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    decoding.check();
    return apply ? apply() : propose();
  }

  private Path proposals() {
    return out.resolve("proposals.jsonl");
  }

  private int apply() {
    Console console = root.console();
    if (!Files.isDirectory(site)) {
      throw new InputException(site + " is not a folder; give the one that has the site's HTML");
    }
    if (!Files.exists(proposals())) {
      throw new InputException(
          proposals() + " does not exist; run lorgnette alt-text " + site + " first and review it");
    }
    AltWriter.Outcome outcome = AltWriter.apply(site, Proposal.read(proposals()));
    console.say(
        Numbers.whole(outcome.written())
            + " alternative texts written, "
            + Numbers.whole(outcome.known())
            + " were there already.");
    tell(console, outcome.passed(), "proposals were passed over");
    return outcome.passed().isEmpty() ? 0 : Failures.FAILED;
  }

  private int propose() {
    Console console = root.console();
    Site found = Site.scan(site, new Site.Options(empty, siteUrl, out));
    console.say(
        String.join(
            ", ",
            Numbers.whole(found.pages()) + " pages",
            Numbers.whole(found.described()) + " images with a text",
            Numbers.whole(found.decorative()) + " decorative",
            Numbers.whole(found.places().size()) + " without a text",
            Numbers.whole(found.skipped().size()) + " passed over"));
    tell(console, found.skipped(), "were passed over");
    Map<Site.Place, Proposal> kept = kept(found);
    Set<Path> asked = new LinkedHashSet<>();
    for (Site.Place place : found.places()) {
      if (!kept.containsKey(place)) {
        asked.add(place.image());
      }
    }
    Map<Path, String> said = new HashMap<>();
    List<Site.Skipped> failed = new ArrayList<>();
    boolean done = asked.isEmpty() || caption(console, found, asked, said, failed);
    List<Proposal> all = new ArrayList<>();
    for (Site.Place place : found.places()) {
      Optional.ofNullable(kept.get(place))
          .or(() -> proposal(place, said.getOrDefault(place.image(), "")))
          .ifPresent(all::add);
    }
    if (all.isEmpty() && kept.isEmpty()) {
      console.say("There is nothing to propose.");
    } else {
      Proposal.write(all, proposals());
      Path review = out.resolve("review.html");
      ReviewPage.write(found, all, proposals(), review);
      all.forEach(proposal -> printed(console, proposal));
      console.say("Look at " + review + ", edit " + proposals() + ", then add --apply.");
    }
    tell(console, failed, "images can not be read");
    return !done ? Failures.INTERRUPTED : failed.isEmpty() ? 0 : Failures.FAILED;
  }

  private static void printed(Console console, Proposal proposal) {
    console.result(
        console.json()
            ? proposal.json()
            : proposal.page() + "\t" + proposal.src() + "\t" + proposal.alt());
  }

  /** What stands in the file of proposals about images that still lack a text. */
  private Map<Site.Place, Proposal> kept(Site found) {
    Map<Site.Place, Proposal> kept = new HashMap<>();
    if (Files.exists(proposals())) {
      Map<List<Object>, Proposal> all = new HashMap<>();
      Proposal.read(proposals()).forEach(p -> all.put(List.of(p.page(), p.number(), p.src()), p));
      for (Site.Place place : found.places()) {
        Proposal known = all.get(List.of(place.page(), place.number(), place.src()));
        if (known != null) {
          kept.put(place, known);
        }
      }
    }
    return kept;
  }

  private static Optional<Proposal> proposal(Site.Place place, String caption) {
    String alt = AltText.of(caption);
    return alt.isEmpty()
        ? Optional.empty()
        : Optional.of(new Proposal(place.page(), place.number(), place.src(), alt));
  }

  /** Captions each image once; false where it was stopped before the last. */
  private boolean caption(
      Console console,
      Site found,
      Set<Path> images,
      Map<Path, String> said,
      List<Site.Skipped> failed) {
    Numerics numerics = engine.choose();
    try (VisionLanguageModel model =
            VisionLanguageModel.load(
                models.vision(),
                models.language(),
                models.connector("captions"),
                numerics,
                weights.precision(numerics));
        Progress progress = console.progress("captioning", "images", images.size());
        Interrupt interrupt =
            new Interrupt(() -> console.say("Stopping after the images in work ..."))) {
      BulkCaptions.Listener listener =
          new BulkCaptions.Listener() {
            private long done;

            @Override
            public void captioned(CaptionLine line) {
              said.put(Path.of(line.image()), line.caption());
              progress.at(++done, "");
            }

            @Override
            public void failed(String image, String reason) {
              found.places().stream()
                  .filter(place -> place.image().equals(Path.of(image)))
                  .forEach(
                      place ->
                          failed.add(
                              new Site.Skipped(place.page(), place.number(), place.src(), reason)));
              progress.at(++done, "");
            }
          };
      GenerationConfig config = decoding.config();
      return new BulkCaptions(model.captioner(config, numerics), BATCH)
          .run(
              images.stream()
                  .map(file -> new BulkPhoto(file.toString(), () -> ImageReader.read(file)))
                  .iterator(),
              listener,
              interrupt::requested);
    }
  }

  private static void tell(Console console, List<Site.Skipped> skipped, String what) {
    if (!skipped.isEmpty()) {
      console.say(Numbers.whole(skipped.size()) + " " + what + ":");
      skipped.stream()
          .limit(TOLD)
          .map(one -> "  " + one.page() + " " + one.src() + ": " + one.reason())
          .forEach(console::say);
      if (skipped.size() > TOLD) {
        console.say("  and " + Numbers.whole(skipped.size() - TOLD) + " more");
      }
    }
  }
}
