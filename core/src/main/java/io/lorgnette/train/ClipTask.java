package io.lorgnette.train;

import io.lorgnette.distributed.ProcessGroup;
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
import java.util.function.Function;
import org.bytedeco.pytorch.Scalar;
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
  private final ProcessGroup group;

  /**
   * A task.
   *
   * @param features hold every image that has captions
   * @param format in which is computed; weights stay in F32
   * @param group of processes that train it
   * @throws io.lorgnette.error.InputException if a batch can not be divided among them
   */
  ClipTask(
      JointSpace model,
      FeatureCache features,
      Tokenizer tokenizer,
      Blip2Captions train,
      Optional<Blip2Captions> validation,
      ClipRecipe recipe,
      Dtype format,
      ProcessGroup group) {
    PairShare.check(recipe.batch(), group);
    this.model = model;
    this.features = features;
    this.tokenizer = tokenizer;
    this.train = train;
    this.validation = validation;
    this.recipe = recipe;
    this.format = format;
    this.group = group;
    this.device = Tensors.device(model.scale());
    this.order = new PairOrder(train.perImage(), recipe.batch(), recipe.train().seed());
    model.parameters().trainable(true);
  }

  @Override
  public Map<String, Tensor> trained() {
    return model.parameters().asMap();
  }

  @Override
  public List<Part> parts(long step, int micro, Cut cut) {
    List<Item> items = order.batch(step);
    return List.of(
        (leaves, dropout) ->
            loss(model.with(leaves, format), train, items, dropout, recipe.dropout(), group)
                .mul(new Scalar(1.0 / group.size())));
  }

  private Tensor loss(
      JointSpace space,
      Blip2Captions captions,
      List<Item> items,
      Dropout dropout,
      double dropped,
      ProcessGroup among) {
    PairShare share = PairShare.of(items, among);
    // Padded as the whole batch is.
    Tensor ids = ids(space, captions, items).narrow(0, share.first(), share.items().size());
    Tensor seen = seen(captions, share.items());
    return space.loss(seen, ids, dropout, dropped, among.gathering());
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
      return Map.of("scale", Tensors.value(model.scale()) / group.size());
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
      Tensor images =
          embedded(firsts, rows -> space.imageEmbeds(seen(captions, rows), Dropout.NONE, 0));
      Tensor texts =
          embedded(all, rows -> space.textEmbeds(ids(space, captions, rows), Dropout.NONE, 0));
      Tensor near = DualEncoder.cosines(images, texts); // [images, texts]
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

  /** In the joint space, of length 1: {@code [rows, J]}; each process has some and gets all. */
  private Tensor embedded(List<Item> rows, Function<List<Item>, Tensor> embeds) {
    Tensor all = null;
    for (int i = ROWS * group.rank(); i < rows.size() || all == null; i += ROWS * group.size()) {
      // A process without rows of its own needs to know how wide they are.
      int from = Math.min(i, rows.size() - 1);
      List<Item> own = rows.subList(from, Math.min(from + ROWS, rows.size()));
      try (Scope scope = Scope.open()) {
        Tensor some = embeds.apply(own);
        if (all == null) {
          all = scope.keep(Tensors.zeros(Tensors.dtype(some), device, rows.size(), some.size(1)));
        }
        if (from == i) {
          all.narrow(0, i, own.size()).copy_(some);
        }
      }
    }
    group.sum(all);
    return JointTexts.unit(all);
  }

  private double meanLoss(JointSpace space, Blip2Captions captions, List<Item> firsts) {
    int rows = Math.min(recipe.batch(), firsts.size());
    int batches = firsts.size() / rows;
    double sum = 0;
    for (int i = group.rank(); i < batches; i += group.size()) {
      try (Scope scope = Scope.open()) {
        List<Item> batch = firsts.subList(i * rows, (i + 1) * rows);
        sum += Tensors.value(loss(space, captions, batch, Dropout.NONE, 0, ProcessGroup.alone()));
      }
    }
    return group.sums(Map.of("loss", sum / batches)).get("loss");
  }

  private static float[][] rows(Tensor matrix) {
    float[][] rows = new float[(int) matrix.size(0)][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = Tensors.toFloats(matrix.select(0, i));
    }
    return rows;
  }
}
