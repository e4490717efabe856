package io.lorgnette.spark;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.model.SpeakerSpec;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class LorgnetteTest {

  private static final SparkSession SPARK = LocalSpark.session();
  private static final VisionLanguageModel CAPTIONS =
      ExecutorModels.get(SpeakerSpec.pocket("captions"));
  private static final StructType FORM =
      new StructType().add("id", DataTypes.IntegerType).add("content", DataTypes.BinaryType);

  private static Dataset<Row> images() {
    return SPARK.createDataFrame(
        List.of(
            RowFactory.create(1, Drawn.png(1)),
            RowFactory.create(2, Drawn.png(2)),
            RowFactory.create(3, Drawn.BROKEN),
            RowFactory.create(4, null)),
        FORM);
  }

  private static RgbImage picture(long seed) {
    return ImageReader.read(Drawn.png(seed), "drawn");
  }

  @Test
  void columnsOfImagesHaveCaptions() {
    List<Row> rows =
        images()
            .select(Lorgnette.caption(col("content")), Lorgnette.problem(col("content")))
            .collectAsList();
    assertThat(rows.get(0).getString(0)).isEqualTo(CAPTIONS.caption(picture(1)).text());
    assertThat(rows.get(1).getString(0)).isEqualTo(CAPTIONS.caption(picture(2)).text());
    assertThat(rows.get(0).isNullAt(1)).isTrue();
    assertThat(rows.get(2).isNullAt(0)).isTrue();
    assertThat(rows.get(2).getString(1)).startsWith("the image");
    assertThat(rows.get(3).getString(1)).isEqualTo("the image is missing");
  }

  @Test
  void captionsInBatchesAreTheSame() {
    List<Row> rows =
        Lorgnette.withCaptions(images(), "content", "caption").orderBy("id").collectAsList();
    assertThat(rows).hasSize(4);
    assertThat(rows.get(1).<String>getAs("caption")).isEqualTo(CAPTIONS.caption(picture(2)).text());
    assertThat(rows.get(2).<String>getAs("caption")).isNull();
  }

  @Test
  void sqlKnowsTheFunctions() {
    Lorgnette.register(SPARK);
    images().createOrReplaceTempView("images");
    Row row =
        SPARK
            .sql(
                "select lorgnette_answer(content, 'What is it?') a, lorgnette_features(content) f,"
                    + " lorgnette_caption(content) c, lorgnette_problem(content) p from images"
                    + " where id = 1")
            .first();
    assertThat(row.<String>getAs("a"))
        .isEqualTo(
            ExecutorModels.get(SpeakerSpec.pocket("answers"))
                .answer(picture(1), "What is it?", List.of())
                .text());
    assertThat(row.getList(1)).hasSize(49 * 1280);
    assertThat(row.<String>getAs("c")).isEqualTo(CAPTIONS.caption(picture(1)).text());
    assertThat(row.isNullAt(3)).isTrue();
  }

  @Test
  void modelsOfOnesOwnNeedAConnector() {
    SPARK.conf().set("spark.lorgnette.vision", "some/model");
    try {
      assertThatThrownBy(() -> Lorgnette.caption(col("content")))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("spark.lorgnette.connector is missing");
    } finally {
      SPARK.conf().unset("spark.lorgnette.vision");
    }
  }
}
