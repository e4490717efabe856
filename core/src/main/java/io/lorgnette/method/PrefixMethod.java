package io.lorgnette.method;

import io.lorgnette.generate.Prompt;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.Tensor;

/**
 * A system whose images become embeddings among those of the words.
 *
 * <pre>
 *   features [B, N, Di] -> prefix [B, P, D] [prompt] [target] -> language model -> loss
 * </pre>
 *
 * <p>An encoder-decoder reads prefix and prompt, and its decoder writes the target. Legend: B
 * texts, I images, N visual tokens, P prefix length, T tokens of all texts of an image, D width of
 * the language model.
 */
public abstract class PrefixMethod extends BoundMethod<MethodConfig> {

  private static final int[] NOTHING = {};

  private final Mapper mapper;
  private final LanguageTuning tuning;

  /** A system with a frozen language model; see the other constructor. */
  protected PrefixMethod(
      MethodConfig config, Backbones backbones, Parameters trained, Mapper mapper) {
    this(config, backbones, trained, mapper, LanguageTuning.NONE);
  }

  /**
   * A system between its backbones that owns what is trained.
   *
   * @param mapper of trained weights
   * @param tuning what of the language model is trained
   */
  protected PrefixMethod(
      MethodConfig config,
      Backbones backbones,
      Parameters trained,
      Mapper mapper,
      LanguageTuning tuning) {
    super(config, backbones, trained);
    this.mapper = mapper;
    this.tuning = tuning;
  }

  /** What the mapper is given of each image: the features, unless a system says otherwise. */
  protected Tensor view(Tensor features) {
    return features;
  }

  /** As {@link #view(Tensor)}, and shows how what it gives attends to the features, if it does. */
  protected Tensor view(Tensor features, AttentionTrace trace) {
    return view(features);
  }

  /** Whether {@link #view(Tensor)} hides the image. */
  protected boolean blind() {
    return false;
  }

  /** Words that stand before every image, as the system writes them; often none. */
  protected int[] beforeImage() {
    return NOTHING;
  }

  /** The prefix of each image, words before it included: {@code [I, N, Di] -> [I, P, D]}. */
  private Tensor prefix(Tensor features, Dropout dropout) {
    return behindWords(mapper.map(view(features), dropout));
  }

  private Tensor behindWords(Tensor seen) {
    int[] words = beforeImage();
    if (words.length == 0) {
      return seen;
    }
    Tensor ids = Tensors.to(Tensors.ofInts(words), backbones.lm().device()).unsqueeze(0);
    Tensor said = Tensors.to(backbones.lm().embed(ids), Tensors.dtype(seen)); // [1, T, D]
    return Tensors.cat(1, said.expand(seen.size(0), words.length, said.size(2)), seen);
  }

  @Override
  public final Tensor loss(TrainingBatch batch, Objective objective) {
    Tensor prefix = prefix(batch.features(), objective.dropout());
    return loss(config, tuning.apply(backbones, trained), prefix, batch.texts(), objective);
  }

  /**
   * The mean loss over the target tokens of texts behind their prefixes.
   *
   * @param prefix {@code [I, P, D]}
   */
  static Tensor loss(
      MethodConfig config,
      TextModel reader,
      Tensor prefix,
      List<TrainingBatch.Text> texts,
      Objective objective) {
    if (reader instanceof EncoderDecoder model) {
      return SourceAssembly.of(model, prefix, texts).loss(objective.labelSmoothing());
    }
    LanguageModel lm = (LanguageModel) reader;
    PrefixAssembly input = PrefixAssembly.of(lm, prefix, texts); // [I, P + T, D]
    long[] labels = labels(config, input);
    double smoothing = objective.labelSmoothing();
    double temperature = objective.temperature();
    UnaryOperator<Tensor> loss =
        hidden ->
            input.weighted() || temperature != 1
                ? NextTokenLoss.meanAt(
                    lm, hidden, input.from(), labels, input.weights(), smoothing, temperature)
                : NextTokenLoss.meanAt(lm, hidden, input.from(), labels, smoothing);
    return objective.recompute() && GradMode.is_enabled()
        ? lm.lossRecomputing(input.embeddings(), input.allowed(), input.positions(), loss)
        : loss.apply(input.hidden(lm));
  }

  @Override
  public final boolean recomputes() {
    return tuning == LanguageTuning.NONE && backbones.lm() instanceof LanguageModel;
  }

  /** The targets, without those that are only read. */
  private static long[] labels(MethodConfig config, PrefixAssembly input) {
    return Arrays.stream(input.targets())
        .map(token -> config.learns((int) token) ? token : NextTokenLoss.IGNORE)
        .toArray();
  }

  @Override
  public final Tensor see(Tensor features) {
    return prefix(features, Dropout.NONE);
  }

  @Override
  public final Look look(Tensor features, String question, AttentionTrace trace) {
    AttentionTrace shown = blind() ? AttentionTrace.NONE : trace;
    return new Look(behindWords(mapper.map(view(features, shown), shown)), true);
  }

  @Override
  public final TextModel reader(List<Prompt> asked) {
    return tuning.apply(backbones, trained);
  }

  @Override
  public final int imageLength() {
    return beforeImage().length + mapper.prefixLength();
  }

  @Override
  public Prompt caption(Tensor seen) {
    return Prompt.of(seen).then(prompts.beforeCaption());
  }

  @Override
  public Prompt answer(Tensor seen, String question, List<Shot> shots) {
    if (shots.isEmpty()) {
      return Prompt.of(seen).then(prompts.question(question));
    }
    Prompt prompt = Prompt.of(prompts.instruction());
    for (Shot shot : shots) {
      prompt = prompt.then(shot.seen()).then(prompts.shot(shot.question(), shot.answer()));
    }
    return prompt.then(seen).then(prompts.questionAfterShots(question));
  }
}
