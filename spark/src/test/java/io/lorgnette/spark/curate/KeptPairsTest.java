package io.lorgnette.spark.curate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.spark.LocalSpark;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.RowFormat;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.UnitOutput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three units of 40 pairs, many of equal score. */
class KeptPairsTest {

  private static final RowSchema SCORES =
      RowSchema.of("image", RowSchema.ColumnType.TEXT)
          .with("caption", RowSchema.ColumnType.TEXT)
          .with("score", RowSchema.ColumnType.FLOAT);

  @TempDir private Path folder;
  private final List<InputUnit> units = new ArrayList<>();
  private final List<Pair> pairs = new ArrayList<>();
  private JobFolder scores;

  private record Pair(String caption, float score) {}

  @BeforeEach
  void score() throws IOException {
    scores = new JobFolder(folder.resolve("scores").toString(), RowFormat.PARQUET);
    Random random = new Random(3);
    for (int unit = 0; unit < 3; unit++) {
      String name = "u" + unit;
      InputUnit.InputFile file = new InputUnit.InputFile(name + ".tar", name, 1);
      units.add(new InputUnit(unit, name, InputUnit.Kind.TAR, List.of(file)));
      try (UnitOutput out =
          UnitOutput.open(scores, name, "0", SCORES, Map.of(), new Configuration())) {
        for (int i = 0; i < 40; i++) {
          Pair pair = new Pair(name + " caption " + i, (random.nextInt(15) - 7) / 10f);
          pairs.add(pair);
          out.row(name + " image " + i / 2, pair.caption(), pair.score());
        }
        out.commit();
      }
    }
  }

  private List<String> kept(String name) throws IOException {
    StringBuilder text = new StringBuilder();
    for (InputUnit unit : units) {
      text.append(Files.readString(folder.resolve(name + "/data/" + unit.name() + ".jsonl")));
    }
    return text.toString()
        .lines()
        .flatMap(line -> Pattern.compile("u\\d caption \\d+").matcher(line).results())
        .map(match -> match.group())
        .toList();
  }

  @Test
  void exactlySoManyAreKeptAndOfEqualOnesTheFirst() throws IOException {
    List<Pair> best = new ArrayList<>(pairs);
    best.sort(Comparator.comparingDouble((Pair pair) -> -pair.score())); // stable
    for (int count : new int[] {17, 119}) {
      String name = "kept" + count;
      JobFolder out = new JobFolder(folder.resolve(name).toString(), RowFormat.JSON);
      KeptPairs.Kept kept = new KeptPairs(LocalSpark.session(), scores, units).nearest(count, out);
      assertThat(kept.keptPairs()).isEqualTo(count);
      assertThat(kept.pairs()).isEqualTo(120);
      assertThat(kept.threshold()).isEqualTo(best.get(count - 1).score());
      assertThat(new TreeSet<>(kept(name)))
          .isEqualTo(new TreeSet<>(best.subList(0, count).stream().map(Pair::caption).toList()));
    }
  }

  @Test
  void fromAThresholdAllAreKept() throws IOException {
    JobFolder out = new JobFolder(folder.resolve("from").toString(), RowFormat.JSON);
    KeptPairs.Kept kept = new KeptPairs(LocalSpark.session(), scores, units).from(0.3, out);
    assertThat(kept("from"))
        .isEqualTo(pairs.stream().filter(p -> p.score() >= 0.3).map(Pair::caption).toList());
    assertThat(kept.keptPairs()).isEqualTo(kept("from").size());
  }

  @Test
  void scoresKeepTheirOrderAsNumbers() {
    float[] values = {-1, -0.5f, -1e-30f, 0, 1e-30f, 0.25f, 1};
    for (int i = 1; i < values.length; i++) {
      assertThat(KeptPairs.key(values[i])).isGreaterThan(KeptPairs.key(values[i - 1]));
      assertThat(KeptPairs.score(KeptPairs.key(values[i]))).isEqualTo(values[i]);
    }
    assertThat(KeptPairs.key(-0f)).isEqualTo(KeptPairs.key(0f));
  }
}
