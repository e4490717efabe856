package io.lorgnette.spark.curate;

import static org.apache.spark.sql.functions.bit_count;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.struct;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Images that are nearly the same as an earlier one, by the distance of their {@link
 * io.lorgnette.data.ImageHash hashes}.
 *
 * <p>Locality-sensitive hashing that misses nothing: the 128 bits are cut into bands, and hashes
 * that differ in at most d bits differ in some band in at most d / bands of them. So an image is
 * compared with those that have the same band, or a band one bit away where there are no more bands
 * than d. Equal hashes count once.
 */
public final class NearDuplicates {

  private static final int BITS = 128;

  private final int distance;
  private final int bands;

  /**
   * A search.
   *
   * @param distance largest number of bits in which two hashes of one photo differ
   * @param bands more are quicker to find candidates in, but find more that are none; above {@code
   *     distance} for bands that are equal, above half of it for bands that are one bit apart
   * @throws InputException if there are too few bands, or more than there is use for
   */
  public NearDuplicates(int distance, int bands) {
    if (distance < 0 || bands < 2 || bands > BITS / 4) {
      throw new InputException(
          "the distance must be at least 0 and there must be 2 to 32 bands, not "
              + distance
              + " and "
              + bands);
    }
    if (distance / bands > 1) {
      throw new InputException(
          bands
              + " bands would miss pairs at a distance of "
              + distance
              + " bits; give at least "
              + (distance / 2 + 1));
    }
    this.distance = distance;
    this.bands = bands;
  }

  /**
   * The images that are left out: of those that are near each other the first one stays.
   *
   * @param hashes {@code image, number, across, down}; numbers are in the order of the input
   * @return {@code image, number, near, distance}: each image that has an earlier one near it, with
   *     the first of these
   */
  public Dataset<Row> dropped(Dataset<Row> hashes) {
    Dataset<Row> first =
        hashes
            .groupBy("across", "down")
            .agg(min(struct(col("number"), col("image"))).as("first"))
            .select(
                col("across"),
                col("down"),
                col("first.number").as("number"),
                col("first.image").as("image"));
    return equal(hashes, first).unionByName(near(first));
  }

  private static Dataset<Row> equal(Dataset<Row> hashes, Dataset<Row> first) {
    Dataset<Row> kept =
        first.select(
            col("across"), col("down"), col("number").as("firstNumber"), col("image").as("near"));
    return hashes
        .join(kept, new String[] {"across", "down"})
        .filter(col("number").notEqual(col("firstNumber")))
        .select(col("image"), col("number"), col("near"), lit(0).as("distance"));
  }

  private Dataset<Row> near(Dataset<Row> first) {
    Dataset<Row> own = keys(first, 0).toDF("band", "bits", "number1", "image1", "a1", "d1");
    Dataset<Row> probes = keys(first, distance / bands);
    Column apart =
        bit_count(col("across").bitwiseXOR(col("a1")))
            .plus(bit_count(col("down").bitwiseXOR(col("d1"))));
    return own.join(probes, new String[] {"band", "bits"})
        .filter(col("number1").lt(col("number")))
        .withColumn("distance", apart.cast(DataTypes.IntegerType))
        .filter(col("distance").leq(distance))
        .groupBy("number", "image")
        .agg(min(struct(col("number1"), col("image1"), col("distance"))).as("nearest"))
        .select(
            col("image"),
            col("number"),
            col("nearest.image1").as("near"),
            col("nearest.distance").as("distance"));
  }

  private static final StructType KEYS =
      new StructType()
          .add("band", DataTypes.IntegerType)
          .add("bits", DataTypes.LongType)
          .add("number", DataTypes.LongType)
          .add("image", DataTypes.StringType)
          .add("across", DataTypes.LongType)
          .add("down", DataTypes.LongType);

  private Dataset<Row> keys(Dataset<Row> hashes, int radius) {
    int count = bands;
    FlatMapFunction<Row, Row> split =
        row -> {
          long across = row.getLong(0);
          long down = row.getLong(1);
          List<Row> keys = new ArrayList<>();
          for (int band = 0; band < count; band++) {
            int from = band * BITS / count;
            int to = (band + 1) * BITS / count;
            long bits = bits(across, down, from, to);
            keys.add(RowFactory.create(band, bits, row.get(2), row.get(3), across, down));
            for (int bit = 0; radius > 0 && bit < to - from; bit++) {
              long other = bits ^ (1L << bit);
              keys.add(RowFactory.create(band, other, row.get(2), row.get(3), across, down));
            }
          }
          return keys.iterator();
        };
    return hashes.select("across", "down", "number", "image").flatMap(split, Encoders.row(KEYS));
  }

  /** The bits from {@code from} to before {@code to}, at most 64, of the 128. */
  static long bits(long across, long down, int from, int to) {
    long bits = 0;
    for (int i = from; i < to; i++) {
      long half = i < Long.SIZE ? across : down;
      bits = (bits << 1) | ((half >>> (i % Long.SIZE)) & 1);
    }
    return bits;
  }
}
