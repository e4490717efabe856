package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.Benchmark;
import io.lorgnette.data.BenchmarkCheck;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.ImageRef;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette data check}: whether a data set is there, whole and readable. */
@Command(
    name = "check",
    description = {
      "Counts a data set's images, captions and questions, compares with what its makers published,"
          + " and decodes a few photos.",
      "Says in a sentence what is missing, and exits with 1 when something is."
    },
    footer = {
      "  lorgnette data check flickr8k ~/data",
      "  lorgnette data check okvqa ~/data --split dev",
      "  lorgnette data check textvqa --json"
    })
final class DataCheckCommand implements Callable<Integer> {

  @ParentCommand private DataCommand parent;

  @Parameters(index = "0", paramLabel = "NAME", description = "Data set; see lorgnette data list.")
  private String name;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "DIR",
      description = "Folder of the data sets (default: the environment's LORGNETTE_DATA).")
  private Path folder;

  @Option(
      names = "--split",
      paramLabel = "SPLIT",
      description = "train, dev or test (default: all that the makers publish).")
  private String split;

  @Option(
      names = "--decode",
      paramLabel = "N",
      defaultValue = "20",
      description = "Photos to decode, evenly spread (default: ${DEFAULT-VALUE}).")
  private int decode;

  /** A split with the photos of it that were decoded. */
  private record Checked(BenchmarkCheck check, int decoded, List<String> sentences) {
    boolean complete() {
      return sentences.isEmpty();
    }
  }

  @Override
  public Integer call() {
    if (decode < 0) {
      throw new InputException("--decode must not be negative but is " + decode);
    }
    Benchmark benchmark = Benchmark.named(name);
    DataRoots roots = DataRoots.find(Optional.ofNullable(folder), System.getenv());
    List<Checked> all = new ArrayList<>();
    for (Benchmark.Part part : parts(benchmark)) {
      all.add(check(benchmark, part, roots));
    }
    Console console = parent.console();
    if (console.json()) {
      console.result(json(benchmark, all));
    } else {
      all.forEach(checked -> print(console, checked));
    }
    return all.stream().allMatch(Checked::complete) ? 0 : 1;
  }

  private List<Benchmark.Part> parts(Benchmark benchmark) {
    if (split == null) {
      return benchmark.parts();
    }
    Split wanted = Split.of(split);
    return List.of(
        benchmark
            .part(wanted)
            .orElseThrow(
                () ->
                    new InputException(
                        "The makers of "
                            + benchmark.title()
                            + " publish no texts of its "
                            + wanted.devName()
                            + " split; there is nothing to check.")));
  }

  private Checked check(Benchmark benchmark, Benchmark.Part part, DataRoots roots) {
    BenchmarkCheck check = BenchmarkCheck.of(benchmark, part, roots);
    List<String> sentences = new ArrayList<>(check.sentences());
    int decoded = 0;
    Optional<Dataset> pictures =
        check.picturesHere() == 0 || decode == 0
            ? Optional.empty()
            : BenchmarkCheck.open(benchmark, part.split(), roots);
    if (pictures.isPresent()) {
      try (Dataset dataset = pictures.get()) {
        int count = Math.min(decode, dataset.size());
        for (int i = 0; i < count; i++) {
          ImageRef image = dataset.image((int) ((long) i * dataset.size() / count));
          try {
            ImageReader.read(image.bytes(), image.name());
            decoded++;
          } catch (InputException e) {
            sentences.add(e.getMessage());
          }
        }
      }
    }
    return new Checked(check, decoded, sentences);
  }

  private static void print(Console console, Checked checked) {
    BenchmarkCheck check = checked.check();
    List<String> counts = new ArrayList<>();
    counts.add(Numbers.whole(check.images()) + " images");
    if (check.captions() > 0) {
      counts.add(Numbers.whole(check.captions()) + " captions");
    }
    if (check.questions() > 0) {
      counts.add(Numbers.whole(check.questions()) + " questions");
    }
    counts.add(Numbers.whole(check.picturesHere()) + " pictures");
    counts.add(checked.decoded() + " decoded");
    console.result(
        check.expected().split().devName()
            + ": "
            + (checked.complete() ? "complete, " : "not complete, ")
            + String.join(", ", counts));
    checked.sentences().forEach(sentence -> console.result("  " + sentence));
  }

  private static ObjectNode json(Benchmark benchmark, List<Checked> all) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("name", benchmark.name());
    node.put("complete", all.stream().allMatch(Checked::complete));
    ArrayNode splits = node.putArray("splits");
    for (Checked checked : all) {
      BenchmarkCheck check = checked.check();
      ObjectNode one = splits.addObject().put("split", check.expected().split().devName());
      one.put("complete", checked.complete());
      one.put("images", check.images()).put("captions", check.captions());
      one.put("questions", check.questions()).put("withAnswers", check.withAnswers());
      one.put("pictures", check.picturesHere()).put("decoded", checked.decoded());
      one.put("leftOut", check.leftOut());
      DataListCommand.put(one.putObject("expected"), check.expected());
      checked.sentences().forEach(one.putArray("missing")::add);
    }
    return node;
  }
}
