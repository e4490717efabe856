package io.lorgnette.spark.job;

import io.lorgnette.curate.SyntheticCaptions;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Utterance;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The best captions of each image, written ones and its own, a row for each. */
record CaptionFilterWork(CaptionFilterSettings of) implements UnitWork {

  /** One draw of words is for no more images than the model takes at once. */
  private static final int MAX_BATCH = 16;

  @Override
  public String name() {
    return "caption-filter";
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> all = new HashMap<>(of.speaking().model().settings());
    all.putAll(of.joint().settings());
    all.put("maxTokens", Integer.toString(of.speaking().maxTokens()));
    all.put("captions", Integer.toString(of.captions()));
    all.put("topP", Double.toString(of.topP()));
    all.put("seed", Long.toString(of.seed()));
    all.put("keep", Integer.toString(of.keep()));
    return all;
  }

  @Override
  public RowSchema schema() {
    return RowSchema.of("image", ColumnType.TEXT)
        .with("rank", ColumnType.INT)
        .with("caption", ColumnType.TEXT)
        .with("score", ColumnType.FLOAT)
        .with("synthetic", ColumnType.FLAG);
  }

  @Override
  public int batch() {
    return Math.min(MAX_BATCH, of.speaking().batch());
  }

  @Override
  public Map<String, String> prepare() {
    ExecutorModels.get(of.speaking().model());
    return Map.of("lorgnette.model", ExecutorModels.get(of.joint()).identity());
  }

  @Override
  public List<Object[]> rows(InputUnit unit, long first, List<Seen> seen) {
    List<RgbImage> pictures = seen.stream().map(Seen::picture).toList();
    List<List<String>> written =
        ExecutorModels.get(of.speaking().model())
            .captionChoices(pictures, drawing(unit, first))
            .stream()
            .map(choices -> choices.stream().map(Utterance::text).toList())
            .toList();
    List<List<SyntheticCaptions.Ranked>> ranked =
        SyntheticCaptions.rank(
            ExecutorModels.get(of.joint()),
            pictures,
            seen.stream().map(one -> one.sample().captions()).toList(),
            written);
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < seen.size(); i++) {
      List<SyntheticCaptions.Ranked> best =
          ranked.get(i).subList(0, Math.min(of.keep(), ranked.get(i).size()));
      for (SyntheticCaptions.Ranked caption : best) {
        rows.add(
            new Object[] {
              seen.get(i).sample().id(),
              best.indexOf(caption),
              caption.text(),
              caption.score(),
              caption.synthetic()
            });
      }
    }
    return rows;
  }

  /** Draws depend on the place of an image in the input, not on who does its unit. */
  private GenerationConfig drawing(InputUnit unit, long first) {
    long drawnBy = of.seed() + ((long) unit.number() << 32) + first;
    return GenerationConfig.sampling(
            new GenerationConfig.Sampling(1, 0, of.topP(), drawnBy), of.speaking().maxTokens())
        .withNumReturn(of.captions());
  }
}
