package io.lorgnette.generate;

import io.lorgnette.language.CrossMemory;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.nn.KvCache;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Sequences that an encoder-decoder writes about its prompts. Prompts are the encoder's input,
 * padded on the right to one length; every sequence begins with the start token. Sequences of one
 * prompt share what the decoder sees of it.
 */
final class EncodedSequences implements Sequences {

  private final EncoderDecoder model;
  private CrossMemory memory; // [R / copies] rows
  private int copies = 1; // consecutive sequences of one row of the memory
  private KvCache cache; // [R] rows

  private EncodedSequences(EncoderDecoder model, CrossMemory memory, KvCache cache) {
    this.model = model;
    this.memory = memory;
    this.cache = cache;
  }

  static Started begin(EncoderDecoder model, List<Prompt> prompts, int newTokens) {
    return begin(model, prompts.size(), newTokens, () -> Encoding.of(model, prompts));
  }

  /**
   * Begins with what the decoder sees given.
   *
   * @param count of sequences, one for each row of the memory
   * @param encoded makes the memory in the scope that is then current
   */
  static Started begin(
      EncoderDecoder model, int count, int newTokens, Supplier<CrossMemory> encoded) {
    try (Scope scope = Scope.open()) {
      CrossMemory memory = encoded.get().release();
      // The start token is run, the last new one is chosen but never run.
      KvCache cache = model.newCache(count, newTokens);
      EncodedSequences sequences = new EncodedSequences(model, memory, cache);
      try {
        int[] start = new int[count];
        Arrays.fill(start, model.config().start());
        Tensor ids = Tensors.to(Tensors.ofInts(start), model.device());
        return new Started(sequences, scope.keep(sequences.step(ids)));
      } catch (RuntimeException | Error e) {
        sequences.close();
        throw e;
      }
    }
  }

  @Override
  public int rows() {
    return Math.toIntExact(cache.batch());
  }

  @Override
  public Tensor step(Tensor ids) {
    Tensor input = model.embed(ids.view(rows(), 1));
    return model.logits(model.decode(input, memory, cache).select(1, 0));
  }

  @Override
  public void select(int[] rows) {
    int together = together(rows);
    int[] prompts = new int[rows.length / together];
    for (int i = 0; i < prompts.length; i++) {
      prompts[i] = rows[i * together] / copies;
    }
    try (Scope scope = Scope.open()) {
      KvCache old = cache;
      cache = old.select(Tensors.to(Tensors.ofInts(rows), model.device()), old.capacity());
      old.close();
      if (prompts.length != memory.batch() || !isSame(prompts)) {
        CrossMemory before = memory;
        memory = before.select(Tensors.to(Tensors.ofInts(prompts), model.device()));
        before.close();
      }
      copies = together;
    }
  }

  /** The largest number of consecutive rows such that all groups of so many share a prompt. */
  private int together(int[] rows) {
    for (int count = rows.length; count > 1; count--) {
      if (rows.length % count == 0 && sharePrompts(rows, count)) {
        return count;
      }
    }
    return 1;
  }

  private boolean sharePrompts(int[] rows, int count) {
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] / copies != rows[i - i % count] / copies) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(int[] rows) {
    for (int i = 0; i < rows.length; i++) {
      if (rows[i] != i) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void reorder(int[] parents) {
    // All tokens but the first one, which is the same in every row.
    cache.reorder(Tensors.to(Tensors.ofInts(parents), model.device()), 1);
  }

  @Override
  public void close() {
    memory.close();
    cache.close();
  }
}
