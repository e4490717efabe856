package io.lorgnette.method;

import io.lorgnette.generate.Prompt;
import io.lorgnette.language.TextModel;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Parameters;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * A system of the papers, ready to learn and to speak: features of an image in, a loss or a prompt
 * out. A frozen encoder stays outside, since its features are computed once and cached.
 *
 * <p>Weights change only by training; all methods are safe for use by several threads. Tensors that
 * are returned belong to the current {@link io.lorgnette.tensor.Scope}.
 */
public interface Method extends AutoCloseable {

  /** Which system, with its sizes. */
  MethodConfig config();

  /** Which system. */
  default MethodKind kind() {
    return config().kind();
  }

  /** The models it stands between. */
  Backbones backbones();

  /** The weights that are saved: those that training changes, and those that the method holds. */
  Parameters trained();

  /** The weights that training changes. */
  default Parameters learned() {
    Map<String, Tensor> learned = new LinkedHashMap<>(trained().asMap());
    learned.keySet().removeIf(config()::holds);
    return Parameters.of(learned);
  }

  /** Its words in the language model's tokens. */
  Prompts prompts();

  /** Embeddings that an image takes of the language model's positions. */
  int imageLength();

  /**
   * The mean loss over target tokens.
   *
   * @return a scalar in F32, with gradients to {@link #trained}
   */
  Tensor loss(TrainingBatch batch, Objective objective);

  /** Whether its loss can {@linkplain Objective#recompute run layers again}. */
  default boolean recomputes() {
    return false;
  }

  /**
   * The loss with what it is made of.
   *
   * @param sum as {@link #loss}
   * @param parts by name, scalars without the weights they have in the sum; empty where it is one
   */
  record Losses(Tensor sum, Map<String, Tensor> parts) {}

  /** As {@link #loss}, with its parts. */
  default Losses losses(TrainingBatch batch, Objective objective) {
    return new Losses(loss(batch, objective), Map.of());
  }

  /**
   * What is made of each image, once for all that is said about it: {@code [B, N, Di] -> [B, P,
   * D]}.
   */
  Tensor see(Tensor features);

  /**
   * What stands for images in a prompt.
   *
   * @param embeddings {@code [B, P, D]}
   * @param amongWords whether they stand among the embeddings of words, which they can be compared
   *     with
   */
  record Look(Tensor embeddings, boolean amongWords) {}

  /**
   * What is seen for one purpose, and how: for people who want to know, see {@link #see} for all
   * others.
   *
   * @param features {@code [B, N, Di]}
   * @param question that is asked about the images, or null for a caption
   * @param trace sees how what stands for an image attends to its tokens; nothing where it does
   *     not, or where the method hides the image
   */
  default Look look(Tensor features, String question, AttentionTrace trace) {
    return new Look(see(features), false);
  }

  /**
   * The prompt for a caption, which ends at {@link Prompts#stop}.
   *
   * @param seen {@code [P, D]}, one row of {@link #see}; borrowed
   */
  Prompt caption(Tensor seen);

  /**
   * The prompt for an answer, which ends at {@link Prompts#stop}.
   *
   * @param seen {@code [P, D]}, one row of {@link #see}; borrowed
   * @param shots examples with their answers, the first one first; may be empty
   */
  Prompt answer(Tensor seen, String question, List<Shot> shots);

  /** The language model that reads such prompts, with all that is trained in it. */
  TextModel reader(List<Prompt> prompts);

  /**
   * A question about another image with its answer.
   *
   * @param seen {@code [P, D]}, one row of {@link #see}; borrowed
   */
  record Shot(Tensor seen, String question, String answer) {}

  /** The parts, trained and frozen. */
  default List<Part> parts() {
    return config().describe(backbones().pair()).parts();
  }

  /** Frees what is trained; the backbones belong to their owner. */
  @Override
  default void close() {
    trained().close();
  }
}
