package io.lorgnette.spark.score;

import io.lorgnette.metrics.CaptionOptions;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.metrics.CaptionSums;
import io.lorgnette.metrics.CaptionTokens;
import io.lorgnette.metrics.DocumentFrequencies;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/** Scores the images of a partition, some hundred at a time, with the frequencies they need. */
final class ScoreTask implements FlatMapFunction<Iterator<Row>, CaptionSums> {

  private static final long serialVersionUID = 1;

  private static final int BATCH = 512;

  private final long images;
  private final CaptionTokens tokens;

  /** Of so many images altogether. */
  ScoreTask(long images, CaptionTokens tokens) {
    this.images = images;
    this.tokens = tokens;
  }

  @Override
  public Iterator<CaptionSums> call(Iterator<Row> rows) {
    List<CaptionSums> sums = new ArrayList<>();
    while (rows.hasNext()) {
      Map<String, List<String>> references = new HashMap<>();
      Map<String, String> results = new HashMap<>();
      Map<String, Integer> frequencies = new HashMap<>();
      while (rows.hasNext() && references.size() < BATCH) {
        Row row = rows.next();
        results.put(row.getString(0), row.getString(1));
        references.put(row.getString(0), row.getList(2));
        if (!row.isNullAt(3)) {
          for (Row weight : row.<Row>getList(3)) {
            frequencies.put(weight.getString(0), Math.toIntExact(weight.getLong(1)));
          }
        }
      }
      sums.add(score(references, results, frequencies));
    }
    return sums.iterator();
  }

  private CaptionSums score(
      Map<String, List<String>> references,
      Map<String, String> results,
      Map<String, Integer> frequencies) {
    DocumentFrequencies table =
        new DocumentFrequencies("the evaluated references", images, frequencies);
    CaptionOptions options = CaptionOptions.defaults().with(tokens).with(table);
    return CaptionScores.of(references, results, options).sums();
  }
}
