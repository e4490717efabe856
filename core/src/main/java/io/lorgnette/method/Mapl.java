package io.lorgnette.method;

import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.mapper.Mapper;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * MAPL (Mañas et al. 2023): a mapping network turns all tokens of a frozen vision encoder into a
 * short prefix, behind which a frozen language model writes.
 *
 * <pre>
 *   image -> encoder (frozen) -> features [B, N, Di]
 *                                   | mapper (trained)
 *                                 prefix [B, P, D] [prompt] [target] -> LM (frozen) -> loss
 * </pre>
 *
 * <p>Ten steps of training are compared with the reference's. Legend: B texts, I images, N visual
 * tokens, P prefix length, T tokens of all texts of an image, D width of the language model.
 */
public final class Mapl implements Method {

  private final Backbones backbones;
  private final Mapper mapper;

  /**
   * A connector between its backbones; it owns the mapper from then on.
   *
   * @throws IllegalArgumentException if the mapper does not fit between them
   */
  public Mapl(Backbones backbones, Mapper mapper) {
    MethodKind.checkFit(backbones.pair(), mapper.config());
    this.backbones = backbones;
    this.mapper = mapper;
  }

  @Override
  public Tensor loss(TrainingBatch batch, Objective objective) {
    LanguageModel lm = backbones.lm();
    Tensor prefix = mapper.map(batch.features(), objective.dropout()); // [I, P, D]
    PrefixAssembly input = PrefixAssembly.of(lm, prefix, batch.texts()); // [I, P + T, D]
    return NextTokenLoss.meanAt(
        lm, input.hidden(lm), input.from(), input.targets(), objective.labelSmoothing());
  }

  @Override
  public Tensor see(Tensor features) {
    return mapper.map(features);
  }

  @Override
  public Prompt caption(Tensor seen) {
    return Prompt.of(seen);
  }

  @Override
  public Prompt answer(Tensor seen, String question, List<Shot> shots) {
    Prompts words = backbones.prompts();
    if (shots.isEmpty()) {
      return Prompt.of(seen).then(words.question(question));
    }
    Prompt prompt = Prompt.of(words.instruction());
    for (Shot shot : shots) {
      prompt = prompt.then(shot.seen()).then(words.shot(shot.question(), shot.answer()));
    }
    return prompt.then(seen).then(words.questionAfterShots(question));
  }

  @Override
  public MethodKind kind() {
    return MethodKind.MAPL;
  }

  @Override
  public Backbones backbones() {
    return backbones;
  }

  @Override
  public Mapper mapper() {
    return mapper;
  }
}
