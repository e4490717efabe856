package io.lorgnette.generate;

import io.lorgnette.language.CrossMemory;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * Fusion in the decoder (Izacard and Grave 2021): an encoder reads several inputs, each by itself,
 * and the decoder sees the states of all of them behind each other.
 *
 * <p>Legend: Q questions, S tokens of the longest input, L tokens of all inputs of a question, D
 * width.
 */
public final class Fusion {

  private Fusion() {}

  /**
   * Encoder states of each question, padded on the right to one length.
   *
   * @param states {@code [Q, L, D]}
   * @param mask {@code [Q, L]}, BOOL, true at tokens; null where nothing is padding
   */
  public record States(Tensor states, Tensor mask) {}

  /**
   * Reads the inputs of questions. Gradients flow through; tensors belong to the current scope.
   *
   * @param inputs for each question at least one
   */
  public static States encode(EncoderDecoder model, List<List<Prompt>> inputs) {
    List<Prompt> all = inputs.stream().flatMap(List::stream).toList();
    Tensor encoded = Encoding.states(model, all).states(); // [inputs, S, D]
    int[] lengths =
        inputs.stream().mapToInt(own -> own.stream().mapToInt(Prompt::length).sum()).toArray();
    int longest = Arrays.stream(lengths).max().orElseThrow();
    byte[] real = new byte[Math.multiplyExact(lengths.length, longest)];
    Tensor[] rows = new Tensor[lengths.length];
    int at = 0;
    for (int q = 0; q < rows.length; q++) {
      List<Tensor> parts = new ArrayList<>();
      for (Prompt input : inputs.get(q)) {
        parts.add(encoded.select(0, at++).narrow(0, 0, input.length())); // [tokens, D]
      }
      parts.add(Tensors.zeros(model.dtype(), model.device(), longest - lengths[q], model.width()));
      rows[q] = Tensors.cat(0, parts.toArray(Tensor[]::new)); // [L, D]
      Arrays.fill(real, q * longest, q * longest + lengths[q], (byte) 1);
    }
    boolean padded = Arrays.stream(lengths).anyMatch(length -> length < longest);
    Tensor mask =
        padded
            ? Tensors.to(Tensors.ofBytes(real, Dtype.BOOL, rows.length, longest), model.device())
            : null;
    return new States(Tensors.stack(0, rows), mask);
  }

  /** What the decoder sees of the inputs of each question. */
  public static CrossMemory memory(EncoderDecoder model, List<List<Prompt>> inputs) {
    States fused = encode(model, inputs);
    return model.memory(fused.states(), fused.mask());
  }
}
