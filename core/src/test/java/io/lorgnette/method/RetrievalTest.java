package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.mapper.TextBatch;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Draws;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PaddedIds;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class RetrievalTest {

  private static float verdict(int image, int text) {
    return (float) Math.sin(3.7 * image + 1.3 * text * text) * 4;
  }

  /** Whether so few others are nearer that a pair is judged, counted one by one. */
  private static boolean isJudged(float[] row, int at, int judged) {
    int nearer = 0;
    for (int i = 0; i < row.length; i++) {
      nearer += row[i] > row[at] ? 1 : 0;
    }
    return nearer < judged;
  }

  @Test
  void nearnessIsTheCosineOfEachImageWithEachText() {
    List<float[]> images = List.of(new float[] {0.6f, 0.8f}, new float[] {1, 0});
    List<float[]> texts =
        List.of(new float[] {0.6f, 0.8f}, new float[] {0, -1}, new float[] {-0.8f, 0.6f});
    float[][] near = Retrieval.nearness(images, texts);
    assertThat(near).hasDimensions(2, 3);
    assertThat(near[0]).containsExactly(new float[] {1, -0.8f, 0}, within(1e-6f));
    assertThat(near[1]).containsExactly(new float[] {0.6f, 0, -0.8f}, within(1e-6f));
    assertThatThrownBy(() -> Retrieval.nearness(images, List.of(new float[3])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one width");
  }

  @Test
  void judgesTheNearestAndLeavesTheOthersBehindInTheirOrder() {
    int images = 12;
    int texts = 17;
    SplittableRandom random = new SplittableRandom(6);
    float[][] near = new float[images][texts];
    for (float[] row : near) {
      for (int t = 0; t < texts; t++) {
        row[t] = (float) random.nextDouble(-1, 1);
      }
    }
    List<Integer> asked = new ArrayList<>();
    Set<List<Integer>> pairs = new HashSet<>();
    Retrieval.Scores scores =
        Retrieval.judged(
            near,
            5,
            (of, with) -> {
              asked.add(of);
              float[] verdicts = new float[with.length];
              for (int i = 0; i < with.length; i++) {
                assertThat(pairs.add(List.of(of, with[i]))).as("asked once").isTrue();
                verdicts[i] = verdict(of, with[i]);
              }
              return verdicts;
            });
    assertThat(asked).containsExactlyElementsOf(IntStream.range(0, images).boxed().toList());
    assertThat(pairs.size()).isBetween(Math.max(images, texts) * 5, (images + texts) * 5);
    for (int i = 0; i < images; i++) {
      for (int t = 0; t < texts; t++) {
        float[] column = new float[images];
        for (int j = 0; j < images; j++) {
          column[j] = near[j][t];
        }
        float expected = near[i][t] + (isJudged(near[i], t, 5) ? verdict(i, t) : -100);
        assertThat(scores.byImage()[i][t]).isCloseTo(expected, within(1e-5f));
        float other = near[i][t] + (isJudged(column, i, 5) ? verdict(i, t) : -100);
        assertThat(scores.byText()[t][i]).isCloseTo(other, within(1e-5f));
      }
    }
    Retrieval.Scores plain = Retrieval.byNearness(near);
    assertThat(plain.byImage()).isDeepEqualTo(near);
    assertThat(plain.byText()[3][2]).isEqualTo(near[2][3]);
    assertThatThrownBy(() -> Retrieval.judged(near, 0, (of, with) -> new float[0]))
        .hasMessageContaining("judged");
  }

  private static final Blip2Stage1Config SMALL =
      new Blip2Stage1Config(
          new QFormerConfig(3, 8, 2, 2, 12, 2, 6, new TextSide(13, 6), Activation.GELU, 1e-12, 0),
          5);

  /** In groups of any size as in one, and as if every pair were looked at alone. */
  @Test
  void theQFormerIsAskedInGroups() {
    Engine.threads(1);
    List<PaddedIds> texts =
        List.of(
            new PaddedIds(new int[] {1, 4, 2, 0, 0, 0}, new int[] {1, 1, 1, 0, 0, 0}),
            new PaddedIds(new int[] {1, 5, 6, 7, 2, 0}, new int[] {1, 1, 1, 1, 1, 0}),
            new PaddedIds(new int[] {1, 8, 9, 2, 0, 0}, new int[] {1, 1, 1, 1, 0, 0}));
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Blip2Stage1 model = SMALL.create(3, Device.CPU)) {
      model
          .parameters()
          .where(name -> name.endsWith("weight"))
          .forEach(w -> w.mul_(new Scalar(3.0)));
      Tensor features = Tensors.ofFloats(new Draws(8).normal(5 * 4 * 6), 5, 4, 6);
      Blip2Retrieval.Images images = numbers -> features.index_select(0, Tensors.ofInts(numbers));
      int[] ofTexts = {2, 0, 1, 0};
      Blip2Retrieval whole = new Blip2Retrieval(model, images, 5, texts, 100);
      for (int rows : new int[] {1, 2, 3}) {
        Blip2Retrieval parts = new Blip2Retrieval(model, images, 5, texts, rows);
        for (int i = 0; i < 5; i++) {
          assertClose(parts.match(i, ofTexts), whole.match(i, ofTexts));
          assertClose(parts.nearness()[i], whole.nearness()[i]);
        }
      }
      assertThat(whole.nearness()).hasDimensions(5, 3);
      for (int i = 0; i < 5; i++) {
        for (int t = 0; t < ofTexts.length; t++) {
          TextBatch alone = TextBatch.of(List.of(texts.get(ofTexts[t])), Device.CPU);
          Tensor image = features.narrow(0, i, 1);
          Tensor verdict = model.match(image, alone.ids(), alone.mask());
          assertThat(whole.match(i, ofTexts)[t])
              .isCloseTo((float) Tensors.value(verdict.view(-1).select(0, 1)), within(1e-5f));
          Tensor seen = model.imageEmbeds(image).select(0, 0); // [Q, J]
          Tensor read = model.textEmbeds(alone.ids(), alone.mask()).select(0, 0); // [J]
          assertThat(whole.nearness()[i][ofTexts[t]])
              .isCloseTo((float) Tensors.value(seen.matmul(read).max()), within(1e-5f));
        }
      }
    }
  }

  private static void assertClose(float[] a, float[] b) {
    assertThat(a).hasSameSizeAs(b);
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(b[i], within(1e-5f));
    }
  }

  @Test
  void textsLoseThePaddingTheyShare() {
    List<PaddedIds> texts =
        List.of(
            new PaddedIds(new int[] {1, 2, 0, 0, 0}, new int[] {1, 1, 0, 0, 0}),
            new PaddedIds(new int[] {1, 7, 2, 0, 0}, new int[] {1, 1, 1, 0, 0}));
    try (Scope scope = Scope.open()) {
      TextBatch batch = TextBatch.of(texts, Device.CPU);
      assertThat(Tensors.shape(batch.ids())).containsExactly(2, 3);
      assertThat(Tensors.toLongs(batch.ids())).containsExactly(1, 2, 0, 1, 7, 2);
      assertThat(Tensors.toLongs(batch.mask())).containsExactly(1, 1, 0, 1, 1, 1);
    }
  }
}
