package io.lorgnette.mapper;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.mapper.HardNegatives.Choice;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * The three losses of BLIP-2's first stage (Li et al. 2023, section 3.2), as LAVIS computes them.
 *
 * <ul>
 *   <li>ITC: queries that see the image and a text read alone are to be near each other in the
 *       joint space, nearer than to the other texts and images of the batch.
 *   <li>ITM: queries that see the image and read the text say whether they belong together; for
 *       every pair there are two false ones, mistakes that ITC nearly makes.
 *   <li>ITG: the text is written, word by word, from what the queries saw.
 * </ul>
 *
 * <p>Immutable; safe for use by several threads. Legend: B pairs of this process, W of all
 * processes, N visual tokens, Di their width, T tokens of a text, Q queries, J width of the joint
 * space.
 */
public final class Blip2Losses {

  private static final long MEAN = 1;
  private static final long NO_LABEL = -100;

  private final Blip2Stage1 model;
  private final Weights weights;
  private final Gathering gathering;

  /**
   * Losses of a model.
   *
   * @param gathering of the processes that train it; {@link Gathering#ALONE} for one
   */
  public Blip2Losses(Blip2Stage1 model, Weights weights, Gathering gathering) {
    this.model = model;
    this.weights = weights;
    this.gathering = gathering;
  }

  /**
   * How much each loss counts, and the share of the probability that is spread over all texts or
   * images (ITC) or words (ITG).
   */
  public record Weights(
      double itc, double itm, double itg, double itcSmoothing, double itgSmoothing) {

    /** LAVIS'. */
    public static final Weights PUBLISHED = new Weights(1, 1, 1, 0.1, 0.1);

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Weights {
      if (!(itc >= 0 && itm >= 0 && itg >= 0) || itc + itm + itg == 0) {
        throw new IllegalArgumentException(
            "the losses' weights must not be negative, and one must be above 0");
      }
      if (!(itcSmoothing >= 0 && itcSmoothing < 1 && itgSmoothing >= 0 && itgSmoothing < 1)) {
        throw new IllegalArgumentException("smoothing must be from 0 to below 1");
      }
    }

    /** The same without smoothing: comparable between runs. */
    public Weights sharp() {
      return new Weights(itc, itm, itg, 0, 0);
    }
  }

  /**
   * Images and the text of each.
   *
   * @param features {@code [B, N, Di]}, B at least 2: one pair has no negatives
   * @param ids {@code [B, T]}, padded on the right
   * @param mask {@code [B, T]}, true or 1 where a token is real
   */
  public record Batch(Tensor features, Tensor ids, Tensor mask) {

    /**
     * Checks that there are as many texts as images.
     *
     * @throws IllegalArgumentException if there are not, or just one
     */
    public Batch {
      long b = features.size(0);
      if (b < 2 || ids.size(0) != b || !Arrays.equals(Tensors.shape(ids), Tensors.shape(mask))) {
        throw new IllegalArgumentException(
            "at least two pairs are needed, as many texts as images, but there are features "
                + Tensors.describe(features)
                + ", ids "
                + Tensors.describe(ids)
                + " and a mask "
                + Tensors.describe(mask));
      }
    }
  }

  /**
   * Scalars in F32 (in F64 where the weights are).
   *
   * @param sum weighted
   */
  public record Losses(Tensor itc, Tensor itm, Tensor itg, Tensor sum) {}

  /**
   * The losses of a batch, with gradients to the model's weights. With several processes the mean
   * of theirs is the loss of one process on all their pairs, and the mean of their gradients its
   * gradient.
   */
  public Losses of(Batch batch, HardNegatives negatives, Dropout dropout) {
    return of(batch, negatives, dropout, (name, tensor) -> {});
  }

  /** As {@link #of(Batch, HardNegatives, Dropout)}, showing each stage by its name. */
  Losses of(
      Batch batch, HardNegatives negatives, Dropout dropout, BiConsumer<String, Tensor> trace) {
    Tensor images = model.normed(batch.features()); // [B, N, Di]
    QFormer.Images shown = model.qformer().show(images);
    QFormer.Seen seen = model.qformer().seeForText(shown, images.size(0), dropout);
    Tensor read = model.qformer().read(batch.ids(), batch.mask(), dropout); // [B, T, d]
    trace.accept("image_embeds", images);
    trace.accept("query_states", seen.states());
    trace.accept("text_states", read);
    Similarities near = similarities(seen.states(), read);
    trace.accept("itc.sim_i2t", near.toTexts());
    trace.accept("itc.sim_t2i", near.toImages());
    Tensor weightsOfImages = chances(near.toImages());
    Tensor weightsOfTexts = chances(near.toTexts());
    trace.accept("itm.weights_t2i", weightsOfImages);
    trace.accept("itm.weights_i2t", weightsOfTexts);
    Choice choice = negatives.choose(weightsOfImages, weightsOfTexts);
    QFormer.Images wrong = wrong(images, shown, choice);
    Tensor verdicts = verdicts(shown, wrong, batch, choice, dropout);
    trace.accept("itm.logits", verdicts);
    Tensor itc = contrast(near);
    Tensor itm = crossEntropy(verdicts, labels(batch.ids()), 0);
    Tensor itg = words(seen, batch, dropout);
    Tensor sum =
        itc.mul(new Scalar(weights.itc()))
            .add(itm.mul(new Scalar(weights.itm())))
            .add(itg.mul(new Scalar(weights.itg())));
    return new Losses(itc, itm, itg, sum);
  }

