package io.lorgnette.cli;

import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.ClipTraining;
import io.lorgnette.train.RunFolder;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A joint space of images and texts that a user names: {@code pocket} for the embedded one, a run
 * of {@code method: clip}, or CLIP or SigLIP, as a folder or pulled.
 *
 * @param name as the user gave it
 * @param pair the two towers
 * @param tokenizer of its texts
 */
record JointModel(String name, DualEncoder pair, Tokenizer tokenizer) implements AutoCloseable {

  /**
   * Loads what a user names.
   *
   * @param base folder to which a path is relative
   * @throws io.lorgnette.error.InputException if there is no such model, or it is of another kind
   */
  static JointModel open(String name, Path base, Dtype dtype, Device device) {
    if (name.equals(ModelOptions.POCKET)) {
      return over(name, Pocket.vision(), Pocket.tokenizer(), Pocket.clip(), dtype, device);
    }
    Path trained = base.resolve(name).resolve(ClipTraining.CLIP);
    if (Files.isDirectory(trained)) {
      RunFolder run = RunFolder.open(base.resolve(name));
      return over(
          name, PairRuns.vision(run), PairRuns.tokenizerFile(run), trained, dtype, device);
    }
    Path folder = ModelOptions.jointSpace(name, base);
    DualEncoder pair = DualEncoder.load(folder, dtype, device);
    try {
      return new JointModel(name, pair, Tokenizer.load(folder));
    } catch (RuntimeException e) {
      pair.close();
      throw e;
    }
  }

  private static JointModel over(
      String name, Path vision, Path tokenizerFile, Path space, Dtype dtype, Device device) {
    Tokenizer tokenizer = Tokenizer.load(tokenizerFile);
    try {
      VisionEncoder encoder = VisionEncoders.load(vision, dtype, device);
      return new JointModel(
          name, DualEncoder.over(encoder, tokenizer.sha256(), space, dtype, device), tokenizer);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  @Override
  public void close() {
    pair.close();
    tokenizer.close();
  }
}
