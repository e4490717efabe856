package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JointSpaceTest {

  private static final JointConfig CONFIG = JointConfig.of(6, 5, 20, 4, 8, 2, 2, 7, 1);

  @TempDir Path folder;

  /** Features are pixels, [B, 2, 6]. */
  private record Eyes(String identity) implements VisionEncoder {
    @Override
    public Tensor encode(Tensor pixels, Trace trace) {
      return pixels;
    }

    @Override
    public ImageProcessor processor() {
      throw new IllegalStateException("no pictures here");
    }

    @Override
    public int tokens() {
      return 2;
    }

    @Override
    public int width() {
      return 6;
    }

    @Override
    public Dtype dtype() {
      return Dtype.F32;
    }

    @Override
    public Parameters parameters() {
      return Parameters.of(Map.of());
    }

    @Override
    public VisionEncoder with(Parameters others) {
      return this;
    }

    @Override
    public long parameterCount() {
      return 0;
    }

    @Override
    public long multiplyAdds() {
      return 0;
    }

    @Override
    public void close() {}
  }

  private static Tensor features() {
    float[] values = new float[36];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(1.7 * i * i);
    }
    return Tensors.ofFloats(values, 3, 2, 6);
  }

  private static Tensor ids() {
    return Tensors.ofLongs(new long[] {2, 3, 4, 1, 5, 6, 1, 1, 7, 8, 9, 10}, 3, 4);
  }

  @Test
  void gradientsAreThoseOfFiniteDifferences() {
    try (Scope scope = Scope.open();
        JointSpace drawn = CONFIG.create(3, Device.CPU)) {
      Parameters wide = drawn.parameters().copyTo(Dtype.F64, Device.CPU);
      JointSpace space = new JointSpace(CONFIG, wide);
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        // Larger than at the start, so that no gradient is lost in rounding.
        wide.asMap().forEach((name, t) -> t.mul_(new Scalar(name.equals("logit_scale") ? 1 : 5)));
      }
      wide.trainable(true);
      space.loss(features(), ids(), Dropout.NONE, 0, Gathering.ALONE).backward();
      wide.asMap()
          .forEach(
              (name, tensor) -> {
                double step = 1e-5;
                Tensor flat = tensor.detach().view(-1);
                long at = name.equals("text.embeddings.tokens") ? 3 * 8 : 0;
                double gradient = Tensors.value(tensor.grad().view(-1).select(0, at));
                Tensor one = flat.select(0, at);
                one.add_(new Scalar(step));
                double above = loss(space);
                one.sub_(new Scalar(2 * step));
                double below = loss(space);
                one.add_(new Scalar(step));
                assertThat((above - below) / (2 * step))
                    .as(name)
                    .isCloseTo(gradient, within(1e-6 + 1e-4 * Math.abs(gradient)));
              });
      wide.close();
    }
  }

  private static double loss(JointSpace space) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.value(space.loss(features(), ids(), Dropout.NONE, 0, Gathering.ALONE));
    }
  }

  @Test
  void aSavedSpaceIsADualEncoder() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        JointSpace space = CONFIG.create(3, Device.CPU)) {
      space.save(folder, "eyes:1");
      try (DualEncoder pair = DualEncoder.over(new Eyes("eyes:1"), folder, Dtype.F32, Device.CPU)) {
        Tensor images = pair.imageEmbeds(features());
        Tensor texts = pair.textEmbeds(ids(), null);
        assertThat(Tensors.shape(images)).containsExactly(3, 7);
        assertThat(pair.scale()).isCloseTo(1 / 0.07, within(1e-4));
        assertThat(pair.texts().config()).isEqualTo(CONFIG.text());
        // The loss by hand, from the pair's own scores.
        float[] logits = Tensors.toFloats(pair.logits(images, texts).contiguous().view(-1));
        double sum = 0;
        for (int i = 0; i < 3; i++) {
          double row = 0;
          double column = 0;
          for (int j = 0; j < 3; j++) {
            row += Math.exp(logits[3 * i + j]);
            column += Math.exp(logits[3 * j + i]);
          }
          sum += Math.log(row) + Math.log(column) - 2 * logits[4 * i];
        }
        // Weights were rounded to 16 bits.
        assertThat(sum / 6).isCloseTo(loss(space), within(0.02));
      }
    }
  }

  @Test
  void badFilesAreRefused() throws Exception {
    try (JointSpace space = CONFIG.create(3, Device.CPU)) {
      space.save(folder, "eyes:1");
    }
    assertThatThrownBy(() -> DualEncoder.over(new Eyes("eyes:2"), folder, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'encoder' is eyes:1")
        .hasMessageContaining("eyes:2");
    Path file = folder.resolve("config.json");
    String json = Files.readString(file);
    Files.writeString(file, json.replace("\"image_hidden\" : 5", "\"image_hidden\" : 9"));
    assertThatThrownBy(() -> DualEncoder.over(new Eyes("eyes:1"), folder, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("image.fc1.weight");
    Files.writeString(
        file, json.replace("\"num_attention_heads\" : 2", "\"num_attention_heads\" : 3"));
    assertThatThrownBy(() -> DualEncoder.over(new Eyes("eyes:1"), folder, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no multiple of num_attention_heads");
  }

  @Test
  void aLossNeedsPairs() {
    try (Scope scope = Scope.open();
        JointSpace space = CONFIG.create(3, Device.CPU)) {
      assertThatThrownBy(
              () -> space.loss(features(), ids().narrow(0, 0, 2), Dropout.NONE, 0, Gathering.ALONE))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("3 images and 2 texts");
    }
  }
}
