package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.QFormerConfig.TextSide;
import io.lorgnette.mapper.QFormerMapper;
import io.lorgnette.mapper.QFormerMapperConfig;
import io.lorgnette.mapper.TextBatch;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.PaddedIds;
import io.lorgnette.weights.Checkpoint;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/**
 * InstructBLIP (Dai et al. 2023): BLIP-2 whose Q-Former also reads what is asked, so that its
 * queries look for it.
 *
 * <pre>
 *   features [B, N, Di], prompt [B, T] -> Q-Former (trained) -> queries [B, Q, d] -> linear (trained)
 *     -> prefix [B, Q, D] prompt [target] -> LM (frozen) -> loss
 * </pre>
 *
 * <p>An image is thus seen anew for every text. Our reading: the Q-Former's words are the language
 * model's tokens; the released models have BERT's, and are read by {@link
 * io.lorgnette.published.Blip2Model}.
 */
public final class InstructBlip extends BoundMethod<InstructBlip.Config> {

  /**
   * The recipe.
   *
   * @param qformer sizes of the Q-Former
   * @param text tokens that it knows, as many as the language model's at least, and that it reads
   *     of a prompt
   * @param request what a caption answers
   */
  public record Config(QFormerSizes qformer, TextSide text, String request)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.section("qformer", QFormerSizes::read),
          recipe.section(
              "text",
              text ->
                  new TextSide(
                      text.integer("vocabulary", TextSide.BERT.vocabulary()).atLeast(1),
                      text.integer("positions", TextSide.BERT.positions()).atLeast(1))),
          recipe.text("request", "A short image description:"));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.INSTRUCT_BLIP;
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return new Wording("", "", "Question: ", " Short answer:", request, Wording.END_OF_TEXT)
          .in(language);
    }

    private QFormerMapperConfig mapper(Pair pair) {
      return new QFormerMapperConfig(
          qformer.between(pair.encoder().width(), text), pair.language().width(), true);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(TrainedPart.mapper("", mapper(pair)));
    }

    /**
     * From a first stage of BLIP-2, Lorgnette's or LAVIS': its queries, its image side and the norm
     * of the features. What reads is drawn, since its words are others.
     */
    @Override
    public Optional<Method> startFrom(Checkpoint file, Backbones backbones, long seed) {
      return Blip2.behindFirstStage(mapper(backbones.pair()), file, backbones, seed)
          .map(weights -> of(backbones, weights));
    }

    @Override
    public InstructBlip of(Backbones backbones, Parameters trained) {
      int known = backbones.tokenizer().vocabularySize();
      if (known > text.vocabulary()) {
        throw new InputException(
            "text.vocabulary is "
                + text.vocabulary()
                + " but "
                + backbones.tokenizer()
                + " has "
                + known
                + " tokens, which the Q-Former reads; set it to that");
      }
      return new InstructBlip(this, backbones, trained);
    }
  }

  private final QFormerMapper mapper;

  private InstructBlip(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained);
    this.mapper = config.mapper(backbones.pair()).of(trained);
  }

  /** A prefix for each text, of its image: {@code [T, N, Di] -> [T, P, D]}. */
  private Tensor prefix(Tensor features, List<int[]> read, Dropout dropout) {
    TextBatch batch = batch(read);
    return batch == null
        ? mapper.map(features, dropout)
        : mapper.map(features, batch.ids(), batch.mask(), dropout);
  }

  /** The texts for the Q-Former, or null where they have no words. */
  private TextBatch batch(List<int[]> read) {
    int most = read.stream().mapToInt(ids -> ids.length).max().orElse(0);
    if (most == 0) {
      return null;
    }
    int length = Math.min(most, config.text().positions());
    List<PaddedIds> texts = read.stream().map(ids -> padded(ids, length)).toList();
    return TextBatch.of(texts, backbones.lm().device());
  }

  private static PaddedIds padded(int[] ids, int length) {
    int[] mask = new int[length];
    Arrays.fill(mask, 0, Math.min(ids.length, length), 1);
    return new PaddedIds(Arrays.copyOf(ids, length), mask);
  }

  @Override
  public boolean recomputes() {
    return backbones.lm() instanceof LanguageModel;
  }

  @Override
  public Tensor loss(TrainingBatch batch, Objective objective) {
    List<TrainingBatch.Text> own = new ArrayList<>();
    for (TrainingBatch.Text text : batch.texts()) {
      own.add(text.of(own.size()));
    }
    long[] images = batch.texts().stream().mapToLong(TrainingBatch.Text::image).toArray();
    Tensor rows =
        Tensors.to(Tensors.ofLongs(images, images.length), Tensors.device(batch.features()));
    Tensor prefix =
        prefix(
            batch.features().index_select(0, rows),
            own.stream().map(TrainingBatch.Text::prompt).toList(),
            objective.dropout());
    return PrefixMethod.loss(config, backbones.lm(), prefix, own, objective);
  }

  /** The features themselves: what is seen of them depends on what is asked. */
  @Override
  public Tensor see(Tensor features) {
    return features;
  }

  /** What an image is for somebody who reads these words: {@code [N, Di] -> [P, D]}. */
  Tensor look(Tensor seen, int[] read) {
    return prefix(seen.unsqueeze(0), List.of(read), Dropout.NONE).squeeze(0);
  }

  @Override
  public Look look(Tensor features, String question, AttentionTrace trace) {
    int[] read = question == null ? prompts.beforeCaption() : prompts.question(question);
    TextBatch batch = batch(Collections.nCopies((int) features.size(0), read));
    return new Look(
        batch == null
            ? mapper.map(features, trace)
            : mapper.map(features, batch.ids(), batch.mask(), trace),
        true);
  }

  @Override
  public Prompt caption(Tensor seen) {
    int[] words = prompts.beforeCaption();
    return Prompt.of(look(seen, words)).then(words);
  }

  /** Each image, those of the shots too, is seen with its own question. */
  @Override
  public Prompt answer(Tensor seen, String question, List<Shot> shots) {
    Prompt prompt = null;
    for (Shot shot : shots) {
      Tensor shown = look(shot.seen(), prompts.question(shot.question()));
      prompt = prompt == null ? Prompt.of(shown) : prompt.then(shown);
      prompt = prompt.then(prompts.shot(shot.question(), shot.answer()));
    }
    int[] words = prompts.question(question);
    Tensor shown = look(seen, words);
    return (prompt == null ? Prompt.of(shown) : prompt.then(shown)).then(words);
  }

  @Override
  public TextModel reader(List<Prompt> asked) {
    return backbones.lm();
  }

  @Override
  public int imageLength() {
    return mapper.config().prefixLength();
  }
}
