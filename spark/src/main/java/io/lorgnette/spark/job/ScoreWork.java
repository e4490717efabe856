package io.lorgnette.spark.job;

import io.lorgnette.curate.PairScores;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.model.JointSpec;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The cosine of each image with each of its captions, a row for each pair. */
record ScoreWork(JointSpec joint) implements UnitWork {

  private static final int BATCH = 32;

  @Override
  public String name() {
    return "clip-scores";
  }

  @Override
  public Map<String, String> settings() {
    return joint.settings();
  }

  @Override
  public RowSchema schema() {
    return RowSchema.of("image", ColumnType.TEXT)
        .with("caption", ColumnType.TEXT)
        .with("score", ColumnType.FLOAT);
  }

  @Override
  public int batch() {
    return BATCH;
  }

  @Override
  public Map<String, String> prepare() {
    return Map.of("lorgnette.model", ExecutorModels.get(joint).identity());
  }

  @Override
  public List<Object[]> rows(InputUnit unit, long first, List<Seen> seen) {
    JointEmbedder model = ExecutorModels.get(joint);
    List<float[]> cosines =
        PairScores.cosines(
            model,
            seen.stream().map(Seen::picture).toList(),
            seen.stream().map(one -> one.sample().captions()).toList());
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      List<String> captions = seen.get(i).sample().captions();
      for (int k = 0; k < captions.size(); k++) {
        rows.add(new Object[] {seen.get(i).sample().id(), captions.get(k), cosines.get(i)[k]});
      }
    }
    return rows;
  }
}
