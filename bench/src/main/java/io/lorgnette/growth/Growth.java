package io.lorgnette.growth;

import io.lorgnette.bench.Cost;
import io.lorgnette.bench.Measured;
import io.lorgnette.bench.Stage;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.nn.KvCache;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.report.SweepChart;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import org.bytedeco.pytorch.Tensor;

/**
 * How time and memory grow with what is asked for: {@code Growth FOLDER} prints a table and writes
 * a chart for each, with one and with two native threads, of the embedded language model in BF16.
 * Scores are computed on all processors either way.
 */
public final class Growth {

  private static final int RUNS = 5;
  private static final int PREFIX = 32;
  private static final int WORDS = 10;
  private static final int ANSWER = 16; // tokens

  /**
   * Something that grows.
   *
   * @param bytes of keys and values, or of what stands for memory; null where nothing does
   */
  private record Axis(
      String name, int[] sizes, IntFunction<Runnable> work, IntToLongFunction bytes) {}

  private final LanguageModel lm;
  private final Generator generator;
  private final Tensor prefix;

  private Growth(LanguageModel lm, Tensor prefix) {
    this.lm = lm;
    this.generator = new Generator(lm);
    this.prefix = prefix;
  }

  /** See the class. */
  public static void main(String[] args) throws IOException {
    Path folder = Files.createDirectories(Path.of(args[0]));
    try (Scope scope = Scope.open();
        LanguageModel lm =
            LanguageModel.load(Pocket.languageModel(), Precision.BF16.forInference(), Device.CPU)) {
      Tensor prefix = Tensors.zeros(Dtype.BF16, Device.CPU, PREFIX, lm.width());
      new Growth(lm, prefix).measure(folder);
    }
  }

  private List<Axis> axes() {
    Prompt prompt = Prompt.of(prefix).then(words());
    int length = PREFIX + WORDS;
    return List.of(
        new Axis(
            "tokens written",
            new int[] {8, 16, 32, 64, 128, 256},
            tokens -> () -> write(List.of(prompt), GenerationConfig.greedy(tokens)),
            tokens -> cache(1, length + tokens)),
        new Axis(
            "prompts at once",
            new int[] {1, 2, 4, 8, 16, 32, 64},
            batch ->
                () -> write(Collections.nCopies(batch, prompt), GenerationConfig.greedy(ANSWER)),
            batch -> cache(batch, length + ANSWER)),
        new Axis(
            "beams",
            new int[] {1, 2, 3, 5, 8, 12},
            beams -> () -> write(List.of(prompt), GenerationConfig.beams(beams, ANSWER)),
            beams -> cache(beams, length + ANSWER)),
        new Axis(
            "examples before the question",
            new int[] {1, 2, 4, 8},
            shots -> () -> write(List.of(behind(shots)), GenerationConfig.greedy(ANSWER)),
            shots -> cache(1, (shots + 1) * length + ANSWER)),
        new Axis(
            "images scored, 5 references",
            new int[] {1_000, 2_000, 5_000, 10_000, 20_000},
            Growth::scored,
            null));
  }

  private void measure(Path folder) throws IOException {
    for (Axis axis : axes()) {
      System.out.println();
      System.out.println(
          "| " + axis.name() + " | 1 thread, ms | 2 threads, ms | keys and values |");
      System.out.println("|---|---|---|---|");
      List<SweepChart.Point> points = new ArrayList<>();
      for (int size : axis.sizes()) {
        Runnable work = axis.work().apply(size);
        double[] one = millis(work, 1);
        double[] two = millis(work, 2);
        // The chart is made for percentages of a fraction.
        points.add(new SweepChart.Point(size, two[1] / 100, two[0] / 100, two[2] / 100));
        String bytes = axis.bytes() == null ? "" : axis.bytes().applyAsLong(size) / 1024 + " KiB";
        System.out.printf(Locale.ROOT, "| %,d | %.1f | %.1f | %s |%n", size, one[1], two[1], bytes);
      }
      String file = "growth-" + axis.name().replaceAll("[^a-z]+", "-").replaceAll("-$", "");
      SweepChart chart =
          new SweepChart(
              "Time over " + axis.name(), axis.name(), "milliseconds, two threads", true, points);
      Files.writeString(folder.resolve(file + ".svg"), chart.svg());
    }
  }

  /** The least, the middle and the most of several runs. */
  private static double[] millis(Runnable work, int threads) {
    Engine.threads(threads);
    Measured measured = Measured.of(new Stage("", "", "runs", 1, Cost.UNKNOWN, null, work), RUNS);
    double[] range = measured.range();
    return new double[] {1e3 / range[1], 1e3 / measured.median(), 1e3 / range[0]};
  }

  private void write(List<Prompt> prompts, GenerationConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      generator.generate(prompts, config);
    }
  }

  private Prompt behind(int shots) {
    Prompt all = Prompt.of(prefix).then(words());
    for (int i = 0; i < shots; i++) {
      all = all.then(prefix).then(words());
    }
    return all;
  }

  private static int[] words() {
    return new Random(1).ints(WORDS, 1, 1000).toArray();
  }

  private long cache(int rows, int tokens) {
    try (KvCache cache = lm.newCache(rows, tokens)) {
      return cache.bytes();
    }
  }

  private static Runnable scored(int images) {
    Random random = new Random(1);
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (int i = 0; i < images; i++) {
      List<String> captions = new ArrayList<>();
      for (int k = 0; k < 5; k++) {
        captions.add(caption(random));
      }
      references.put(Integer.toString(i), captions);
      results.put(Integer.toString(i), caption(random));
    }
    return () -> CaptionScores.of(references, results);
  }

  private static String caption(Random random) {
    StringBuilder caption = new StringBuilder("A");
    for (int k = 8 + random.nextInt(6); k > 0; k--) {
      int rank = (int) Math.exp(random.nextDouble() * Math.log(4000));
      caption.append(' ').append(Integer.toString(rank, 36).replaceAll("\\d", "e")).append("in");
    }
    return caption.append('.').toString();
  }
}