  /**
   * Cosines divided by the temperature.
   *
   * @param toTexts of each own image, {@code [B, W]}
   * @param toImages of each own text, {@code [B, W]}
   */
  private record Similarities(Tensor toTexts, Tensor toImages) {}

  private Similarities similarities(Tensor seen, Tensor read) {
    Tensor images = model.heads().images(seen); // [B, Q, J]
    Tensor texts = model.heads().texts(read); // [B, J]
    Tensor temperature = MatchHeads.wide(model.temperature());
    Tensor toTexts = MatchHeads.nearness(images, gathering.shared(texts));
    Tensor toImages = MatchHeads.nearness(gathering.shared(images), texts).t();
    return new Similarities(toTexts.div(temperature), toImages.div(temperature));
  }

  private Tensor contrast(Similarities near) {
    long rows = near.toTexts().size(0);
    Tensor own = Tensors.range(rows, Tensors.device(near.toTexts()));
    Tensor targets = own.add(new Scalar(gathering.first(rows)));
    return crossEntropy(near.toTexts(), targets, weights.itcSmoothing())
        .add(crossEntropy(near.toImages(), targets, weights.itcSmoothing()))
        .mul(new Scalar(0.5));
  }

  /** With which probability each other one is drawn, {@code [B, W]}; 0 for the right one. */
  private Tensor chances(Tensor similarity) {
    Tensor others = similarity.detach().clone();
    long rows = others.size(0);
    Scalar never = new Scalar(Double.NEGATIVE_INFINITY);
    others.narrow(1, gathering.first(rows), rows).fill_diagonal_(never);
    return torch.softmax(others, 1);
  }

  /** On the true pairs, texts with a wrong image, and images with a wrong text: {@code [3B, 2]}. */
  private Tensor verdicts(
      QFormer.Images images,
      QFormer.Images wrongImages,
      Batch batch,
      Choice choice,
      Dropout dropout) {
    Device device = Tensors.device(batch.ids());
    Tensor ids = batch.ids();
    Tensor mask = Tensors.to(batch.mask(), Dtype.BOOL);
    Tensor wrongIds = rows(gathering.constant(ids), choice.texts(), device);
    Tensor wrongMask = rows(gathering.constant(mask), choice.texts(), device);
    Tensor both =
        model
            .qformer()
            .seeAndRead(
                QFormer.Images.all(images, wrongImages, images),
                Tensors.cat(0, ids, ids, wrongIds),
                Tensors.cat(0, mask, mask, wrongMask),
                dropout);
    return MatchHeads.wide(model.heads().match(both));
  }

  /** An image for each text that is not its own; those of other processes are looked at anew. */
  private QFormer.Images wrong(Tensor images, QFormer.Images shown, Choice choice) {
    Device device = Tensors.device(images);
    Tensor everywhere = gathering.shared(images);
    return everywhere.size(0) == images.size(0)
        ? shown.rows(index(choice.images(), device))
        : model.qformer().show(rows(everywhere, choice.images(), device));
  }

  private static Tensor rows(Tensor all, long[] chosen, Device device) {
    return all.index_select(0, index(chosen, device));
  }

  private static Tensor index(long[] chosen, Device device) {
    return Tensors.to(Tensors.ofLongs(chosen, chosen.length), device);
  }

  /** 1 for the first third, 0 for the others. */
  private static Tensor labels(Tensor ids) {
    int rows = Math.toIntExact(ids.size(0));
    long[] labels = new long[3 * rows];
    Arrays.fill(labels, 0, rows, 1);
    return Tensors.to(Tensors.ofLongs(labels, labels.length), Tensors.device(ids));
  }

  private Tensor words(QFormer.Seen seen, Batch batch, Dropout dropout) {
    Tensor ids = batch.ids();
    long last = ids.size(1) - 1;
    Tensor begin = torch.full_like(ids.narrow(1, 0, 1), new Scalar(model.config().begin()));
    Tensor written = Tensors.cat(1, begin, ids.narrow(1, 1, last));
    Tensor states = model.qformer().write(seen, written, dropout); // [B, T, d]
    // Logits are computed only where the next token is real.
    Tensor real = Tensors.to(batch.mask(), Dtype.BOOL).narrow(1, 1, last).reshape(-1);
    Tensor where = torch.nonzero(real).view(-1);
    Tensor before = states.narrow(1, 0, last).reshape(-1, states.size(2)).index_select(0, where);
    Tensor targets = ids.narrow(1, 1, last).reshape(-1).index_select(0, where);
    Tensor own =
        crossEntropy(MatchHeads.wide(model.words(before)), targets, weights.itgSmoothing());
    return own.mul(new Scalar(share(Tensors.to(batch.mask(), Dtype.BOOL), where.numel())));
  }

  /** Own words as a multiple of a process' mean: the mean is to be over the words of all. */
  private double share(Tensor mask, long words) {
    Tensor all = gathering.constant(mask);
    double processes = all.size(0) / (double) mask.size(0);
    double everywhere = Tensors.value(all.narrow(1, 1, all.size(1) - 1).sum());
    return words * processes / everywhere;
  }

  private static Tensor crossEntropy(Tensor logits, Tensor targets, double smoothing) {
    return torch.cross_entropy_loss(
        logits, targets, new TensorOptional(), MEAN, NO_LABEL, smoothing);
  }
}
