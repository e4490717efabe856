package io.lorgnette.train;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A model in pre-training, and what it learns from windows of text. */
interface Pretrained extends AutoCloseable {

  /** The leaves that are trained, in F32, by own name. */
  Map<String, Tensor> trained();

  /** Whether windows shall begin with a document where they can. */
  boolean fromDocuments();

  /** Tokens predicted in a window of this length. */
  long predictions(int length);

  /**
   * The cross-entropy of what is predicted, in nats.
   *
   * @param leaves {@link #trained} or others over the same memory
   * @param ids {@code R * T} of R windows, row by row
   * @param draws R seeds, for what is left to chance in each row
   * @param sum whether the sum over all predictions, not the mean, is wanted
   * @return a scalar in F32
   */
  Tensor loss(Map<String, Tensor> leaves, long[] ids, long[] draws, boolean sum);

  /** Parameters in all. */
  long parameterCount();

  /** {@code config.json} of the model. */
  ObjectNode config();

  /** All tensors by the names that Hugging Face libraries give them; belongs to the scope. */
  Map<String, Tensor> stored();

  /** {@code tokenizer.json} of the model. */
  byte[] tokenizer();

  @Override
  void close();
}
