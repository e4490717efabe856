package io.lorgnette.generate;

import io.lorgnette.language.CrossMemory;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.nn.KvCache;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;

/**
 * Sequences that an encoder-decoder writes about its prompts. Prompts are the encoder's input,
 * padded on the right to one length; every sequence begins with the start token and what the prompt
 * has it say, equally much for all. Sequences of one prompt share what the decoder sees of it.
 */
final class EncodedSequences implements Sequences {

  private final EncoderDecoder model;
  private CrossMemory memory; // [R / copies] rows
  private int copies = 1; // consecutive sequences of one row of the memory
  private KvCache cache; // [R] rows
  private final int
      common; // tokens at the beginning that are the same in all sequences of a prompt

  private EncodedSequences(EncoderDecoder model, CrossMemory memory, KvCache cache, int common) {
    this.model = model;
    this.memory = memory;
    this.cache = cache;
    this.common = common;
  }

  static Started begin(EncoderDecoder model, List<Prompt> prompts, int newTokens) {
    int[][] said = prompts.stream().map(Prompt::said).toArray(int[][]::new);
    return begin(model, said, newTokens, () -> Encoding.of(model, prompts));
  }

  /**
   * Begins with what the decoder sees given.
   *
   * @param said what each sequence has said already, equally many tokens; one for each row of the
   *     memory
   * @param encoded makes the memory in the scope that is then current
   */
  static Started begin(
      EncoderDecoder model, int[][] said, int newTokens, Supplier<CrossMemory> encoded) {
    try (Scope scope = Scope.open()) {
      CrossMemory memory = encoded.get().release();
      int common = 1 + said[0].length;
      // What is said is run, the last new token is chosen but never run.
      KvCache cache = model.newCache(said.length, common + newTokens - 1L);
      EncodedSequences sequences = new EncodedSequences(model, memory, cache, common);
      try {
        long[] start = new long[said.length * common];
        for (int i = 0; i < said.length; i++) {
          start[i * common] = model.config().start();
          for (int j = 1; j < common; j++) {
            start[i * common + j] = said[i][j - 1];
          }
        }
        Tensor ids = Tensors.ofLongs(start, said.length, common);
        Tensor scores = sequences.write(Tensors.to(ids, model.device()));
        return new Started(sequences, scope.keep(scores));
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
    return write(ids.view(rows(), 1));
  }

  /** Runs tokens {@code [R, n]}; the scores behind the last of them. */
  private Tensor write(Tensor ids) {
    Tensor hidden = model.decode(model.embed(ids), memory, cache);
    return model.logits(hidden.select(1, ids.size(1) - 1));
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
    // Sequences change places with those of their prompt only.
    cache.reorder(Tensors.to(Tensors.ofInts(parents), model.device()), common);
  }

  @Override
  public void close() {
    memory.close();
    cache.close();
  }
}
