package io.lorgnette.spark.score;

import static org.apache.spark.sql.functions.array_append;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.struct;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.CaptionSums;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.DocumentFrequencies;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * BLEU, ROUGE-L, CIDEr and METEOR of captions that no machine holds, equal to {@link CaptionScores}
 * on one machine but for the order of sums.
 *
 * <p>CIDEr's document frequencies are an aggregation over the n-grams of all images' references.
 * One that occurs in a single image weighs as much as one that occurs in none, so only the others
 * travel on, to the images that have them.
 */
public final class CaptionMetrics {

  private static final String IMAGE = "image";
  private static final String CAPTION = "caption";
  private static final String REFERENCES = "references";
  private static final String WEIGHTS = "weights";
  private static final String ORDER = "order";
  private static final String GRAM = "gram";
  private static final String FREQUENCY = "df";

  private static final StructType GRAMS =
      new StructType().add(IMAGE, DataTypes.StringType).add(GRAM, DataTypes.StringType);

  private final CaptionTokens tokens;

  /** Metrics over words that are made in this way. */
  public CaptionMetrics(CaptionTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * Scores all captions together.
   *
   * @param references {@code image, caption}, one row or more for each image; METEOR takes the
   *     first of equally good ones, in the order of the rows
   * @param results {@code image, caption}, one row for each image
   * @throws InputException if an image has references and no result, a result and no references, or
   *     two results
   */
  public CaptionSums score(Dataset<Row> references, Dataset<Row> results) {
    Dataset<Row> given =
        references
            .withColumn(ORDER, monotonically_increasing_id())
            .groupBy(IMAGE)
            .agg(array_sort(collect_list(struct(col(ORDER), col(CAPTION)))).as(REFERENCES))
            .select(col(IMAGE), col(REFERENCES).getField(CAPTION).as(REFERENCES))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      Dataset<Row> said =
          results.groupBy(IMAGE).agg(first(CAPTION).as(CAPTION), count(lit(1)).as("times"));
      long images = check(given, said);
      return given
          .join(said, IMAGE)
          .join(weights(given, said), new String[] {IMAGE}, "left")
          .select(IMAGE, CAPTION, REFERENCES, WEIGHTS)
          .toJavaRDD()
          .mapPartitions(new ScoreTask(images, tokens))
          .reduce(CaptionSums::plus);
    } finally {
      given.unpersist();
    }
  }

  private static long check(Dataset<Row> given, Dataset<Row> said) {
    refuse(said.filter(col("times").gt(1)), "has more than one result");
    refuse(said.join(given, new String[] {IMAGE}, "left_anti"), "has a result but no references");
    refuse(given.join(said, new String[] {IMAGE}, "left_anti"), "has references but no result");
    long images = given.count();
    if (images == 0) {
      throw new InputException("there are no captions to score");
    }
    return images;
  }

  private static void refuse(Dataset<Row> wrong, String what) {
    List<Row> found = wrong.select(IMAGE).limit(1).collectAsList();
    if (!found.isEmpty()) {
      throw new InputException(
          "image "
              + found.get(0).getString(0)
              + " "
              + what
              + "; each image must have references and one result");
    }
  }

  /** The document frequencies above 1 of what is said of each image: {@code image, weights}. */
  private Dataset<Row> weights(Dataset<Row> given, Dataset<Row> said) {
    Dataset<Row> counted = grams(given.select(col(IMAGE), col(REFERENCES)));
    // A result may hold n-grams of other images' references: they count in its length.
    Dataset<Row> needed =
        grams(
            given
                .join(said, IMAGE)
                .select(col(IMAGE), array_append(col(REFERENCES), col(CAPTION))));
    return counted
        .groupBy(GRAM)
        .agg(count(lit(1)).as(FREQUENCY))
        .filter(col(FREQUENCY).gt(1))
        .join(needed, GRAM)
        .groupBy(IMAGE)
        .agg(collect_list(struct(col(GRAM), col(FREQUENCY))).as(WEIGHTS));
  }

  /** The n-grams of each image's captions, each once: {@code image, gram}. */
  private Dataset<Row> grams(Dataset<Row> captions) {
    CaptionTokens words = tokens;
    FlatMapFunction<Row, Row> split =
        row ->
            DocumentFrequencies.grams(row.getList(1), words).stream()
                .map(gram -> RowFactory.create(row.getString(0), gram))
                .iterator();
    return captions.flatMap(split, Encoders.row(GRAMS));
  }
}
