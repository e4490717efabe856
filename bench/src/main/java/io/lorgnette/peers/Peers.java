package io.lorgnette.peers;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.bench.Cost;
import io.lorgnette.bench.Measured;
import io.lorgnette.bench.Stage;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.MeteorData;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Workers;
import io.lorgnette.weights.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/**
 * This program's side of the comparisons of {@code bench/peers/peers.py}: the same files, the same
 * shapes, the same lines of JSON.
 *
 * <p>{@code Peers FOLDER RUNS THREADS FORMAT STAGE...}, where FORMAT is {@code auto}, {@code f32},
 * {@code bf16}, {@code int8} or {@code int4}, which keep the language model's matrices so, or
 * {@code w8a8}, which keeps all.
 */
public final class Peers {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Set<String> FEW_BITS = Set.of("int8", "int4", "w8a8");

  private final Path folder;
  private final Numerics numerics;
  private final Precision precision;

  private Peers(Path folder, Numerics numerics, Precision precision) {
    this.folder = folder;
    this.numerics = numerics;
    this.precision = precision;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    int runs = Integer.parseInt(args[1]);
    int threads = Integer.parseInt(args[2]);
    Numerics.Format format =
        FEW_BITS.contains(args[3])
            ? Numerics.Format.BF16
            : Numerics.Format.valueOf(args[3].toUpperCase(Locale.ROOT));
    for (String stage : Arrays.asList(args).subList(4, args.length)) {
      Numerics numerics =
          stage.startsWith("train")
              ? Numerics.chooseSideBySide(Device.CPU, format, threads)
              : Numerics.choose(Device.CPU, format, threads);
      numerics.apply();
      Precision precision = precision(args[3], numerics);
      new Peers(Path.of(args[0]), numerics, precision).measure(stage, runs, args[3]);
    }
  }

  private static Precision precision(String name, Numerics numerics) {
    return switch (name) {
      case "int8" -> Precision.INT8.forInference();
      case "int4" -> Precision.INT4.forInference();
      case "w8a8" -> Precision.W8A8.forInference();
      default -> Precision.of(numerics.format());
    };
  }

  private void measure(String name, int runs, String asked) throws IOException {
    String[] parts = name.split("-", 2);
    switch (parts[0]) {
      case "pixels" -> print(Measured.of(pixels(), runs), "");
      case "scores", "meteor" -> print(Measured.of(scores(name.equals("meteor")), runs), "");
      default -> {
        try (ModelStages models = new ModelStages(folder, numerics, precision)) {
          Stage stage =
              switch (parts[0]) {
                case "encode" -> models.encode(parts[1]);
                case "write" -> models.write(parts[1]);
                case "shots" -> models.shots();
                case "train" -> models.train(parts[1]);
                case "blip2" -> models.blip2(parts[1]);
                default -> throw new IllegalArgumentException("no stage is called " + name);
              };
          String format =
              FEW_BITS.contains(asked) ? asked : stage.format().name().toLowerCase(Locale.ROOT);
          print(Measured.of(stage, runs), format);
        }
      }
    }
  }

  private static void print(Measured measured, String format) throws IOException {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("by", "lorgnette");
    line.put("stage", measured.name());
    line.put("shape", measured.shape());
    line.put("unit", measured.unit());
    line.put("format", format);
    line.put("rates", measured.rates());
    line.put("busy", measured.busy());
    System.out.println(JSON.writeValueAsString(line));
  }

  private Stage pixels() throws IOException {
    ImageProcessor processor =
        ImageProcessor.fromConfig(folder.resolve("vit-b-32/preprocessor_config.json"));
    List<byte[]> photos = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("photos"))) {
      for (Path file : files.sorted().toList()) {
        photos.add(Files.readAllBytes(file));
      }
    }
    int threads = numerics.threads();
    List<Callable<Void>> parts = new ArrayList<>();
    for (int part = 0; part < threads; part++) {
      int first = part;
      parts.add(
          () -> {
            for (int i = first; i < photos.size(); i += threads) {
              processor.process(ImageReader.read(photos.get(i), "photo.jpg"));
            }
            return null;
          });
    }
    return new Stage(
        "decode and process photos",
        "640 x 480",
        "images",
        photos.size(),
        Cost.UNKNOWN,
        null,
        () -> {
          try (Workers workers = new Workers(threads)) {
            workers.all(parts);
          }
        });
  }

  private Stage scores(boolean meteor) throws IOException {
    List<List<String>> captions =
        JSON.readValue(folder.resolve("captions.json").toFile(), new TypeReference<>() {});
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (int i = 0; i < captions.size(); i++) {
      results.put(Integer.toString(i), captions.get(i).get(0));
      references.put(Integer.toString(i), captions.get(i).subList(1, captions.get(i).size()));
    }
    CaptionOptions options = CaptionOptions.defaults();
    if (meteor) {
      options = options.with(MeteorData.load(Path.of(System.getenv("LORGNETTE_METEOR_DATA"))));
    }
    CaptionOptions chosen = options;
    return new Stage(
        "score captions, " + (meteor ? "METEOR" : "PTB, BLEU, ROUGE-L, CIDEr"),
        captions.size() + " images, 5 references",
        "images",
        captions.size(),
        Cost.UNKNOWN,
        null,
        () -> CaptionScores.of(references, results, chosen));
  }
}
