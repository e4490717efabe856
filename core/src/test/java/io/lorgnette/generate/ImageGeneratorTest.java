package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.mapper.Blip2Stage1;
import io.lorgnette.mapper.Blip2Stage1Config;
import io.lorgnette.mapper.QFormer;
import io.lorgnette.mapper.QFormerConfig;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the Q-Former writes, against LAVIS and against beams that remember nothing. */
class ImageGeneratorTest {

  private static final Golden GOLDEN = Golden.open("goldens/blip2-stage1");
  private static final Blip2Stage1Config SMALL =
      new Blip2Stage1Config(
          new QFormerConfig(
              5, 24, 3, 4, 48, 2, 16, new TextSide(61, 16), Activation.GELU, 1e-12, 0.1),
          16);

  private Scope scope;
  private Blip2Stage1 model;
  private Tensor images;

  @BeforeEach
  void load() {
    Engine.threads(1);
    scope = Scope.open();
    try (Checkpoint checkpoint = Checkpoint.open(GOLDEN.path("model.safetensors"))) {
      model = SMALL.read(checkpoint, Dtype.F32, Device.CPU);
    }
    images = Tensors.ofFloats(GOLDEN.floats("images"), GOLDEN.shape("images"));
  }

  @AfterEach
  void close() {
    model.close();
    scope.close();
  }

  @Test
  void writesWhatTheReferenceWrites() {
    List<List<Generation>> written =
        new ImageGenerator(model, null).generate(images, GenerationConfig.greedy(6));
    int[] expected =
        Arrays.stream(GOLDEN.longs("generate.greedy_ids")).mapToInt(id -> (int) id).toArray();
    for (int i = 0; i < 4; i++) {
      // The first recorded id is the beginning.
      assertThat(written.get(i).get(0).ids())
          .isEqualTo(Arrays.copyOfRange(expected, 7 * i + 1, 7 * i + 7));
    }
  }

  /** A text on the way to its end. */
  @SuppressWarnings("ArrayRecordComponent") // nobody compares two of them
  private record Begun(int[] ids, double sum) {
    Begun with(int id, double logProbability) {
      int[] more = Arrays.copyOf(ids, ids.length + 1);
      more[ids.length] = id;
      return new Begun(more, sum + logProbability);
    }
  }

  /** Log-probabilities of the next word, by running the whole text anew. */
  private float[] next(int image, int[] ids) {
    try (Scope own = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      QFormer.Seen seen =
          model.qformer().seeForText(model.normed(images.narrow(0, image, 1)), Dropout.NONE);
      int[] all = IntStream.concat(IntStream.of(60), Arrays.stream(ids)).toArray();
      Tensor states =
          model.qformer().write(seen, Tensors.ofInts(all).view(1, all.length), Dropout.NONE);
      return Tensors.toFloats(torch.log_softmax(model.words(states.select(1, ids.length)), 1));
    }
  }

  /** Beam search over texts of one length that no end cuts short. */
  private Begun search(int image, int beams, int length) {
    List<Begun> open = List.of(new Begun(new int[0], 0));
    for (int t = 0; t < length; t++) {
      List<Begun> candidates = new ArrayList<>();
      for (Begun begun : open) {
        float[] scores = next(image, begun.ids());
        for (int id = 0; id < scores.length; id++) {
          candidates.add(begun.with(id, scores[id]));
        }
      }
      candidates.sort(Comparator.comparingDouble(begun -> -begun.sum()));
      open = candidates.subList(0, beams);
    }
    return open.get(0);
  }

  @Test
  void beamsRememberWhatTheySawAndSaid() {
    List<List<Generation>> together =
        new ImageGenerator(model, null).generate(images, GenerationConfig.beams(3, 5));
    for (int i = 0; i < 4; i++) {
      Begun expected = search(i, 3, 5);
      Generation best = together.get(i).get(0);
      assertThat(best.ids()).isEqualTo(expected.ids());
      assertThat(best.score()).isCloseTo(expected.sum() / 5, within(1e-5));
    }
  }

  @Test
  void textsEndAtTheirEndButNotTooSoon() {
    // With a floor of words the likeliest first word, taken for the end, has to wait.
    int first = search(0, 1, 1).ids()[0];
    GenerationConfig config = GenerationConfig.greedy(7).withEos(first);
    ImageGenerator generator = new ImageGenerator(model, null);
    Generation free = generator.generate(images, config).get(0).get(0);
    Generation held = generator.generate(images, config.withLength(4, 7)).get(0).get(0);
    assertThat(free.ids()).containsExactly(first);
    assertThat(free.finish()).isEqualTo(Generation.Finish.EOS);
    assertThat(held.ids().length).isGreaterThan(4);
    assertThat(Arrays.copyOf(held.ids(), 4)).doesNotContain(first);
  }

  @Test
  void captionsHaveThePublishedSettings() {
    GenerationConfig config = ImageGenerator.captions(2);
    assertThat(config.beams()).isEqualTo(3);
    assertThat(config.minNewTokens()).isEqualTo(9); // and one that begins the text
    assertThat(config.maxNewTokens()).isEqualTo(29);
    assertThat(config.eos()).containsExactly(2);
  }

  @Test
  void settingsThatDoNotFitAreRefused() {
    ImageGenerator generator = new ImageGenerator(model, null);
    assertThatThrownBy(() -> generator.generate(images, GenerationConfig.greedy(17)))
        .hasMessageContaining("17 tokens exceed the Q-Former's 16 positions");
    assertThatThrownBy(() -> generator.generate(images, GenerationConfig.greedy(3).withEos(61)))
        .hasMessageContaining("beyond");
  }

  @Test
  void leavesNoNativeMemoryBehind() {
    ImageGenerator generator = new ImageGenerator(model, null);
    generator.generate(images, GenerationConfig.beams(2, 4));
    long before = Tensors.liveNativeObjects();
    for (int i = 0; i < 3; i++) {
      try (Scope own = Scope.open()) {
        generator.generate(images, GenerationConfig.beams(2, 4));
      }
    }
    assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
  }
}
