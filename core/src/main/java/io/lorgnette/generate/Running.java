package io.lorgnette.generate;

import io.lorgnette.tensor.Tensors;
import java.util.List;

/**
 * Answers that are being written, see {@link Generator#begin}. Owns native memory; belongs to one
 * thread at a time.
 */
public final class Running implements AutoCloseable {

  private final DecodingBatch batch;
  private final Decoding decoding;

  Running(DecodingBatch batch, Decoding decoding) {
    this.batch = batch;
    this.decoding = decoding;
  }

  /** Lets every answer grow by a token; false if all had ended. */
  public boolean step() {
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      return decoding.step();
    }
  }

  /** The answers to each prompt, best first, once {@link #step} has said false. */
  public List<List<Generation>> results() {
    return decoding.results();
  }

  List<List<Generation>> toTheEnd() {
    boolean open = true;
    while (open) {
      open = step();
    }
    return results();
  }

  @Override
  public void close() {
    batch.close();
  }
}
