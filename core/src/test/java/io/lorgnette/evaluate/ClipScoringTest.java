package io.lorgnette.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.metrics.ClipScores;
import io.lorgnette.testing.Golden;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClipScoringTest {

  private static float[] row(float[] matrix, int row, int width) {
    return Arrays.copyOfRange(matrix, row * width, (row + 1) * width);
  }

  @Test
  void theScoreIsThatOfTheReferencesLogits() {
    // Hugging Face's CLIPModel scales the same cosines by exp(logit_scale); its value cancels here.
    Golden golden = Golden.open("goldens/clip-dual");
    float[] images = golden.floats("image_embeds");
    float[] texts = golden.floats("text_embeds");
    float[] logits = golden.floats("logits_per_image");
    double scale = logits[0] / ClipScores.cosine(row(images, 0, 32), row(texts, 0, 32));
    int positive = 0;
    // All logits of this golden are negative, so the opposite texts are scored too.
    for (int sign = -1; sign <= 1; sign += 2) {
      for (int pair = 0; pair < 12; pair++) {
        float[] text = row(texts, pair % 4, 32);
        for (int i = 0; i < text.length; i++) {
          text[i] *= sign;
        }
        double score =
            ClipScores.Image.of("", row(images, pair / 4, 32), text, List.of()).clipScore();
        double expected = 2.5 * Math.max(0, sign * logits[pair] / scale);
        assertThat(score).isCloseTo(expected, within(1e-5));
        positive += score > 0 ? 1 : 0;
      }
    }
    assertThat(positive).isEqualTo(12);
  }
}
