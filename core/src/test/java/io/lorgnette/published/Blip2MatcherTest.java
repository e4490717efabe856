package io.lorgnette.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.method.Blip2Retrieval;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.PaddedIds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

/** Retrieval with Hugging Face's form of BLIP-2's first stage, on features encoded once. */
class Blip2MatcherTest {

  private static int[] row(Golden golden, String name, int row) {
    return Arrays.stream(golden.longs(name))
        .skip(8L * row)
        .limit(8)
        .mapToInt(i -> (int) i)
        .toArray();
  }

  @Test
  void findsWhatTheReferenceFinds() {
    Engine.threads(1);
    Golden golden = Golden.open("goldens/blip2-itm");
    List<PaddedIds> texts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      texts.add(new PaddedIds(row(golden, "input_ids", i), row(golden, "attention_mask", i)));
    }
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        Blip2Matcher model =
            Blip2Matcher.load(
                golden.path("checkpoint"), ImageProcessor.blip(28), Dtype.F32, Device.CPU)) {
      Tensor pixels = Tensors.ofFloats(golden.floats("pixel_values"), golden.shape("pixel_values"));
      Tensor features = model.encoder().encode(pixels);
      Blip2Retrieval retrieval =
          new Blip2Retrieval(
              model.onFeatures(),
              numbers -> features.index_select(0, Tensors.ofInts(numbers)),
              3,
              texts,
              2);
      float[] expected = golden.floats("itc_logits_per_image");
      float[][] near = retrieval.nearness();
      for (int i = 0; i < 9; i++) {
        assertThat(near[i / 3][i % 3]).isCloseTo(expected[i], within(1e-4f));
      }
      float[] verdicts = golden.floats("itm_logits");
      for (int i = 0; i < 3; i++) {
        float[] ours = retrieval.match(i, new int[] {0, 1, 2});
        assertThat(ours[i]).isCloseTo(verdicts[2 * i + 1], within(1e-4f));
      }
    }
  }
}
