package io.lorgnette.cli;

import io.lorgnette.data.AnswerStyle;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.DocumentFrequencies;
import io.lorgnette.metrics.Evaluated;
import io.lorgnette.metrics.VqaEvaluator;
import io.lorgnette.metrics.VqaOptions;
import io.lorgnette.tensor.Device;
import java.io.IOException;
import java.io.InputStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
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
          + " \"image\" and \"caption\". Answers: annotations of VQA v2, TextVQA or VizWiz, results"
          + " [{\"question_id\", \"answer\"}] or [{\"image\", \"answer\"}]. Plain or gzip. Or"
          + " any data set that evaluate knows, with --on."
    },
    footer = {
      "  lorgnette score --refs captions_val.json --results mine.json",
      "  lorgnette score --refs val.json --results mine.json --against theirs.json",
      "  lorgnette score --refs vqa_annotations.json --results answers.json --json",
      "  lorgnette score --on okvqa --split dev --results answers.json --data ~/data",
      "  lorgnette score --refs val.json --results r.json --clip DIR --images val2014"
    })
final class ScoreCommand implements Runnable {

  /** What the files are about. */
  enum Task {
    AUTO,
    CAPTIONS,
    ANSWERS
  }

  private static final int SNIFFED_BYTES = 1 << 16;
  private static final Pattern ANSWER = Pattern.compile("\"(question_id|questionId|answer)\"\\s*:");

  @ParentCommand private Lorgnette root;

  @Option(
      names = "--refs",
      paramLabel = "FILE",
      description = "Reference captions or people's answers; or give --on.")
  private Path references;

  @Option(
      names = "--on",
      paramLabel = "NAME",
      description =
          "Data set with the references, as evaluate names it. Answers are then scored by the rule"
              + " of its makers.")
  private String on;

  @Option(
      names = "--split",
      defaultValue = "dev",
      paramLabel = "SPLIT",
      description = "With --on: train, dev or test (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "With --on: folder of the data sets (default: the environment's LORGNETTE_DATA).")
  private Path data;

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

  @Mixin private CaptionMetricOptions captionMetrics;
  @Mixin private InstanceLabels labels;
  @Mixin private ClipOptions clip;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "With --clip and --refs: folder, .tar or .zip with the images, named as the annotations'"
              + " file_name or as the image id; may be given several times.")
  private List<Path> images;

  @Option(
      names = "--device",
      paramLabel = "DEVICE",
      defaultValue = "cpu",
      description = "With --clip: cpu or cuda (default: ${DEFAULT-VALUE}).")
  private Device device;

  @Mixin private WordNetOption wordNet;

  @Option(
      names = "--evaluator",
      paramLabel = "NAME",
      converter = VqaRule.class,
      description =
          "Answers: official, lavis, open-flamingo, vizwiz or textvqa (default: official, or with"
              + " --on that of the data set's makers).")
  private VqaEvaluator evaluator;

  @Option(
      names = "--stems",
      description = "Answers: turn them into stems, as OK-VQA's references are (--on okvqa does).")
  private boolean stems;

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
    ScoredReferences people = references();
    Scored scored = answers() ? answers(people, evaluated) : captions(people, evaluated);
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

  private ScoredReferences references() {
    if ((references == null) == (on == null)) {
      throw new InputException(
          "score needs what people wrote: give either --refs FILE, or --on NAME with --data DIR");
    }
    if (references != null) {
      return new FileReferences(references);
    }
    if (leaveOut == VqaEvaluator.LeaveOut.RECORD) {
      throw new InputException(
          "--leave-out record needs the records of a file; give --refs instead of --on");
    }
    return DatasetReferences.read(root.console(), on, Split.of(split), roots());
  }

  private Scored answers(ScoredReferences people, Evaluated evaluated) {
    if (people.style() == AnswerStyle.SET) {
      return new AnswerSetsScored(people, results, against, evaluated, wordNet.nouns(), bootstrap);
    }
    VqaOptions options = people.rule().with(leaveOut).with(evaluated);
    if (evaluator != null) {
      options = options.with(evaluator);
    }
    return new AnswersScored(
        people, results, against, stems ? options.withStems(true) : options, bootstrap);
  }

  private CaptionsScored captions(ScoredReferences people, Evaluated evaluated) {
    CaptionOptions options = CaptionOptions.defaults().with(evaluated).with(tokens);
    if (frequencies != null) {
      options = options.with(DocumentFrequencies.read(frequencies));
    }
    try (ParsingProgress progress = new ParsingProgress(root.console())) {
      options = captionMetrics.options(options, progress);
      Optional<ClipJudge> judge = judge();
      try {
        return new CaptionsScored(
            people, results, against, options, labels.given(), judge, bootstrap);
      } finally {
        judge.ifPresent(ClipJudge::close);
      }
    }
  }

  private Optional<ClipJudge> judge() {
    if (!clip.given()) {
      if (images != null) {
        throw new InputException("--images belongs to --clip, which looks at them; give both");
      }
      return Optional.empty();
    }
    if ((images == null) == (references != null)) {
      throw new InputException(
          "--clip looks at the images: with --refs give --images, with --on they are the data"
              + " set's");
    }
    ScoredPictures pictures =
        references != null
            ? ScoredPictures.in(images, references)
            : ScoredPictures.of(root.console(), DatasetSpec.named(on, Split.of(split)), roots());
    try {
      return clip.open(device).map(model -> new ClipJudge(root.console(), clip, model, pictures));
    } catch (RuntimeException e) {
      pictures.close();
      throw e;
    }
  }

  private DataRoots roots() {
    return DataRoots.find(Optional.ofNullable(data), System.getenv());
  }

  private boolean answers() {
    return switch (task) {
      case CAPTIONS -> false;
      case ANSWERS -> true;
      case AUTO -> ANSWER.matcher(beginning(results)).find();
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
