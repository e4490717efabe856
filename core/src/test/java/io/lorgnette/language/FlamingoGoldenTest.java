package io.lorgnette.language;

import static io.lorgnette.language.Differences.assertClose;
import static io.lorgnette.language.Differences.assertGradient;
import static io.lorgnette.language.Differences.assertLoss;
import static io.lorgnette.language.Differences.floats;
import static io.lorgnette.language.Differences.longs;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.language.Insertions.Pass;
import io.lorgnette.nn.GatedCrossAttention;
import io.lorgnette.nn.KvCache;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.weights.KeyMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Gated cross-attention alone, and before a layer of an OPT whose class knows nothing of it. */
class FlamingoGoldenTest {

  private final Golden golden = Golden.open("goldens/flamingo");
  private Scope scope;
  private FlamingoModel flamingo;

  @BeforeEach
  void open() {
    scope = Scope.open();
    flamingo = new FlamingoModel(golden);
  }

  @AfterEach
  void close() {
    flamingo.close();
    scope.close();
  }

  private MediaLayers layers(Tensor media, boolean latestOnly) {
    Tensor seen = longs(golden, "block.text_time");
    return new MediaLayers(Map.of(0, flamingo.block), media, seen, latestOnly);
  }

  @Test
  void theBlockAloneWithGradients() {
    flamingo.parameters.trainable(true);
    Tensor x = floats(golden, "block.x").requires_grad_(true);
    Tensor media = floats(golden, "block.media").requires_grad_(true);
    Tensor output = layers(media, true).before(0, x, new Pass(0, null));
    assertClose(output, golden, "block.output");

    output.mul(floats(golden, "block.probe")).sum().backward();
    assertGradient(x.grad(), golden, "block.grad.x");
    assertGradient(media.grad(), golden, "block.grad.media");
    Map<String, String> names =
        Map.of(
            "gate1", "attn_gate",
            "norm1.weight", "attn.norm.weight",
            "norm1.bias", "attn.norm.bias",
            "query.weight", "attn.to_q.weight",
            "key_value.weight", "attn.to_kv.weight",
            "out.weight", "attn.to_out.weight",
            "gate2", "ff_gate",
            "norm2.weight", "ff.0.weight",
            "mlp.up.weight", "ff.1.weight",
            "mlp.down.weight", "ff.3.weight");
    names.forEach(
        (own, stored) ->
            assertGradient(
                flamingo.parameters.get("block." + own).grad(), golden, "block.grad." + stored));
  }

  @Test
  void theAttentionBeforeItsGate() {
    Tensor media = floats(golden, "block.media");
    Tensor[] both = flamingo.block.keysAndValues(media.reshape(2, 8, 20));
    Tensor image = Tensors.ofLongs(new long[] {1, 1, 1, 1, 2, 2, 2, 2}, 8);
    Tensor allowed = image.eq(longs(golden, "block.text_time").view(2, 1, 11, 1));
    Tensor seen = flamingo.block.attend(floats(golden, "block.x"), both, allowed);
    assertClose(seen, golden, "block.attn_output");
  }

  @Test
  void laterTokensLookAtTheLastImage() {
    Tensor x = floats(golden, "block.x").narrow(1, 0, 3);
    Tensor output = layers(floats(golden, "block.media"), true).before(0, x, new Pass(11, null));
    assertClose(output, golden, "block.cached_output");
  }

  /**
   * In the published code, words before any image then look at all images, later ones too; here
   * they get nothing, as where only the latest image is looked at.
   */
  @Test
  void wordsMayLookAtAllImagesBeforeThem() {
    Tensor x = floats(golden, "block.x");
    Tensor output = layers(floats(golden, "block.media"), false).before(0, x, new Pass(0, null));
    float[] values = Tensors.toFloats(output);
    float[] published = golden.floats("block.all_previous_output");
    float[] none = golden.floats("block.output");
    long[] seen = golden.longs("block.text_time");
    assertThat(seen).contains(0, 1, 2);
    for (int i = 0; i < values.length; i++) {
      float expected = seen[i / 16] == 0 ? none[i] : published[i];
      assertThat(Math.abs(values[i] - expected)).isLessThan(1e-4f);
    }
  }

  /** The model's input, and the images as the published resampler gives them. */
  private LanguageModel looking() {
    Tensor seen = Tensors.ofLongs(FlamingoModel.seen(golden.longs("model.input_ids"), 11), 2, 11);
    return flamingo.looking(floats(golden, "perceiver.output"), seen);
  }

