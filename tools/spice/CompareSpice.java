import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.metrics.ExtraCaptionMetric;
import io.lorgnette.metrics.spice.SpiceMetric;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;

/**
 * Compares Lorgnette's SPICE with recorded output of SPICE 1.0. Development only; see the README
 * beside this file.
 */
public final class CompareSpice {

  private static final int SHOWN = 20;

  private static final Map<String, String> KINDS =
      Map.of(
          "SPICE object", "Object",
          "SPICE attribute", "Attribute",
          "SPICE relation", "Relation",
          "SPICE colour", "Color",
          "SPICE count", "Cardinality",
          "SPICE size", "Size");

  private CompareSpice() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 3) {
      System.err.println("usage: CompareSpice INPUT.json OUTPUT.json CACHE_FOLDER");
      System.exit(2);
    }
    ObjectMapper mapper = new ObjectMapper();
    Map<String, JsonNode> expected = new HashMap<>();
    for (JsonNode one : mapper.readTree(Path.of(args[1]).toFile())) {
      expected.put(one.get("image_id").asText(), one);
    }
    List<String> ids = new ArrayList<>();
    List<ExtraCaptionMetric.Image> images = new ArrayList<>();
    for (JsonNode one : mapper.readTree(Path.of(args[0]).toFile())) {
      List<String> references = new ArrayList<>();
      one.get("refs").forEach(reference -> references.add(reference.asText()));
      ids.add(one.get("image_id").asText());
      images.add(new ExtraCaptionMetric.Image(one.get("test").asText(), references));
    }
    SpiceMetric metric = new SpiceMetric(Path.of(args[2]), 200_000);
    tuples(metric, ids, images, expected);
    scores(metric, ids, images, expected);
  }

  private static void tuples(
      SpiceMetric metric,
      List<String> ids,
      List<ExtraCaptionMetric.Image> images,
      Map<String, JsonNode> expected) {
    int equalResults = 0;
    int equalReferences = 0;
    int shown = 0;
    for (int i = 0; i < images.size(); i++) {
      ExtraCaptionMetric.Image image = images.get(i);
      JsonNode golden = expected.get(ids.get(i));
      TreeSet<String> theirs = words(golden.get("test_tuples"));
      TreeSet<String> ours = words(metric.tuples(List.of(image.result())));
      boolean equal = theirs.equals(ours);
      equalResults += equal ? 1 : 0;
      TreeSet<String> theirReferences = words(golden.get("ref_tuples"));
      TreeSet<String> ourReferences = words(metric.tuples(image.references()));
      equalReferences += theirReferences.equals(ourReferences) ? 1 : 0;
      if (!equal && shown++ < SHOWN) {
        show(image.result(), theirs, ours);
      } else if (!theirReferences.equals(ourReferences) && shown++ < SHOWN) {
        show(String.join(" | ", image.references()), theirReferences, ourReferences);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d images: tuples equal of %d results and %d sets of references%n",
        images.size(),
        equalResults,
        equalReferences);
  }

  private static void show(String caption, TreeSet<String> theirs, TreeSet<String> ours) {
    TreeSet<String> missing = new TreeSet<>(theirs);
    missing.removeAll(ours);
    TreeSet<String> extra = new TreeSet<>(ours);
    extra.removeAll(theirs);
    System.out.println(caption + "\n  missing " + missing + "\n  extra " + extra);
  }

  private static TreeSet<String> words(JsonNode tuples) {
    TreeSet<String> all = new TreeSet<>();
    for (JsonNode tuple : tuples) {
      List<String> parts = new ArrayList<>();
      tuple.get("tuple").forEach(part -> parts.add(sorted(part.asText())));
      all.add(parts.toString());
    }
    return all;
  }

  private static TreeSet<String> words(List<List<String>> tuples) {
    TreeSet<String> all = new TreeSet<>();
    tuples.forEach(
        tuple -> all.add(tuple.stream().map(CompareSpice::sorted).toList().toString()));
    return all;
  }

  private static String sorted(String merged) {
    String[] words = merged.split("/");
    Arrays.sort(words);
    return String.join("/", words);
  }

  private static void scores(
      SpiceMetric metric,
      List<String> ids,
      List<ExtraCaptionMetric.Image> images,
      Map<String, JsonNode> expected) {
    Map<String, double[]> ours =
        metric.score(images, ExtraCaptionMetric.Listener.NONE).perImage();
    ours.forEach(
        (name, values) -> {
          int equal = 0;
          double difference = 0;
          double theirSum = 0;
          double ourSum = 0;
          int count = 0;
          for (int i = 0; i < values.length; i++) {
            double theirs = value(expected.get(ids.get(i)).get("scores"), name);
            boolean neither = Double.isNaN(theirs) && Double.isNaN(values[i]);
            equal += neither || Math.abs(theirs - values[i]) < 1e-9 ? 1 : 0;
            if (!Double.isNaN(theirs) && !Double.isNaN(values[i])) {
              difference += Math.abs(theirs - values[i]);
              theirSum += theirs;
              ourSum += values[i];
              count++;
            }
          }
          System.out.printf(
              Locale.ROOT,
              "%-16s equal %d of %d; mean %.6f, ours %.6f; mean absolute difference %.6f (%d images)%n",
              name,
              equal,
              values.length,
              theirSum / count,
              ourSum / count,
              difference / count,
              count);
        });
  }

  private static double value(JsonNode scores, String name) {
    JsonNode value =
        switch (name) {
          case "SPICE" -> scores.get("All").get("f");
          case "SPICE precision" -> scores.get("All").get("pr");
          case "SPICE recall" -> scores.get("All").get("re");
          default -> scores.get(KINDS.get(name)).get("f");
        };
    return value.isNull() ? Double.NaN : value.asDouble();
  }
}
