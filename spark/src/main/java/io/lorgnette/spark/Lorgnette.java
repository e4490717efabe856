package io.lorgnette.spark;

import static org.apache.spark.sql.functions.udf;

import io.lorgnette.spark.model.SpeakerSpec;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;

/**
 * Functions for columns that hold image files ({@code binary}), from Java and Scala:
 *
 * <pre>{@code
 * images.select(col("path"), Lorgnette.caption(col("content")))
 * }</pre>
 *
 * <p>Which models they use is told by the session's settings {@code spark.lorgnette.*}, see {@link
 * FunctionSettings}. An image that can not be read gives null; {@link #problem} says why. Each
 * image goes through the models by itself: for whole sets {@link #withCaptions} and the application
 * take batches.
 */
public final class Lorgnette {

  private Lorgnette() {}

  /** A caption of an image: a text. */
  public static Column caption(Column image) {
    return udf(new CaptionFunction(), DataTypes.StringType).apply(image);
  }

  /** An answer to a question about an image: a text. */
  public static Column answer(Column image, Column question) {
    return udf(new AnswerFunction(), DataTypes.StringType).apply(image, question);
  }

  /**
   * The encoder's features of an image: an array of N times Di floats. The application's features
   * are a third of the size, as bytes.
   */
  public static Column features(Column image) {
    return udf(new FeaturesFunction(), FeaturesFunction.TYPE).apply(image);
  }

  /** Why an image can not be read: a text, or null where it can. */
  public static Column problem(Column image) {
    return udf(new ProblemFunction(), DataTypes.StringType).apply(image);
  }

  /**
   * The rows with a caption of each image, made in batches.
   *
   * @param image name of the column of image files
   * @param caption name of the column that is added; null where the image can not be read
   */
  public static Dataset<Row> withCaptions(Dataset<Row> images, String image, String caption) {
    SpeakerSpec model = FunctionSettings.of(images.sparkSession()).captions();
    return CaptionedRows.of(images, image, caption, model);
  }

  /**
   * Makes the functions known to SQL: {@code lorgnette_caption}, {@code lorgnette_answer}, {@code
   * lorgnette_features}, {@code lorgnette_problem}.
   */
  public static void register(SparkSession spark) {
    spark.udf().register("lorgnette_caption", new CaptionFunction(), DataTypes.StringType);
    spark.udf().register("lorgnette_answer", new AnswerFunction(), DataTypes.StringType);
    spark.udf().register("lorgnette_features", new FeaturesFunction(), FeaturesFunction.TYPE);
    spark.udf().register("lorgnette_problem", new ProblemFunction(), DataTypes.StringType);
  }
}
