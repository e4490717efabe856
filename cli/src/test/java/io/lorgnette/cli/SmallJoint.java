package io.lorgnette.cli;

import io.lorgnette.image.ImageReader;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.JointConfig;
import io.lorgnette.vision.JointFolder;
import io.lorgnette.vision.JointSpace;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Path;
import java.util.List;

/** A small joint space on the embedded encoder, its weights drawn, and its slow use. */
final class SmallJoint implements AutoCloseable {

  private final DualEncoder pair;
  private final Tokenizer tokenizer = Tokenizer.load(Pocket.tokenizer());

  SmallJoint(Path folder) {
    VisionEncoder encoder = VisionEncoders.load(Pocket.vision(), Dtype.F32, Device.CPU);
    JointConfig config = JointConfig.of(encoder.width(), 16, 8192, 24, 32, 1, 2, 12, 1);
    try (JointSpace space = config.create(5, Device.CPU)) {
      space.save(folder, encoder.identity());
      JointFolder.complete(folder, Pocket.vision(), Pocket.tokenizer());
    }
    pair = DualEncoder.over(encoder, folder, Dtype.F32, Device.CPU);
  }

  /** One picture at a time, {@code [J]}. */
  float[] image(Path file) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      var processor = pair.images().processor();
      float[] pixels = processor.process(ImageReader.read(file));
      return Tensors.toFloats(
          pair.imageEmbeds(Tensors.ofFloats(pixels, 1, 3, processor.size(), processor.size())));
    }
  }

  /** One text at a time as it is, {@code [J]}. */
  float[] text(String text) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Tensors.toFloats(pair.textEmbeds(pair.texts().ids(tokenizer, List.of(text)), null));
    }
  }

  /** The cosine of two vectors of length 1. */
  static double cosine(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  @Override
  public void close() {
    pair.close();
    tokenizer.close();
  }
}
