package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The filter over two tar shards of 40 pictures, one of them broken, against a slow computation.
 */
class DataFilterTest {

  private static final int IMAGES = 40;
  private static final int BROKEN = 11;

  /** A pair and its cosine, computed by itself. */
  private record Pair(int image, String caption, double cosine) {}

  @TempDir static Path root;
  private static Path space;
  private static final List<Pair> PAIRS = new ArrayList<>();

  @BeforeAll
  static void write() throws Exception {
    space = root.resolve("space");
    List<Path> pictures = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      pictures.add(Pictures.draw(root.resolve("drawn/%02d.png".formatted(i)), i));
    }
    try (SmallJoint joint = new SmallJoint(space)) {
      for (int i = 0; i < IMAGES; i++) {
        for (String caption : captions(i)) {
          if (i != BROKEN) {
            double cosine = SmallJoint.cosine(joint.image(pictures.get(i)), joint.text(caption));
            PAIRS.add(new Pair(i, caption, cosine));
          }
        }
      }
    }
    Files.writeString(pictures.get(BROKEN), "no picture");
    shard("00000.tar", pictures.subList(0, 20), 0);
    shard("00001.tar", pictures.subList(20, IMAGES), 20);
    Files.writeString(
        root.resolve("shards.yaml"),
        "kind: webdataset\nname: shards\nsplit: train\nimages: ['0*.tar']\n");
  }

  private static List<String> captions(int image) {
    String one = "Picture %d of %d dogs.".formatted(image, image * image % 17);
    return image % 3 == 0 ? List.of(one, "A boat, number " + image) : List.of(one);
  }

  private static void shard(String name, List<Path> pictures, int first) throws Exception {
    try (OutputStream out = Files.newOutputStream(root.resolve(name));
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
      for (int i = 0; i < pictures.size(); i++) {
        String key = "%09d".formatted(first + i);
        String json =
            new ObjectMapper().writeValueAsString(Map.of("captions", captions(first + i)));
        put(tar, key + ".json", json.getBytes(StandardCharsets.UTF_8));
        put(tar, key + ".png", Files.readAllBytes(pictures.get(i)));
      }
    }
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] bytes) throws Exception {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static Cli filter(String out, Object... options) {
    List<Object> all =
        new ArrayList<>(List.of("data", "filter", root.resolve("shards.yaml"), "--data", root));
    all.addAll(List.of("--out", root.resolve(out)));
    all.addAll(Arrays.asList(options));
    return Cli.run(all.toArray());
  }

  private static JsonNode json(Cli cli) throws Exception {
    assertThat(cli.code()).as(cli.err()).isZero();
    return new ObjectMapper().readTree(cli.out());
  }

  /** Captions by image id, as training reads them. */
  private static Map<String, List<String>> read(String out) {
    Map<String, List<String>> captions = new TreeMap<>();
    String yaml = root.resolve(out).resolve("kept.yaml").toString();
    DataRoots roots = new DataRoots(Optional.of(root), Optional.empty());
    try (Dataset kept = Datasets.open(DataSetArgument.spec(yaml, true), roots, Problems.strict())) {
      kept.examples()
          .forEach(
              example -> {
                assertThat(example.image().bytes()).isNotEmpty();
                captions.put(example.id(), example.captions());
              });
    }
    return captions;
  }

  private static Map<String, List<String>> expected(List<Pair> pairs) {
    Map<String, List<String>> captions = new TreeMap<>();
    for (Pair pair : PAIRS) {
      if (pairs.contains(pair)) {
        captions
            .computeIfAbsent("%09d".formatted(pair.image()), id -> new ArrayList<>())
            .add(pair.caption());
      }
    }
    return captions;
  }

  @Test
  void keepsTheNearestPairsInAFormThatTrainingReads() throws Exception {
    JsonNode node = json(filter("clean", "--clip", space, "--keep", 13, "--json"));
    List<Pair> nearest =
        PAIRS.stream().sorted(Comparator.comparingDouble(p -> -p.cosine())).limit(13).toList();
    assertThat(read("clean")).isEqualTo(expected(nearest));
    assertThat(node.path("pairs").asInt()).isEqualTo(PAIRS.size());
    assertThat(node.path("keptPairs").asInt()).isEqualTo(13);
    assertThat(node.path("keptImages").asInt()).isEqualTo(expected(nearest).size());
    assertThat(node.path("images").asInt()).isEqualTo(IMAGES);
    assertThat(node.path("broken").asInt()).isEqualTo(1);
    double threshold = node.path("threshold").asDouble();
    assertThat(threshold).isCloseTo(nearest.get(12).cosine(), within(1e-5));
    long counted = 0;
    for (JsonNode bin : node.path("histogram")) {
      long inside =
          PAIRS.stream()
              .filter(p -> p.cosine() >= bin.path("from").asDouble())
              .filter(p -> p.cosine() < bin.path("to").asDouble())
              .count();
      assertThat(bin.path("pairs").asLong()).isEqualTo(inside);
      counted += inside;
    }
    assertThat(counted).isEqualTo(PAIRS.size());
    assertThat(Files.readString(root.resolve("clean/problems.jsonl")))
        .contains("broken-image", "000000011.png");
    // The same scores, chosen from by the threshold that this implies.
    JsonNode again = json(filter("clean", "--clip", space, "--threshold", threshold, "--json"));
    assertThat(again.path("keptPairs").asInt()).isEqualTo(13);
    assertThat(again.path("threshold").asDouble()).isEqualTo(threshold);
    Cli people = filter("clean", "--clip", space, "--keep", 1000);
    assertThat(people.out())
        .contains(PAIRS.size() + " of " + PAIRS.size() + " pairs on 39 of 40 images", "####");
    assertThat(people.err()).contains("kind: jsonl", "file: \"clean/kept.jsonl\"", "Left out: 1");
  }

  @Test
  void goesOnWhereItWasStoppedWithTheSameResult() throws Exception {
    json(filter("whole", "--clip", space, "--keep", 13, "--json"));
    byte[] scores = Files.readAllBytes(root.resolve("whole/scores.jsonl"));
    // Killed in the middle of the second batch, within a line; and in the middle of the heading.
    int end = 0;
    for (int lines = 0; lines < 36; end++) {
      lines += scores[end] == '\n' ? 1 : 0;
    }
    for (int cut : new int[] {end + 5, 10}) {
      Files.createDirectories(root.resolve("half"));
      Files.write(root.resolve("half/scores.jsonl"), Arrays.copyOf(scores, cut));
      json(filter("half", "--clip", space, "--keep", 13, "--json"));
      assertThat(root.resolve("half/scores.jsonl")).hasBinaryContent(scores);
      assertThat(read("half")).isEqualTo(read("whole"));
    }
    Files.writeString(
        root.resolve("half/scores.jsonl"),
        new String(scores, StandardCharsets.UTF_8).replaceFirst("joint space", "another space"));
    Cli other = filter("half", "--clip", space, "--keep", 13);
    assertThat(other.code()).isEqualTo(2);
    assertThat(other.err()).contains("another model");
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThat(filter("no", "--clip", space).err()).contains("--keep N or --threshold");
    assertThat(filter("no", "--clip", space, "--keep", 0).err()).contains("at least 1");
    Cli elsewhere = filter("../elsewhere", "--clip", space, "--keep", 1);
    assertThat(elsewhere.code()).isEqualTo(2);
    assertThat(elsewhere.err()).contains("not below the data folder");
  }
}
