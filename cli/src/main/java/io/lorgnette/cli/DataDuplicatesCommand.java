package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.curate.NearPictures;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Duplicates;
import io.lorgnette.data.ImageHash;
import io.lorgnette.data.ImageRef;
import io.lorgnette.data.Problems;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.tensor.Device;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette data duplicates}: pictures and captions that two data sets share. */
@Command(
    name = "duplicates",
    description = {
      "Finds pictures of two data sets that are nearly the same, and captions that are equal but"
          + " for case and marks.",
      "A set is NAME:SPLIT, or a YAML file with kind, split, file, images as in a recipe. Every"
          + " picture is decoded and hashed; copies in another size or JPEG quality are found,"
          + " crops and mirrors are not. With --clip or --vision pictures are compared by their"
          + " features too, which finds those, and other photos of the same thing."
    },
    footer = {
      "  lorgnette data duplicates flickr8k:train flickr8k:dev --data ~/data",
      "  lorgnette data duplicates mine.yaml coco-karpathy:test --json",
      "  lorgnette data duplicates cc3m:train nocaps:dev --captions",
      "  lorgnette data duplicates flickr8k:train flickr8k:dev --vision pocket"
    })
final class DataDuplicatesCommand implements Runnable {

  @ParentCommand private DataCommand parent;

  @Parameters(index = "0", paramLabel = "A", description = "Training data, as a rule.")
  private String first;

  @Parameters(index = "1", paramLabel = "B", description = "What must not be in it.")
  private String second;

  @Mixin private DataFolderOption data;

  @Option(
      names = "--distance",
      paramLabel = "BITS",
      defaultValue = "" + ImageHash.NEAR,
      description =
          "Bits of 128 in which two pictures' hashes may differ (default: ${DEFAULT-VALUE}).")
  private int distance;

  @Option(
      names = "--vision",
      paramLabel = "MODEL",
      description =
          "Compare the mean features of this encoder too: its folder or pulled org/name, or pocket.")
  private String vision;

  @Option(
      names = "--clip",
      paramLabel = "MODEL",
      description =
          "Or compare in this joint space: a folder or pulled org/name of CLIP or SigLIP, a run of"
              + " method clip, or pocket-clip, the embedded one.")
  private String clip;

  @Option(
      names = "--cosine",
      paramLabel = "C",
      defaultValue = "0.95",
      description =
          "With --vision or --clip: the least cosine of a pair; what it means depends on the model"
              + " (default: ${DEFAULT-VALUE}).")
  private double cosine;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "With --vision or --clip: cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Option(names = "--captions", description = "Compare captions only, not pictures.")
  private boolean captionsOnly;

  @Override
  public void run() {
    if (distance < 0 || distance > 128) {
      throw new InputException("--distance must be 0 to 128 but is " + distance);
    }
    if (vision != null && clip != null) {
      throw new InputException("give either --vision or --clip, one space to compare in");
    }
    boolean features = vision != null || clip != null;
    if (features && captionsOnly) {
      throw new InputException("--captions compares captions only; leave it out");
    }
    if (!(cosine > 0 && cosine <= 1)) {
      throw new InputException("--cosine must be above 0 and at most 1 but is " + cosine);
    }
    Console console = parent.console();
    DataRoots roots = data.roots();
    DatasetSpec one = DataSetArgument.spec(first, !captionsOnly);
    DatasetSpec other = DataSetArgument.spec(second, !captionsOnly);
    roots = ConnectorRuns.withPostcards(console, roots, List.of(one, other));
    Problems problems = Problems.collecting();
    try (Dataset a = Datasets.open(one, roots, problems);
        Dataset b = Datasets.open(other, roots, problems)) {
      List<Duplicates.Hashed> ofA = captionsOnly ? List.of() : hashes(console, a);
      List<Duplicates.Hashed> ofB = captionsOnly ? List.of() : hashes(console, b);
      Found found =
          new Found(
              Duplicates.images(ofA, ofB, distance),
              features ? Optional.of(near(console, a, b, ofA, ofB)) : Optional.empty(),
              Duplicates.captions(a, b));
      if (console.json()) {
        console.result(json(a, b, found));
      } else {
        print(console, a, b, found);
      }
    }
    if (problems.count() > 0) {
      console.say("Left out: " + problems.summary() + ".");
    }
  }

  /**
   * What two sets share.
   *
   * @param pairs by the hash
   * @param near by features, if these were compared
   */
  private record Found(
      List<Duplicates.Pair> pairs,
      Optional<List<Near>> near,
      List<Duplicates.Sentence> sentences) {}

