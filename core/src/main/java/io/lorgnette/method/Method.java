package io.lorgnette.method;

import io.lorgnette.generate.Prompt;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.nn.Parameters;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A system of the papers, ready to learn and to speak: features of an image in, a loss or a prompt
 * out. The encoder stays outside, since features of a frozen one are computed once and cached.
 *
 * <p>Weights change only by training; all methods are safe for use by several threads. Tensors that
 * are returned belong to the current {@link io.lorgnette.tensor.Scope}.
 */
public sealed interface Method extends AutoCloseable permits Mapl, MaplBlind {

  /** Which system. */
  MethodKind kind();

  /** The frozen models it stands between. */
  Backbones backbones();

  /** The part that is trained and saved. */
  Mapper mapper();

  /**
   * The mean loss over target tokens.
   *
   * @return a scalar in F32, with gradients to {@link #trained}
   */
  Tensor loss(TrainingBatch batch, Objective objective);

  /** What the language model sees of each image: {@code features [B, N, Di] -> [B, P, D]}. */
  Tensor see(Tensor features);

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

  /**
   * A question about another image with its answer.
   *
   * @param seen {@code [P, D]}, one row of {@link #see}; borrowed
   */
  record Shot(Tensor seen, String question, String answer) {}

  /** The weights that training changes. */
  default Parameters trained() {
    return mapper().parameters();
  }

  /** The parts, trained and frozen. */
  default List<Part> parts() {
    return kind().describe(backbones().pair(), mapper().config()).parts();
  }

  /** Frees what is trained; the backbones belong to their owner. */
  @Override
  default void close() {
    mapper().close();
  }
}
