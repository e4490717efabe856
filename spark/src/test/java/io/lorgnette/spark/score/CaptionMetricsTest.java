package io.lorgnette.spark.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.CaptionSums;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.spark.LocalSpark;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class CaptionMetricsTest {

  private static final String[] WORDS =
      ("a the two red blue small large dog cat man woman boat tree house sits runs stands on in near"
              + " beside under and of it's Mr. 3 o'clock, sky; sea.")
          .split(" ");
  private static final StructType FORM =
      new StructType().add("image", DataTypes.StringType).add("caption", DataTypes.StringType);

  private final Map<String, List<String>> references = new LinkedHashMap<>();
  private final Map<String, String> results = new LinkedHashMap<>();

  CaptionMetricsTest() {
    Random random = new Random(11);
    for (int image = 0; image < 1200; image++) {
      List<String> captions = new ArrayList<>();
      for (int i = 1 + random.nextInt(5); i > 0; i--) {
        captions.add(sentence(random));
      }
      references.put("image " + image, captions);
      results.put("image " + image, random.nextInt(4) == 0 ? captions.get(0) : sentence(random));
    }
  }

  private static String sentence(Random random) {
    StringBuilder sentence = new StringBuilder();
    for (int i = 3 + random.nextInt(9); i > 0; i--) {
      sentence.append(WORDS[random.nextInt(WORDS.length)]).append(' ');
    }
    return sentence.toString();
  }

  private Dataset<Row> references() {
    List<Row> rows = new ArrayList<>();
    references.forEach(
        (image, captions) -> captions.forEach(c -> rows.add(RowFactory.create(image, c))));
    return LocalSpark.session().createDataFrame(rows, FORM);
  }

  private Dataset<Row> results() {
    List<Row> rows = new ArrayList<>();
    results.forEach((image, caption) -> rows.add(RowFactory.create(image, caption)));
    return LocalSpark.session().createDataFrame(rows, FORM).repartition(3);
  }

  @Test
  void scoresAreThoseOfOneMachine() {
    CaptionSums sums = new CaptionMetrics(CaptionTokens.PTB).score(references(), results());
    CaptionScores alone = CaptionScores.of(references, results);
    assertThat(sums.images()).isEqualTo(1200);
    assertThat(sums.references()).isEqualTo(alone.references());
    assertThat(sums.corpus().keySet()).containsExactlyElementsOf(alone.metrics());
    alone
        .corpus()
        .forEach(
            (metric, score) -> {
              assertThat(score).as(metric).isPositive();
              assertThat(sums.corpus().get(metric)).as(metric).isEqualTo(score, within(1e-9));
            });
  }

  @Test
  void imagesMustBeOnBothSidesOnce() {
    CaptionMetrics metrics = new CaptionMetrics(CaptionTokens.PTB);
    results.remove("image 5");
    assertThatThrownBy(() -> metrics.score(references(), results()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("image 5 has references but no result");
    assertThatThrownBy(() -> metrics.score(references(), results().union(results())))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has more than one result");
    references.remove("image 7");
    assertThatThrownBy(() -> metrics.score(references(), results()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("image 7 has a result but no references");
  }
}
