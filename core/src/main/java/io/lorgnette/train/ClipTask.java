package io.lorgnette.train;

import io.lorgnette.feature.FeatureCache;
import io.lorgnette.metrics.RetrievalScores;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.TextOrder.Item;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.JointSpace;
import io.lorgnette.vision.JointTexts;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * Trains a joint space on cached features and captions. A batch holds each image once, and is one
 * part: its pairs are each other's wrong examples.
 */
final class ClipTask implements TrainingTask {

  private static final int[] RANKS = {1, 5, 10};
  private static final int ROWS = 64;

  private final JointSpace model; // in F32, trained in place
  private final FeatureCache features;
  private final Tokenizer tokenizer;
  private final Blip2Captions train;
  private final Optional<Blip2Captions> validation;
  private final PairOrder order;
  private final ClipRecipe recipe;
  private final Dtype format;
  private final Device device;

  /**
   * A task.
   *
   * @param features hold every image that has captions
   * @param format in which is computed; weights stay in F32
   */
  ClipTask(
      JointSpace model,
      FeatureCache features,
      Tokenizer tokenizer,
      Blip2Captions train,
      Optional<Blip2Captions> validation,
      ClipRecipe recipe,
      Dtype format) {
    this.model = model;
    this.features = features;
    this.tokenizer = tokenizer;
    this.train = train;
    this.validation = validation;
    this.recipe = recipe;
    this.format = format;
    this.device = Tensors.device(model.scale());
    this.order = new PairOrder(train.perImage(), recipe.batch(), recipe.train().seed());
    model.parameters().trainable(true);
  }

  @Override
  public Map<String, Tensor> trained() {
    return model.parameters().asMap();
  }

  @Override
  public List<Part> parts(long step, int micro, int count) {
    List<Item> items = order.batch(step);
    return List.of(
        (leaves, dropout) ->
            loss(model.with(leaves, format), train, items, dropout, recipe.dropout()));
  }

  private Tensor loss(
      JointSpace space, Blip2Captions captions, List<Item> items, Dropout dropout, double share) {
    return space.loss(seen(captions, items), ids(space, captions, items), dropout, share);
  }

  private Tensor seen(Blip2Captions captions, List<Item> items) {
    return features.get(captions.keys(items));
  }

  private Tensor ids(JointSpace space, Blip2Captions captions, List<Item> items) {
    List<String> texts =
        items.stream().map(item -> captions.written(item.image(), item.text())).toList();
    return Tensors.to(space.texts().ids(tokenizer, texts), device);
  }

  @Override
  public Map<String, Double> measured() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Map.of("scale", Tensors.value(model.scale()));
    }
  }

  @Override
  public long unitsPerStep() {
    return recipe.batch();
  }

  @Override
  public String unit() {
    return "pairs";
  }

  /**
   * The loss on validation images, each with its first caption, in batches of the size of
   * training's (what does not fill the last one is left out), and recall both ways over all images
   * and all their captions.
   */
  @Override
  public Map<String, Double> evaluate() {
    return validation.map(this::evaluate).orElse(Map.of());
  }

  private Map<String, Double> evaluate(Blip2Captions captions) {
    List<Item> firsts = captions.firsts();
    List<Item> all = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    int[] counts = captions.perImage();
    for (int owner = 0; owner < firsts.size(); owner++) {
      int image = firsts.get(owner).image();
      for (int text = 0; text < counts[image]; text++) {
        all.add(new Item(image, text));
        owners.add(owner);
      }
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      JointSpace space = model.with(trained(), format);
      Map<String, Double> values = new LinkedHashMap<>();
      values.put("loss", meanLoss(space, captions, firsts));
      List<Tensor> images = new ArrayList<>();
      for (int i = 0; i < firsts.size(); i += ROWS) {
        Tensor seen = seen(captions, firsts.subList(i, Math.min(i + ROWS, firsts.size())));
        images.add(space.imageEmbeds(seen, Dropout.NONE, 0));
      }
      List<Tensor> texts = new ArrayList<>();
      for (int i = 0; i < all.size(); i += ROWS) {
        Tensor ids = ids(space, captions, all.subList(i, Math.min(i + ROWS, all.size())));
        texts.add(space.textEmbeds(ids, Dropout.NONE, 0));
      }
      Tensor near = DualEncoder.cosines(unit(images), unit(texts)); // [images, texts]
      RetrievalScores scores =
          RetrievalScores.of(
              rows(near), rows(near.t()), owners.stream().mapToInt(Integer::intValue).toArray());
      for (int k : RANKS) {
        values.put("textRecall@" + k, scores.textRecall(k));
        values.put("imageRecall@" + k, scores.imageRecall(k));
      }
      return values;
    }
  }

  private double meanLoss(JointSpace space, Blip2Captions captions, List<Item> firsts) {
    int rows = Math.min(recipe.batch(), firsts.size());
    int batches = firsts.size() / rows;
    double sum = 0;
    for (int i = 0; i < batches; i++) {
      try (Scope scope = Scope.open()) {
        List<Item> batch = firsts.subList(i * rows, (i + 1) * rows);
        sum += Tensors.value(loss(space, captions, batch, Dropout.NONE, 0));
      }
    }
    return sum / batches;
  }

  private static Tensor unit(List<Tensor> parts) {
    return JointTexts.unit(Tensors.cat(0, parts.toArray(new Tensor[0])));
  }

  private static float[][] rows(Tensor matrix) {
    float[][] rows = new float[(int) matrix.size(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Tensors.toFloats(matrix.select(0, i));
    }
    return rows;
  }
}
