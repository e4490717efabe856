package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/** Opens a file of tensors by what it is: the closed list of forms. */
final class TensorFiles {

  private static final byte[] ZIP = {'P', 'K', 3, 4};
  private static final byte[] GGUF = {'G', 'G', 'U', 'F'};
  private static final int PICKLE = 0x80;
  private static final int TAR_MARK = 257;

  private TensorFiles() {}

  /**
   * Opens a file; its name decides only where its first bytes do not.
   *
   * @param part as in {@link StateDict#of}; for PyTorch files only
   * @throws InputException if it is broken or of no known form
   */
  static TensorFile open(Path file, String part) {
    String name = file.getFileName().toString();
    if (!name.endsWith(".safetensors")) {
      byte[] start = start(file);
      if (Arrays.equals(start, 0, 4, ZIP, 0, 4)) {
        return TorchFile.zip(file, part);
      }
      if ((start[0] & 0xFF) == PICKLE && start[1] >= 2 && start[1] <= 5) {
        return TorchFile.legacy(file, part);
      }
      if (Arrays.equals(start, 0, 4, GGUF, 0, 4)) {
        requireWhole(file, part);
        return GgufFile.open(file);
      }
      if (new String(start, TAR_MARK, 5, StandardCharsets.US_ASCII).equals("ustar")) {
        throw new InputException(
            file
                + " is a tar file, PyTorch's form of before 2017; load it with an old PyTorch and"
                + " save it again");
      }
      if (name.endsWith(".bin")
          || name.endsWith(".pt")
          || name.endsWith(".pth")
          || name.endsWith(".gguf")) {
        throw new InputException(
            file
                + " is not a file that "
                + (name.endsWith(".gguf") ? "a GGUF converter" : "torch.save")
                + " wrote; fetch or write it again");
      }
    }
    requireWhole(file, part);
    return SafetensorsHeader.read(file);
  }

  private static void requireWhole(Path file, String part) {
    if (!part.isEmpty()) {
      throw new InputException(file + " is not a PyTorch file and has no parts; leave out " + part);
    }
  }

  /** The first bytes, zeros where the file is shorter or absent. */
  private static byte[] start(Path file) {
    byte[] start = new byte[TAR_MARK + 5];
    if (Files.isRegularFile(file)) {
      try (InputStream in = Files.newInputStream(file)) {
        in.readNBytes(start, 0, start.length);
      } catch (IOException e) {
        throw new InputException(file + " can not be read: " + e.getMessage(), e);
      }
    }
    return start;
  }
}
