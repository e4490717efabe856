package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.ClipScoring;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.metrics.ClipScores;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether captions are also scored by a joint space of images and texts, and by which. */
final class ClipOptions {

  @Option(
      names = "--clip",
      paramLabel = "MODEL",
      description =
          "Captions: CLIPScore and RefCLIPScore with this model of images and texts: a folder or"
              + " pulled org/name of CLIP or SigLIP, a run of method clip, or pocket-clip, the embedded"
              + " one.")
  private String model;

  @Option(
      names = "--clip-prompt",
      paramLabel = "TEXT",
      description =
          "With --clip: what is written before every caption (default: \"A photo depicts \", as"
              + " published).")
  private String prompt;

  /**
   * Whether CLIPScore is wanted.
   *
   * @throws InputException if a prompt comes without a model
   */
  boolean given() {
    if (model == null && prompt != null) {
      throw new InputException("--clip-prompt belongs to --clip; give both");
    }
    return model != null;
  }

  /**
   * Checks before long work that the model is there, if one is wanted.
   *
   * @throws InputException if there is none, or a prompt comes without a model
   */
  void check() {
    if (given()) {
      JointModels.folder(model, Path.of(""));
    }
  }

  /** Loads the model, if one is wanted, in F32 so that scores do not depend on the machine. */
  Optional<JointEmbedder> open(Device device) {
    return given()
        ? Optional.of(JointModels.open(model, Path.of(""), Dtype.F32, device))
        : Optional.empty();
  }

  /** Scores captions with a model that {@link #open} loaded, and shows how far it is. */
  ClipScores scores(Console console, JointEmbedder joint, List<ClipScoring.Captioned> captions) {
    try (Progress progress = console.progress("CLIPScore", "images", captions.size())) {
      return new ClipScoring(joint, prompt == null ? ClipScores.PROMPT : prompt)
          .scores(captions, done -> progress.at(done, ""));
    }
  }
}
