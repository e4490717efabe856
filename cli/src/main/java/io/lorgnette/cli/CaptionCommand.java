package io.lorgnette.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Numerics;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette caption}: photos in, sentences out. */
@Command(
    name = "caption",
    description = "Says in a sentence what photos show.",
    footer = {
      "  lorgnette caption photo.jpg",
      "  lorgnette caption holidays/ --out captions.jsonl",
      "  lorgnette caption --json --connector runs/mapl photo.jpg",
    })
final class CaptionCommand implements Callable<Integer> {

  private static final int BATCH = 8;
  private static final Set<String> ENDINGS =
      Set.of("jpg", "jpeg", "png", "gif", "bmp", "webp", "heic", "avif");
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParentCommand private Lorgnette root;

  @Parameters(
      arity = "1..*",
      paramLabel = "PHOTO",
      description = "Photos, or folders whose photos are taken.")
  private List<Path> paths;

  @Mixin private ModelOptions models;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Append one JSON line for each photo to this file; photos that it has are passed over.")
  private Path out;

  @Override
  public Integer call() {
    Console console = root.console();
    decoding.check();
    List<Path> photos = photos();
    // One photo that can not be read is an error; among many it is counted.
    if (photos.size() == 1) {
      ImageReader.read(photos.get(0));
    }
    Set<String> known = known();
    List<Path> left = photos.stream().filter(photo -> !known.contains(photo.toString())).toList();
    if (left.isEmpty()) {
      console.say("All " + photos.size() + " photos are in " + out + " already.");
      return 0;
    }
    Path connector = models.connector("captions");
    List<String> failures = new ArrayList<>();
    Numerics numerics = engine.choose();
    try (VisionLanguageModel model =
            VisionLanguageModel.load(
                models.vision(),
                models.language(),
                connector,
                numerics,
                weights.precision(numerics));
        Lines lines = new Lines(console, out, photos.size() > 1);
        Progress progress =
            left.size() > BATCH
                ? console.progress("captioning", "photos", left.size())
                : Progress.SILENT) {
      GenerationConfig config = GenerationConfig.beams(decoding.beams(), decoding.maxTokens());
      for (int from = 0; from < left.size(); from += BATCH) {
        List<Path> batch = left.subList(from, Math.min(left.size(), from + BATCH));
        caption(model, config, batch, lines, failures);
        progress.at(from + batch.size(), "");
      }
    }
    if (failures.isEmpty()) {
      return 0;
    }
    console.say(failures.size() + " of " + left.size() + " photos could not be read:");
    failures.forEach(failure -> console.say("  " + failure));
    return 1;
  }

  private static void caption(
      VisionLanguageModel model,
      GenerationConfig config,
      List<Path> batch,
      Lines lines,
      List<String> failures) {
    List<Path> read = new ArrayList<>();
    List<RgbImage> images = new ArrayList<>();
    for (Path photo : batch) {
      try {
        images.add(ImageReader.read(photo));
        read.add(photo);
      } catch (InputException e) {
        failures.add(e.getMessage());
      }
    }
    if (images.isEmpty()) {
      return;
    }
    List<Utterance> captions = model.captions(images, config);
    for (int i = 0; i < read.size(); i++) {
      lines.write(read.get(i), images.get(i), captions.get(i));
    }
  }

  /** Where captions go: a file, JSON lines on standard output, or plain lines there. */
  private static final class Lines implements AutoCloseable {

    private final Console console;
    private final boolean named;
    private final BufferedWriter file;

    Lines(Console console, Path out, boolean named) {
      this.console = console;
      this.named = named;
      try {
        this.file =
            out == null
                ? null
                : Files.newBufferedWriter(
                    out,
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new InputException(out + " can not be written: " + e.getMessage(), e);
      }
    }

    void write(Path photo, RgbImage image, Utterance said) {
      if (file == null && !console.json()) {
        console.result((named ? photo + "\t" : "") + said.text());
        return;
      }
      ObjectNode node = JSON.createObjectNode();
      node.put("image", photo.toString()).put("caption", said.text()).put("score", said.score());
      node.put("tokens", said.tokens()).put("complete", said.complete());
      node.put("width", image.width()).put("height", image.height());
      if (file == null) {
        console.result(node.toString());
        return;
      }
      try {
        file.write(node + "\n");
        file.flush();
      } catch (IOException e) {
        throw new UncheckedIOException("can not write the captions: " + e.getMessage(), e);
      }
    }

    @Override
    public void close() {
      try {
        if (file != null) {
          file.close();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private Set<String> known() {
    Set<String> known = new HashSet<>();
    if (out == null || !Files.exists(out)) {
      return known;
    }
    try {
      List<String> all = Files.readAllLines(out, StandardCharsets.UTF_8);
      for (int i = 0; i < all.size(); i++) {
        try {
          known.add(JSON.readTree(all.get(i)).path("image").asText());
        } catch (IOException e) {
          throw new InputException(
              out
                  + ", line "
                  + (i + 1)
                  + ", is not one JSON object, as captions are written; mend it or choose another"
                  + " --out",
              e);
        }
      }
    } catch (IOException e) {
      throw new InputException(out + " can not be read: " + e.getMessage(), e);
    }
    return known;
  }

  private List<Path> photos() {
    List<Path> photos = new ArrayList<>();
    for (Path path : paths) {
      if (Files.isDirectory(path)) {
        int before = photos.size();
        try (Stream<Path> tree = Files.walk(path)) {
          tree.filter(CaptionCommand::isPhoto).sorted().forEach(photos::add);
        } catch (IOException e) {
          throw new InputException(path + " can not be listed: " + e.getMessage(), e);
        }
        if (photos.size() == before) {
          throw new InputException(
              path + " holds no photos (" + String.join(", ", ENDINGS) + "); give another folder");
        }
      } else if (Files.exists(path)) {
        photos.add(path);
      } else {
        throw new InputException(path + " does not exist; give photos or folders of photos");
      }
    }
    return photos;
  }

  private static boolean isPhoto(Path path) {
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    return Files.isRegularFile(path) && ENDINGS.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
