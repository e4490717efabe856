package io.lorgnette.spark.job;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.method.Utterance;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import java.util.ArrayList;
import java.util.List;

/** A caption of each image, in the columns that {@code lorgnette caption --json} writes. */
record CaptionWork(SpeakingSettings of) implements SpeakingWork {

  @Override
  public String name() {
    return "caption";
  }

  @Override
  public RowSchema schema() {
    return RowSchema.of("image", ColumnType.TEXT)
        .with("caption", ColumnType.TEXT)
        .with("score", ColumnType.DOUBLE)
        .with("tokens", ColumnType.INT)
        .with("complete", ColumnType.FLAG)
        .with("width", ColumnType.INT)
        .with("height", ColumnType.INT);
  }

  @Override
  public List<Object[]> rows(InputUnit unit, long first, List<Seen> seen) {
    VisionLanguageModel model = model();
    List<Utterance> said = model.captions(seen.stream().map(Seen::picture).toList(), of.config());
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      Seen one = seen.get(i);
      Utterance caption = said.get(i);
      rows.add(
          new Object[] {
            one.sample().id(),
            caption.text(),
            caption.score(),
            caption.tokens(),
            caption.complete(),
            one.picture().width(),
            one.picture().height()
          });
    }
    return rows;
  }
}
