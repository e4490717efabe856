import io.lorgnette.VisionLanguageModel;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Example;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.Utterance;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Precision;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What fewer bits cost: the perplexity of a language model on the last 2 % of each text file of a
 * folder, and the scores of captions of the first photos of Flickr8k's development split, at each
 * precision.
 *
 * <pre>
 * java -cp ... MeasurePrecision.java perplexity LM_FOLDER TEXT_FOLDER TOKENS_PER_FILE [PRECISION...]
 * java -cp ... MeasurePrecision.java captions POCKET_FOLDER DATA_FOLDER PHOTOS [PRECISION...]
 * </pre>
 */
final class MeasurePrecision {

  private static final List<String> ALL =
      List.of(
          "f32",
          "f16@f32",
          "bf16",
          "int8@f32",
          "int8",
          "int4@f32",
          "int4",
          "int4-g64@f32",
          "int4-g128@f32");
  private static final int WINDOW = 256;
  private static final int BATCH = 8;
  private static final double HELD_OUT = 0.02;

  private MeasurePrecision() {}

  public static void main(String[] arguments) throws IOException {
    Engine.threads(1);
    Path models = Path.of(arguments[1]);
    Path data = Path.of(arguments[2]);
    int amount = Integer.parseInt(arguments[3]);
    List<String> given = List.of(arguments).subList(4, arguments.length);
    List<String> names = given.isEmpty() ? ALL : given;
    switch (arguments[0]) {
      case "perplexity" -> perplexity(models, data, amount, names);
      case "captions" -> captions(models, data, amount, names);
      default -> throw new IllegalArgumentException("perplexity or captions");
    }
  }

  private static void perplexity(Path lm, Path texts, int tokens, List<String> names)
      throws IOException {
    Map<String, int[]> ids = new TreeMap<>();
    try (Tokenizer tokenizer = Tokenizer.load(lm);
        Stream<Path> files = Files.list(texts)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".txt.gz")).toList()) {
        int[] all = tokenizer.encode(tail(file));
        ids.put(file.getFileName().toString(), Arrays.copyOf(all, Math.min(tokens, all.length)));
      }
    }
    System.out.println(
        "| precision | matrices and the rest, MB | " + String.join(" | ", ids.keySet()) + " |");
    for (String name : names) {
      Precision precision = Precision.named(name);
      try (LanguageModel model = LanguageModel.load(lm, precision, Device.CPU)) {
        StringBuilder row = new StringBuilder("| " + name + " | ");
        long bytes = model.parameters().tensors().stream().mapToLong(Tensor::nbytes).sum();
        row.append(String.format(Locale.ROOT, "%.1f", bytes / 1e6));
        for (int[] text : ids.values()) {
          row.append(String.format(Locale.ROOT, " | %.3f", Math.exp(loss(model, text))));
        }
        System.out.println(row + " |");
      }
    }
  }

  private static String tail(Path file) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String tail = text.substring((int) (text.length() * (1 - HELD_OUT)));
      return tail.substring(tail.indexOf('\n') + 1);
    }
  }

  /** Mean over the tokens of whole windows but the first token of each. */
  private static double loss(LanguageModel lm, int[] ids) {
    double sum = 0;
    long count = 0;
    for (int at = 0; at + BATCH * WINDOW <= ids.length; at += BATCH * WINDOW) {
      long[] labels =
          Arrays.stream(ids, at, at + BATCH * WINDOW).mapToLong(id -> (long) id).toArray();
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        Tensor hidden = lm.hidden(lm.embed(Tensors.ofLongs(labels, BATCH, WINDOW)));
        sum += Tensors.value(NextTokenLoss.sum(lm, hidden, labels));
        count += NextTokenLoss.count(labels, WINDOW);
      }
    }
    return sum / count;
  }

  private static void captions(Path pocket, Path data, int photos, List<String> names) {
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, RgbImage> images = new LinkedHashMap<>();
    DataRoots roots = DataRoots.find(Optional.of(data), Map.of());
    try (Dataset set =
        Datasets.open(DatasetSpec.named("flickr8k", Split.of("dev")), roots, Problems.strict())) {
      for (int i = 0; i < set.size() && images.size() < photos; i++) {
        Example example = set.example(i);
        if (images.putIfAbsent(
                example.image().name(),
                ImageReader.read(example.image().bytes(), example.image().name()))
            == null) {
          references.put(example.image().name(), new ArrayList<>());
        }
        references.get(example.image().name()).addAll(example.captions());
      }
    }
    System.out.println("| precision | BLEU-4 | CIDEr | same as the first |");
    Map<String, String> first = null;
    for (String name : names) {
      Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
      Map<String, String> said = new LinkedHashMap<>();
      try (VisionLanguageModel model =
          VisionLanguageModel.load(
              pocket.resolve("vision"),
              pocket.resolve("lm"),
              pocket.resolve("connectors/captions.safetensors"),
              numerics,
              Precision.named(name))) {
        List<Utterance> captions = model.captions(List.copyOf(images.values()), Speaker.MAPL);
        int i = 0;
        for (String image : images.keySet()) {
          said.put(image, captions.get(i++).text());
        }
      }
      first = first == null ? said : first;
      long same = 0;
      for (Map.Entry<String, String> caption : said.entrySet()) {
        same += caption.getValue().equals(first.get(caption.getKey())) ? 1 : 0;
      }
      Map<String, Double> scores = CaptionScores.of(references, said).corpus();
      System.out.println(
          String.format(
              Locale.ROOT,
              "| %s | %.1f | %.1f | %d of %d |",
              name,
              100 * scores.get("BLEU-4"),
              100 * scores.get("CIDEr"),
              same,
              said.size()));
    }
  }
}
