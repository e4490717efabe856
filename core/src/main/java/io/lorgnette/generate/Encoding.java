package io.lorgnette.generate;

import io.lorgnette.language.CrossMemory;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Runs an encoder over prompts of unequal lengths. */
final class Encoding {

  private Encoding() {}

  /**
   * What the decoder sees of each prompt, in the current scope.
   *
   * @param prompts with equally many states {@link Prompt#beside}
   */
  static CrossMemory of(EncoderDecoder model, List<Prompt> prompts) {
    Fusion.States encoded = states(model, prompts);
    if (prompts.get(0).lengthBeside() == 0) {
      return model.memory(encoded.states(), encoded.mask());
    }
    Tensor[] beside = new Tensor[prompts.size()];
    for (int i = 0; i < beside.length; i++) {
      beside[i] = Tensors.cat(0, prompts.get(i).embedBeside(model).toArray(Tensor[]::new));
    }
    return model.memory(Tensors.stack(0, beside), encoded.states(), encoded.mask());
  }

  /** The encoder's states of each prompt, {@code [R, S, D]}, in the current scope. */
  static Fusion.States states(EncoderDecoder model, List<Prompt> prompts) {
    int[] lengths = prompts.stream().mapToInt(Prompt::length).toArray();
    int longest = Arrays.stream(lengths).max().orElseThrow();
    boolean padded = false;
    byte[] real = new byte[Math.multiplyExact(lengths.length, longest)];
    Tensor[] rows = new Tensor[lengths.length];
    for (int i = 0; i < rows.length; i++) {
      List<Tensor> parts = prompts.get(i).embed(model);
      int padding = longest - lengths[i];
      parts.add(Tensors.zeros(model.dtype(), model.device(), padding, model.width()));
      rows[i] = Tensors.cat(0, parts.toArray(Tensor[]::new)); // [S, D]
      Arrays.fill(real, i * longest, i * longest + lengths[i], (byte) 1);
      padded |= padding > 0;
    }
    Tensor mask = null;
    if (padded) {
      Tensor bytes = Tensors.ofBytes(real, Dtype.BOOL, rows.length, longest);
      mask = Tensors.to(bytes, model.device());
    }
    return new Fusion.States(model.encode(Tensors.stack(0, rows), mask), mask);
  }
}
