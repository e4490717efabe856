package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.DocumentFrequencies;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.MeteorData;
import io.lorgnette.metrics.VqaEvaluator;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.GZIPInputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette score}: metrics of caption and answer files of any model. */
@Command(
    name = "score",
    description = {
      "Scores captions or answers of any model against what people wrote.",
      "Captions: COCO annotations, results [{\"image_id\", \"caption\"}], or JSON lines with"
          + " \"image\" and \"caption\". Answers: VQA v2 annotations, results [{\"question_id\","
          + " \"answer\"}]. Plain or gzip."
    },
    footer = {
      "  lorgnette score --refs captions_val.json --results mine.json",
      "  lorgnette score --refs val.json --results mine.json --against theirs.json",
      "  lorgnette score --refs vqa_annotations.json --results answers.json --json"
    })
final class ScoreCommand implements Runnable {

  /** What the files are about. */
  enum Task {
    AUTO,
    CAPTIONS,
    ANSWERS
  }

  private static final int SNIFFED_BYTES = 1 << 16;

  @ParentCommand private Lorgnette root;

  @Option(
      names = "--refs",
      required = true,
      paramLabel = "FILE",
      description = "Reference captions or people's answers (required).")
  private Path references;

  @Option(
      names = "--results",
      required = true,
      paramLabel = "FILE",
      description = "Captions or answers of the system (required).")
  private Path results;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "Results of another system, for the paired difference between the two.")
  private Path against;

  @Option(
      names = "--per-image",
      paramLabel = "FILE.csv",
      description = "Write the scores of each image, or question, as fractions.")
  private Path perImage;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      defaultValue = "auto",
      description =
          "captions, answers, or auto to see it from --results (default: ${DEFAULT-VALUE}).")
  private Task task;

  @Option(
      names = "--only-results",
      description = "Leave out images, or questions, without a result instead of refusing them.")
  private boolean onlyResults;

  @Mixin private BootstrapOptions bootstrap;

  @Option(
      names = "--tokens",
      paramLabel = "KIND",
      defaultValue = "ptb",
      description =
          "Captions: ptb, or whitespace where they are tokenised already (default:"
              + " ${DEFAULT-VALUE}).")
  private CaptionTokens tokens;

  @Option(
      names = "--frequencies",
      paramLabel = "FILE",
      description = "Captions: document frequencies for CIDEr (default: of the references).")
  private Path frequencies;

  @Option(
      names = "--meteor-data",
      paramLabel = "FOLDER",
      defaultValue = "${env:LORGNETTE_METEOR_DATA}",
      description =
          "Captions: METEOR's word lists and paraphrases, the folder \"meteor\" of the Python"
              + " package pycocoevalcap (default: LORGNETTE_METEOR_DATA). Without it only the"
              + " lesser METEOR (exact, stem) is computed.")
  private Path meteorData;

  @Option(
      names = "--spice",
      negatable = true,
      description =
          "Captions: insist on SPICE, or leave it out (default: computed if its jar is on"
              + " LORGNETTE_CLASSPATH).")
  private Boolean spice;

  @Option(
      names = "--evaluator",
      paramLabel = "NAME",
      defaultValue = "official",
      description = "Answers: official or lavis (default: ${DEFAULT-VALUE}).")
  private VqaEvaluator evaluator;

  @Option(
      names = "--leave-out",
      paramLabel = "WHAT",
      defaultValue = "index",
      description =
          "Answers: what one annotator's answer is not compared with: index, its own, or record,"
              + " every equal record (default: ${DEFAULT-VALUE}).")
  private VqaEvaluator.LeaveOut leaveOut;

  @Override
  public void run() {
    bootstrap.check();
    Evaluated evaluated = onlyResults ? Evaluated.RESULTS : Evaluated.REFERENCES;
    Scored scored =
        answers()
            ? new AnswersScored(
                references, results, against, evaluator, leaveOut, evaluated, bootstrap)
            : captions(evaluated);
    if (perImage != null) {
      write(perImage, scored.csv());
    }
    Console console = root.console();
    if (console.json()) {
      console.result(scored.json());
    } else {
      scored.lines().forEach(console::result);
      scored.notes().forEach(console::say);
    }
  }

  private CaptionsScored captions(Evaluated evaluated) {
    CaptionOptions options = CaptionOptions.defaults().with(evaluated).with(tokens);
    if (frequencies != null) {
      options = options.with(DocumentFrequencies.read(frequencies));
    }
    if (meteorData != null) {
      options = options.with(MeteorData.load(meteorData));
    }
    try (ParsingProgress progress = new ParsingProgress(root.console())) {
      options = options.with(ExtraMetrics.chosen(spice), progress);
      return new CaptionsScored(references, results, against, options, bootstrap);
    }
  }

  private boolean answers() {
    return switch (task) {
      case CAPTIONS -> false;
      case ANSWERS -> true;
      case AUTO -> beginning(results).contains("\"question_id\"");
    };
  }

  private static String beginning(Path file) {
    try (InputStream in = open(file)) {
      return new String(in.readNBytes(SNIFFED_BYTES), StandardCharsets.UTF_8);
    } catch (IOException e) {
      String why =
          Files.exists(file) ? "can not be read (" + e.getMessage() + ")" : "does not exist";
      throw new InputException(file + " " + why + "; give a file of captions or answers", e);
    }
  }

  private static InputStream open(Path file) throws IOException {
    PushbackInputStream in = new PushbackInputStream(Files.newInputStream(file), 2);
    byte[] magic = in.readNBytes(2);
    in.unread(magic);
    boolean gzip = magic.length == 2 && magic[0] == (byte) 0x1f && magic[1] == (byte) 0x8b;
    return gzip ? new GZIPInputStream(in) : in;
  }

  private static void write(Path file, String text) {
    Path target = file.toAbsolutePath();
    try {
      Path temporary = Files.createTempFile(target.getParent(), "." + target.getFileName(), ".tmp");
      Files.writeString(temporary, text, StandardCharsets.UTF_8);
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new InputException(file + " can not be written: " + e, e);
    }
  }
}
