package io.lorgnette.vision;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A folder with all of a joint space: what {@link JointSpace#save} wrote, the frozen encoder under
 * {@code encoder}, and the tokenizer of its texts. It serves as an encoder, as CLIP's folder does.
 */
public final class JointFolder {

  private static final String ENCODER = "encoder";
  private static final List<String> TOKENIZER =
      List.of("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "vocab.txt");

  private JointFolder() {}

  /** Whether a folder is one. */
  public static boolean is(Path folder) {
    return Files.isDirectory(folder.resolve(ENCODER))
        && Files.isRegularFile(folder.resolve("config.json"))
        && JointConfig.isAt(folder);
  }

  /**
   * Puts an encoder and a tokenizer beside a space.
   *
   * @param folder that {@link JointSpace#save} wrote
   * @param encoder folder of the encoder
   * @param tokenizer a {@code tokenizer.json}, or a folder with the files of a tokenizer
   * @throws UncheckedIOException if the disk fails
   */
  public static void complete(Path folder, Path encoder, Path tokenizer) {
    try {
      Path inside = Files.createDirectories(folder.resolve(ENCODER));
      try (Stream<Path> files = Files.list(encoder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          copy(file, inside.resolve(file.getFileName()));
        }
      }
      if (Files.isRegularFile(tokenizer)) {
        copy(tokenizer, folder.resolve(TOKENIZER.get(0)));
        return;
      }
      for (String name : TOKENIZER) {
        if (Files.isRegularFile(tokenizer.resolve(name))) {
          copy(tokenizer.resolve(name), folder.resolve(name));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("can not complete " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The folder of the encoder alone. */
  static Path encoder(Path folder) {
    return folder.resolve(ENCODER);
  }

  /** Both sides. */
  static DualEncoder load(Path folder, Dtype dtype, Device device) {
    return DualEncoder.over(
        VisionEncoders.load(encoder(folder), dtype, device), folder, dtype, device);
  }

  /** The image's side, with one token: the image in the space. */
  static VisionEncoder images(Path folder, Dtype dtype, Device device) {
    String space;
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      space = "sha256:" + checkpoint.sha256();
    }
    DualEncoder pair = load(folder, dtype, device);
    pair.texts().close();
    return new JointToken(pair.images(), space);
  }

  /** The text's side alone. */
  static TextTower texts(Path folder, Dtype dtype, Device device) {
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      JointSpace space = JointSpace.load(JointConfig.read(folder), checkpoint, dtype, device);
      space.parameters().at("image").close();
      space.parameters().get("logit_scale").close();
      return space.texts();
    }
  }

  /** The encoder's sizes with the image's head. */
  static EncoderShape shape(Path folder) {
    JointConfig config = JointConfig.read(folder);
    EncoderShape alone = VisionEncoders.shape(encoder(folder));
    return new EncoderShape(
        alone.description() + " in a joint space",
        alone.imageSize(),
        alone.tokens(),
        alone.width(),
        config.text().projection(),
        alone.parameters() + config.imageParameters());
  }
}
