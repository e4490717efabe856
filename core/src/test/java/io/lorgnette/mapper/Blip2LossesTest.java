package io.lorgnette.mapper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.mapper.Blip2Losses.Batch;
import io.lorgnette.mapper.Blip2Losses.Losses;
import io.lorgnette.mapper.Blip2Losses.Weights;
import io.lorgnette.mapper.HardNegatives.Choice;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Blip2LossesTest {

  private static final Blip2Stage1Config SMALL =
      new Blip2Stage1Config(
          new QFormerConfig(3, 8, 2, 2, 12, 2, 6, new TextSide(13, 6), Activation.GELU, 1e-12, 0.2),
          5);
  private static final HardNegatives FIXED =
      (images, texts) -> new Choice(new long[] {1, 2, 3, 0}, new long[] {3, 0, 1, 2});

  private Scope scope;
  private Blip2Stage1 model;

  @BeforeEach
  void create() {
    Engine.threads(1);
    scope = Scope.open();
    model = SMALL.create(3, Device.CPU);
    // Larger weights than a model starts with: every part matters.
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Tensor tensor :
          model.parameters().where(name -> name.matches(".*(weight|words|queries|positions)"))) {
        if (tensor.dim() > 1) {
          tensor.mul_(new Scalar(12.0));
        }
      }
    }
  }

  @AfterEach
  void close() {
    model.close();
    scope.close();
  }

  private static Batch batch(Dtype dtype) {
    Tensor features = Tensors.ofFloats(new Draws(8).normal(4 * 5 * 6), 4, 5, 6);
    long[] ids = {1, 4, 5, 2, 0, 0, 1, 6, 2, 0, 0, 0, 1, 7, 8, 9, 2, 0, 1, 10, 11, 3, 4, 2};
    long[] mask = {1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1};
    return new Batch(
        Tensors.to(features, dtype), Tensors.ofLongs(ids, 4, 6), Tensors.ofLongs(mask, 4, 6));
  }

  private Blip2Losses losses(Blip2Stage1 of) {
    return new Blip2Losses(of, new Weights(0.7, 1.3, 0.9, 0.1, 0.2), Gathering.ALONE);
  }

  /** Against central differences in F64. */
  @Test
  void gradientsAreThoseOfSmallSteps() {
    Parameters wide = model.parameters().copyTo(Dtype.F64, Device.CPU).trainable(true);
    Blip2Stage1 precise = model.with(wide.asMap());
    Batch batch = batch(Dtype.F64);
    losses(precise).of(batch, FIXED, Dropout.NONE).sum().backward();
    double step = 1e-5;
    int compared = 0;
    for (Map.Entry<String, Tensor> entry : wide.asMap().entrySet()) {
      Tensor gradient = entry.getValue().grad();
      assertThat(gradient.defined()).as(entry.getKey()).isTrue();
      Draws draws = new Draws(entry.getKey().hashCode());
      for (int i = 0; i < 3; i++) {
        long at = (long) (draws.next() * entry.getValue().numel());
        double numerical =
            (shifted(precise, entry.getValue(), at, step, batch)
                    - shifted(precise, entry.getValue(), at, -step, batch))
                / (2 * step);
        double analytical = Tensors.value(gradient.reshape(-1).select(0, at));
        assertThat(analytical)
            .as(entry.getKey() + " at " + at)
            .isCloseTo(numerical, within(1e-7 + 1e-5 * Math.abs(numerical)));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(3 * SMALL.keys().shapes().size());
    wide.close();
  }

  private double shifted(Blip2Stage1 of, Tensor leaf, long at, double by, Batch batch) {
    try (Scope own = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor value = leaf.view(-1).select(0, at);
      value.add_(new Scalar(by));
      double loss = Tensors.value(losses(of).of(batch, FIXED, Dropout.NONE).sum());
      value.sub_(new Scalar(by));
      return loss;
    }
  }

  @Test
  void theSumIsWeighted() {
    Losses losses = losses(model).of(batch(Dtype.F32), FIXED, Dropout.NONE);
    double expected =
        0.7 * Tensors.value(losses.itc())
            + 1.3 * Tensors.value(losses.itm())
            + 0.9 * Tensors.value(losses.itg());
    assertThat(Tensors.value(losses.sum())).isCloseTo(expected, within(1e-5));
  }

  @Test
  void dropoutDependsOnItsSeed() {
    double[] values = new double[4];
    long[] seeds = {5, 5, 6};
    for (int i = 0; i < 3; i++) {
      Dropout dropout = Dropout.seeded(seeds[i]);
      values[i] = Tensors.value(losses(model).of(batch(Dtype.F32), FIXED, dropout).sum());
    }
    values[3] = Tensors.value(losses(model).of(batch(Dtype.F32), FIXED, Dropout.NONE).sum());
    assertThat(values[0]).isEqualTo(values[1]);
    assertThat(values[0]).isNotEqualTo(values[2]);
    assertThat(values[0]).isNotEqualTo(values[3]);
  }

  /** Words to be written know nothing of later ones, and padding changes nothing. */
  @Test
  void moreOrOtherPaddingChangesNothing() {
    Batch batch = batch(Dtype.F32);
    Tensor real = Tensors.to(batch.mask(), Dtype.BOOL);
    Tensor otherIds = batch.ids().masked_fill(real.logical_not(), new Scalar(12));
    Losses expected = losses(model).of(batch, FIXED, Dropout.NONE);
    Losses other =
        losses(model).of(new Batch(batch.features(), otherIds, batch.mask()), FIXED, Dropout.NONE);
    assertThat(Tensors.value(other.itc())).isCloseTo(Tensors.value(expected.itc()), within(1e-6));
    assertThat(Tensors.value(other.itm())).isCloseTo(Tensors.value(expected.itm()), within(1e-6));
    assertThat(Tensors.value(other.itg())).isCloseTo(Tensors.value(expected.itg()), within(1e-6));
  }

  /** A neighbour process whose rows are known beforehand. */
  private record Neighbours(Map<List<Long>, Tensor> all, long first) implements Gathering {
    @Override
    public Tensor constant(Tensor own) {
      return all.get(key(own)).detach();
    }

    @Override
    public Tensor shared(Tensor own) {
      return all.get(key(own));
    }

    @Override
    public long first(long rows) {
      return first;
    }

    /** What kind of tensor it is: all but the number of its rows, and how wide its numbers are. */
    static List<Long> key(Tensor tensor) {
      long[] shape = Tensors.shape(tensor);
      shape[0] = Tensors.dtype(tensor).bytes();
      return Arrays.stream(shape).boxed().toList();
    }
  }

  /** Two processes of two pairs each see what one process of four pairs sees. */
  @Test
  void processesShowEachOtherTheirPairs() {
    Batch batch = batch(Dtype.F32);
    Losses whole = losses(model).of(batch, FIXED, Dropout.NONE);
    double itc = 0;
    double itm = 0;
    double itg = 0; // of the words of all, though one half has more
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      Map<List<Long>, Tensor> all = new HashMap<>();
      for (Tensor tensor :
          new Tensor[] {
            model.imageEmbeds(batch.features()),
            model.textEmbeds(batch.ids(), batch.mask()),
            model.normed(batch.features()),
            batch.ids(),
            Tensors.to(batch.mask(), Dtype.BOOL)
          }) {
        assertThat(all.put(Neighbours.key(tensor), tensor)).isNull();
      }
      for (int half = 0; half < 2; half++) {
        long first = 2L * half;
        Choice choice = FIXED.choose(null, null);
        HardNegatives own =
            (images, texts) -> {
              assertThat(Tensors.shape(images)).containsExactly(2, 4);
              for (int i = 0; i < 2; i++) {
                assertThat(Tensors.value(images.select(0, i).select(0, first + i))).isZero();
                assertThat(Tensors.value(texts.select(0, i).select(0, first + i))).isZero();
              }
              return new Choice(
                  Arrays.copyOfRange(choice.images(), (int) first, (int) first + 2),
                  Arrays.copyOfRange(choice.texts(), (int) first, (int) first + 2));
            };
        Batch part =
            new Batch(
                batch.features().narrow(0, first, 2),
                batch.ids().narrow(0, first, 2),
                batch.mask().narrow(0, first, 2));
        Losses losses =
            new Blip2Losses(model, new Weights(1, 1, 1, 0.1, 0.2), new Neighbours(all, first))
                .of(part, own, Dropout.NONE);
        itc += Tensors.value(losses.itc()) / 2;
        itm += Tensors.value(losses.itm()) / 2;
        itg += Tensors.value(losses.itg()) / 2;
      }
    }
    assertThat(itc).isCloseTo(Tensors.value(whole.itc()), within(1e-5));
    assertThat(itm).isCloseTo(Tensors.value(whole.itm()), within(1e-5));
    assertThat(itg).isCloseTo(Tensors.value(whole.itg()), within(1e-5));
  }

  @Test
  void negativesAreDrawnByTheirProbability() {
    Tensor images = Tensors.ofFloats(new float[] {0, 0.25f, 0.75f, 0.5f, 0, 0.5f, 1, 0, 0}, 3, 3);
    Tensor texts = Tensors.ofFloats(new float[] {0, 1, 0, 0.1f, 0, 0.9f, 0.5f, 0.5f, 0}, 3, 3);
    int[] counts = new int[3];
    int rounds = 2000;
    for (int seed = 0; seed < rounds; seed++) {
      Choice choice = HardNegatives.seeded(seed, Gathering.ALONE).choose(images, texts);
      Choice again = HardNegatives.seeded(seed, Gathering.ALONE).choose(images, texts);
      assertThat(choice.images()).isEqualTo(again.images());
      assertThat(choice.texts()).isEqualTo(again.texts());
      for (int i = 0; i < 3; i++) {
        assertThat(choice.images()[i]).isNotEqualTo(i);
        assertThat(choice.texts()[i]).isNotEqualTo(i);
      }
      assertThat(choice.images()[2]).isZero();
      assertThat(choice.texts()[0]).isEqualTo(1);
      counts[0] += choice.images()[0] == 1 ? 1 : 0;
      counts[1] += choice.images()[1] == 0 ? 1 : 0;
      counts[2] += choice.texts()[1] == 0 ? 1 : 0;
    }
    assertThat(counts[0] / (double) rounds).isCloseTo(0.25, within(0.03));
    assertThat(counts[1] / (double) rounds).isCloseTo(0.5, within(0.03));
    assertThat(counts[2] / (double) rounds).isCloseTo(0.1, within(0.03));
  }

  @Test
  void aPairAloneIsRefused() {
    Batch batch = batch(Dtype.F32);
    assertThatThrownBy(
            () ->
                new Batch(
                    batch.features().narrow(0, 0, 1),
                    batch.ids().narrow(0, 0, 1),
                    batch.mask().narrow(0, 0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least two pairs");
    assertThatThrownBy(() -> new Batch(batch.features(), batch.ids(), torch.ones(4, 5)))
        .hasMessageContaining("a mask [4, 5]");
    assertThatThrownBy(() -> new Weights(0, 0, 0, 0, 0)).hasMessageContaining("above 0");
  }
}
