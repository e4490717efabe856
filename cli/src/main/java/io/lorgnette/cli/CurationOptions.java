package io.lorgnette.cli;

import io.lorgnette.curate.CuratedSet;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A set of pairs, the joint space that judges them, and where the kept ones go. */
final class CurationOptions {

  @Parameters(index = "0", paramLabel = "SET", description = "Images with captions.")
  private String argument;

  @Option(
      names = "--clip",
      required = true,
      paramLabel = "MODEL",
      description =
          "Model of images and texts: a folder or pulled org/name of CLIP or SigLIP, a run of"
              + " method clip, or pocket-clip, the embedded one.")
  private String clip;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Folder below the data folder for what is known of all pairs, kept.jsonl, problems.jsonl,"
              + " and kept.yaml, which is what a recipe takes for the new set.")
  private Path out;

  @Mixin private DataFolderOption data;

  /** What is done with the set. */
  @FunctionalInterface
  interface Work {
    void on(CuratedSet set, Dataset dataset);
  }

  /** The joint space's name, as the user gave it. */
  String clip() {
    return clip;
  }

  JointEmbedder open(Device device) {
    return JointModels.open(clip, Path.of(""), Dtype.F32, device);
  }

  /** Opens the set, has it worked on, and says what was left out. */
  void curate(Console console, Work work) {
    DatasetSpec spec = DataSetArgument.spec(argument, true);
    DataRoots roots = ConnectorRuns.withPostcards(console, data.roots(), List.of(spec));
    Problems problems = Problems.collecting();
    try (Dataset dataset = Datasets.open(spec, roots, problems)) {
      work.on(CuratedSet.in(out, dataset, roots), dataset);
    }
    if (problems.count() > 0) {
      console.say("Left out: " + problems.summary() + "; see " + out.resolve("problems.jsonl"));
    }
  }

  /** Says what a recipe takes for the new set. */
  void sayRecipe(Console console, CuratedSet set) {
    console.say("For a recipe (" + out.resolve("kept.yaml") + "):");
    set.yaml().lines().forEach(line -> console.say("  " + line));
  }
}
