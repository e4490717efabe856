package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
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
          + " crops and mirrors are not."
    },
    footer = {
      "  lorgnette data duplicates flickr8k:train flickr8k:dev --data ~/data",
      "  lorgnette data duplicates mine.yaml coco-karpathy:test --json",
      "  lorgnette data duplicates cc3m:train nocaps:dev --captions"
    })
final class DataDuplicatesCommand implements Runnable {

  @ParentCommand private DataCommand parent;

  @Parameters(index = "0", paramLabel = "A", description = "Training data, as a rule.")
  private String first;

  @Parameters(index = "1", paramLabel = "B", description = "What must not be in it.")
  private String second;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Folder of the data sets (default: the environment's LORGNETTE_DATA).")
  private Path data;

  @Option(
      names = "--distance",
      paramLabel = "BITS",
      defaultValue = "" + ImageHash.NEAR,
      description =
          "Bits of 128 in which two pictures' hashes may differ (default: ${DEFAULT-VALUE}).")
  private int distance;

  @Option(names = "--captions", description = "Compare captions only, not pictures.")
  private boolean captionsOnly;

  @Override
  public void run() {
    if (distance < 0 || distance > 128) {
      throw new InputException("--distance must be 0 to 128 but is " + distance);
    }
    Console console = parent.console();
    DataRoots roots = DataRoots.find(Optional.ofNullable(data), System.getenv());
    DatasetSpec one = DataSetArgument.spec(first, !captionsOnly);
    DatasetSpec other = DataSetArgument.spec(second, !captionsOnly);
    roots = ConnectorRuns.withPostcards(console, roots, List.of(one, other));
    Problems problems = Problems.collecting();
    try (Dataset a = Datasets.open(one, roots, problems);
        Dataset b = Datasets.open(other, roots, problems)) {
      List<Duplicates.Pair> pairs =
          captionsOnly
              ? List.of()
              : Duplicates.images(hashes(console, a), hashes(console, b), distance);
      List<Duplicates.Sentence> sentences = Duplicates.captions(a, b);
      if (console.json()) {
        console.result(json(a, b, pairs, sentences));
      } else {
        print(console, a, b, pairs, sentences);
      }
    }
    if (problems.count() > 0) {
      console.say("Left out: " + problems.summary() + ".");
    }
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

  private void print(
      Console console,
      Dataset a,
      Dataset b,
      List<Duplicates.Pair> pairs,
      List<Duplicates.Sentence> sentences) {
    if (!captionsOnly) {
      console.result(
          pairs.size()
              + " pairs of pictures of "
              + label(a)
              + " and "
              + label(b)
              + " within "
              + distance
              + " of 128 bits");
      for (Duplicates.Pair pair : pairs) {
        console.result("  " + pair.distance() + "  " + pair.first() + "  " + pair.second());
      }
    }
    console.result(
        sentences.size()
            + " of "
            + Numbers.whole(b.captionCount())
            + " captions of "
            + label(b)
            + " are in "
            + label(a));
    for (Duplicates.Sentence sentence : sentences) {
      console.result(
          "  " + sentence.first() + "  " + sentence.second() + "  " + sentence.caption().strip());
    }
  }

  private ObjectNode json(
      Dataset a, Dataset b, List<Duplicates.Pair> pairs, List<Duplicates.Sentence> sentences) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("first", label(a)).put("second", label(b)).put("distance", distance);
    node.put("picturesCompared", !captionsOnly);
    ArrayNode pictures = node.putArray("pictures");
    for (Duplicates.Pair pair : pairs) {
      pictures
          .addObject()
          .put("first", pair.first())
          .put("second", pair.second())
          .put("distance", pair.distance());
    }
    ArrayNode captions = node.putArray("captions");
    for (Duplicates.Sentence sentence : sentences) {
      captions
          .addObject()
          .put("first", sentence.first())
          .put("second", sentence.second())
          .put("caption", sentence.caption());
    }
    return node;
  }
}
