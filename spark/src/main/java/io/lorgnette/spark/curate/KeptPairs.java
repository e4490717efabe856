package io.lorgnette.spark.curate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import io.lorgnette.error.InputException;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.JobFolder;
import io.lorgnette.spark.output.UnitCounts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.PairFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * The pairs of images and captions that are nearest in a joint space, chosen from their scores as
 * {@link io.lorgnette.curate.CaptionFilter} chooses: CC-clean.
 *
 * <p>The least score of the N nearest is found exactly, without a sort: cosines are numbers of 32
 * bits, so one pass counts them by their upper half, a second one those of one upper half by the
 * lower. Of equally near pairs the first ones of the input are kept.
 */
public final class KeptPairs {

  private static final int HALF = 16;
  private static final int LOWER = (1 << HALF) - 1;

  private final SparkSession spark;
  private final JobFolder scores;
  private final List<InputUnit> units;

  /**
   * A choice from scores.
   *
   * @param scores the folder of a {@linkplain io.lorgnette.spark.job.UnitJob#scores job} that has
   *     ended
   * @param units of its input
   */
  public KeptPairs(SparkSession spark, JobFolder scores, List<InputUnit> units) {
    this.spark = spark;
    this.scores = scores.whole(spark.sparkContext().hadoopConfiguration());
    this.units = List.copyOf(units);
  }

  /**
   * What was kept.
   *
   * @param pairs that were scored
   * @param keptPairs of these
   * @param keptImages with at least one kept caption
   * @param threshold the least cosine that was asked for or found
   */
  public record Kept(long pairs, long keptPairs, long keptImages, float threshold) {}

  /** Keeps the {@code count} nearest pairs; of equally near ones the first. */
  public Kept nearest(long count, JobFolder kept) {
    if (count < 1) {
      throw new InputException("--keep must be at least 1 but is " + count);
    }
    Dataset<Row> keys = keys();
    long pairs = keys.count();
    if (count >= pairs) {
      return keep(Float.NEGATIVE_INFINITY, Map.of(), pairs, kept);
    }
    Place upper = place(keys.select(col("key").bitwiseAND(~LOWER).as("key")), count);
    Dataset<Row> inside = keys.filter(col("key").bitwiseAND(~LOWER).equalTo(upper.key()));
    Place exact = place(inside, count - upper.above());
    long ties = count - upper.above() - exact.above();
    return keep(score(exact.key()), ties(exact.key(), ties), pairs, kept);
  }

  /** Keeps all pairs whose cosine is at least {@code threshold}. */
  public Kept from(double threshold, JobFolder kept) {
    float least = (float) threshold;
    if (least < threshold) {
      least = Math.nextUp(least);
    }
    return keep(least, Map.of(), keys().count(), kept);
  }

  /** Scores as whole numbers of the same order. */
  private Dataset<Row> keys() {
    UserDefinedFunction key = udf((UDF1<Float, Integer>) KeptPairs::key, DataTypes.IntegerType);
    return spark.read().parquet(scores.data().toString()).select(key.apply(col("score")).as("key"));
  }

  static int key(float score) {
    int bits = Float.floatToIntBits(score == 0 ? 0f : score);
    return bits >= 0 ? bits : bits ^ Integer.MAX_VALUE;
  }

  static float score(int key) {
    return Float.intBitsToFloat(key >= 0 ? key : key ^ Integer.MAX_VALUE);
  }

  /**
   * Where the count-th largest lies.
   *
   * @param above how many are larger
   */
  private record Place(int key, long above) {}

  private static Place place(Dataset<Row> keys, long count) {
    List<Row> groups =
        keys.groupBy("key").count().collectAsList().stream()
            .sorted(Comparator.comparingInt((Row row) -> row.getInt(0)).reversed())
            .toList();
    long above = 0;
    for (Row group : groups) {
      if (above + group.getLong(1) >= count) {
        return new Place(group.getInt(0), above);
      }
      above += group.getLong(1);
    }
    throw new IllegalStateException("there are fewer than " + count + " scores");
  }

  /** How many of the pairs of exactly this score each unit keeps. */
  private Map<String, Long> ties(int key, long wanted) {
    Map<String, Long> found =
        sparkContext()
            .parallelize(units, units.size())
            .mapToPair(counter(score(key)))
            .collectAsMap();
    Map<String, Long> quotas = new HashMap<>();
    long left = wanted;
    for (InputUnit unit : units) {
      long own = Math.min(left, found.get(unit.name()));
      quotas.put(unit.name(), own);
      left -= own;
    }
    return quotas;
  }

  private PairFunction<InputUnit, String, Long> counter(float score) {
    Broadcast<SerializableConfiguration> hadoop = hadoop();
    JobFolder from = scores;
    return unit ->
        new Tuple2<>(
            unit.name(), KeepTask.ties(from.data(unit.name()), score, hadoop.value().value()));
  }

  private JavaSparkContext sparkContext() {
    return JavaSparkContext.fromSparkContext(spark.sparkContext());
  }

  private Broadcast<SerializableConfiguration> hadoop() {
    JavaSparkContext context = sparkContext();
    return context.broadcast(new SerializableConfiguration(context.hadoopConfiguration()));
  }

  private Kept keep(float least, Map<String, Long> quotas, long pairs, JobFolder given) {
    Configuration configuration = sparkContext().hadoopConfiguration();
    JobFolder kept = given.whole(configuration);
    Map<String, String> settings =
        Map.of("threshold", Float.toString(least), "ties", Long.toString(sum(quotas)));
    kept.begin("kept-pairs", settings, units, configuration);
    List<InputUnit> pending = kept.pending(units, configuration);
    if (!pending.isEmpty()) {
      sparkContext()
          .parallelize(pending, pending.size())
          .map(new KeepTask(scores, kept, least, new HashMap<>(quotas), hadoop()))
          .collect();
    }
    try {
      kept.clean(configuration);
      UnitCounts counts = UnitCounts.NONE;
      for (InputUnit unit : units) {
        counts = counts.plus(kept.counts(unit.name(), configuration));
      }
      return new Kept(pairs, counts.images(), counts.rows(), least);
    } catch (IOException e) {
      throw new UncheckedIOException(kept.path() + ": " + e.getMessage(), e);
    }
  }

  private static long sum(Map<String, Long> quotas) {
    return quotas.values().stream().mapToLong(Long::longValue).sum();
  }
}