  @Test
  void logitsLossAndGradientsOfTheWholeModel() {
    flamingo.parameters.trainable(true);
    LanguageModel looking = looking();
    Tensor words = looking.embed(longs(golden, "model.input_ids"));
    Tensor hidden = looking.hidden(words, longs(golden, "model.attention_mask"), null, null);
    long[] mask = golden.longs("model.attention_mask");
    float[] logits = Tensors.toFloats(looking.logits(hidden));
    float[] expected = golden.floats("model.logits");
    int compared = 0;
    for (int i = 0; i < logits.length; i++) {
      if (mask[i / 71] == 1) { // those of padding mean nothing
        assertThat(Math.abs(logits[i] - expected[i])).isLessThan(1e-4f);
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(10 * 71);
    Tensor loss = NextTokenLoss.mean(looking, hidden, golden.longs("model.labels"));
    assertLoss(loss, golden, "model.loss");
    loss.backward();
    for (String[] names :
        new String[][] {
          {"gate1", "attn_gate"}, {"gate2", "ff_gate"}, {"key_value.weight", "to_kv"}
        }) {
      Tensor gradient = flamingo.parameters.get("block." + names[0]).grad();
      assertGradient(gradient, golden, "model.grad." + names[1]);
    }
  }

  /** Rows that change places, double, and go on by themselves keep looking at their own images. */
  @Test
  void rowsOfACacheKeepTheirImages() {
    try (Tensors.NoGrad guard = Tensors.noGrad();
        KvCache cache = flamingo.lm.newCache(2, 11)) {
      LanguageModel looking = looking();
      Tensor words = looking.embed(longs(golden, "model.input_ids"));
      Tensor whole = looking.hidden(words);
      looking.hidden(words.narrow(1, 0, 6), null, null, cache);
      Tensor rows = Tensors.ofLongs(new long[] {1, 0, 1}, 3);
      try (KvCache more = cache.select(rows, 11);
          KvCache one = more.select(Tensors.ofLongs(new long[] {2}, 1), 11)) {
        assertThat(one.origins()).containsExactly(1);
        Tensor next = words.index_select(0, rows).narrow(1, 6, 3);
        Tensor expected = whole.index_select(0, rows).narrow(1, 6, 3);
        assertSame(looking.hidden(next, null, null, more), expected);
        Tensor own = words.narrow(0, 1, 1).narrow(1, 6, 3);
        assertSame(looking.hidden(own, null, null, one), expected.narrow(0, 2, 1));
      }
    }
  }

  private static void assertSame(Tensor actual, Tensor expected) {
    assertThat(Differences.largest(Tensors.toFloats(actual), Tensors.toFloats(expected)))
        .isLessThan(1e-5f);
  }

  /** OpenFlamingo-3B, 4B and 9B without resampler and embedding rows. */
  @Test
  void parametersOfThePublishedBlocks() {
    assertThat(parameters(2048, 24)).isEqualTo(881_000_496L);
    assertThat(parameters(2560, 16)).isEqualTo(897_744_928L);
    assertThat(parameters(4096, 8)).isEqualTo(1_115_815_952L);
  }

  private static long parameters(long width, int blocks) {
    KeyMap map = new KeyMap();
    for (int i = 0; i < blocks; i++) {
      new GatedCrossAttention.Shape(width, 1024, 8, 64, 4 * width)
          .addKeys(map, "blocks." + i, "layers." + i);
    }
    return map.parameterCount();
  }

  @Test
  void refusesWhatDoesNotGoTogether() {
    Tensor media = floats(golden, "block.media");
    MediaLayers layers = layers(media, true);
    Tensor x = floats(golden, "block.x");
    assertThatThrownBy(() -> layers.before(0, x.narrow(0, 0, 1), new Pass(0, null)))
        .hasMessageContaining("images of 2 sequences do not go with 1");
    Tensor longer = Tensors.cat(1, x, x);
    assertThatThrownBy(() -> layers.before(0, longer, new Pass(0, null)))
        .hasMessageContaining("counted for 11 tokens, not for 22");
    MediaLayers deep =
        new MediaLayers(Map.of(3, flamingo.block), media, longs(golden, "block.text_time"), true);
    assertThatThrownBy(() -> flamingo.lm.with(deep)).hasMessageContaining("no layer 3");
  }
}