  /**
   * Two pictures with near features.
   *
   * @param distance of their hashes, in bits of 128
   */
  private record Near(NearPictures.Pair pair, int distance) {}

  private List<Near> near(
      Console console,
      Dataset a,
      Dataset b,
      List<Duplicates.Hashed> ofA,
      List<Duplicates.Hashed> ofB) {
    List<NearPictures.Pair> pairs;
    try (PictureVectors vectors =
        vision != null
            ? PictureVectors.encoder(vision, device)
            : PictureVectors.joint(clip, device)) {
      pairs = vectors.near(console, a, b, cosine);
    }
    Map<String, ImageHash> first = byName(ofA);
    Map<String, ImageHash> second = byName(ofB);
    return pairs.stream()
        .map(pair -> new Near(pair, first.get(pair.first()).distance(second.get(pair.second()))))
        .toList();
  }

  private static Map<String, ImageHash> byName(List<Duplicates.Hashed> hashed) {
    Map<String, ImageHash> hashes = new HashMap<>();
    hashed.forEach(one -> hashes.put(one.id(), one.hash()));
    return hashes;
  }

  private static List<Duplicates.Hashed> hashes(Console console, Dataset dataset) {
    AtomicInteger done = new AtomicInteger();
    try (Progress progress =
        console.progress("hashing " + dataset.name(), "images", dataset.size())) {
      return IntStream.range(0, dataset.size())
          .parallel()
          .mapToObj(
              i -> {
                Duplicates.Hashed hashed = hash(dataset, i);
                progress.at(done.incrementAndGet(), "");
                return hashed;
              })
          .filter(Objects::nonNull)
          .toList();
    }
  }

  private static Duplicates.Hashed hash(Dataset dataset, int index) {
    ImageRef image = dataset.image(index);
    try {
      ImageHash hash = ImageHash.of(ImageReader.read(image.bytes(), image.name()));
      return new Duplicates.Hashed(image.name(), hash);
    } catch (InputException e) {
      dataset.problems().addBrokenImage(dataset.name(), image, e);
      return null;
    }
  }

  private static String label(Dataset dataset) {
    return dataset.name() + ":" + dataset.spec().common().split().devName();
  }

  private void print(Console console, Dataset a, Dataset b, Found found) {
    if (!captionsOnly) {
      console.result(
          found.pairs().size()
              + " pairs of pictures of "
              + label(a)
              + " and "
              + label(b)
              + " within "
              + distance
              + " of 128 bits");

      for (Duplicates.Pair pair : found.pairs()) {
        console.result("  " + pair.distance() + "  " + pair.first() + "  " + pair.second());
      }
    }
    found.near().ifPresent(near -> printNear(console, near));
    console.result(
        found.sentences().size()
            + " of "
            + Numbers.whole(b.captionCount())
            + " captions of "
            + label(b)
            + " are in "
            + label(a));
    for (Duplicates.Sentence sentence : found.sentences()) {
      console.result(
          "  " + sentence.first() + "  " + sentence.second() + "  " + sentence.caption().strip());
    }
  }

  private void printNear(Console console, List<Near> near) {
    console.result(
        near.size()
            + " pairs of pictures with a cosine of at least "
            + cosine
            + " by "
            + (vision != null ? vision : clip)
            + " (beside it the bits in which their hashes differ)");
    for (Near one : near) {
      console.result(
          String.format(
              Locale.ROOT,
              "  %.4f  %3d  %s  %s",
              one.pair().cosine(),
              one.distance(),
              one.pair().first(),
              one.pair().second()));
    }
  }

  private ObjectNode json(Dataset a, Dataset b, Found found) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("first", label(a)).put("second", label(b)).put("distance", distance);
    node.put("picturesCompared", !captionsOnly);
    ArrayNode pictures = node.putArray("pictures");
    for (Duplicates.Pair pair : found.pairs()) {
      pictures
          .addObject()
          .put("first", pair.first())
          .put("second", pair.second())
          .put("distance", pair.distance());
    }
    found.near().ifPresent(near -> putNear(node, near));
    ArrayNode captions = node.putArray("captions");
    for (Duplicates.Sentence sentence : found.sentences()) {
      captions
          .addObject()
          .put("first", sentence.first())
          .put("second", sentence.second())
          .put("caption", sentence.caption());
    }
    return node;
  }

  private void putNear(ObjectNode node, List<Near> near) {
    node.put("features", vision != null ? vision : clip).put("cosine", cosine);
    ArrayNode pairs = node.putArray("near");
    for (Near one : near) {
      pairs
          .addObject()
          .put("first", one.pair().first())
          .put("second", one.pair().second())
          .put("cosine", one.pair().cosine())
          .put("distance", one.distance());
    }
  }
}
