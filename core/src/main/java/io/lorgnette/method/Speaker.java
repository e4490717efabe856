package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.OpenBatch;
import io.lorgnette.generate.Prompt;
import io.lorgnette.generate.TokenListener;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * A trained method at work: features of images in, captions and answers out, a batch at a time.
 *
 * <p>Immutable; safe for use by several threads. Native memory is freed when a call ends.
 */
public final class Speaker {

  /** Beam search of MAPL's README: 5 beams, at most 50 new tokens. */
  public static final GenerationConfig MAPL = GenerationConfig.beams(5, 50);

  /**
   * A question about an image.
   *
   * @param image row of the features
   * @param shots rows of the shots' features with their questions and answers, the first one first
   */
  public record Asked(int image, String question, List<ShownShot> shots) {

    public Asked {
      shots = List.copyOf(shots);
    }
  }

  /**
   * An example with its answer.
   *
   * @param image row of the shots' features
   */
  public record ShownShot(int image, String question, String answer) {}

  private final Method method;

  /** Lends the method a voice; the method stays the caller's to close. */
  public Speaker(Method method) {
    this.method = method;
  }

  public Method method() {
    return method;
  }

  /**
   * One caption for each image.
   *
   * @param features {@code [B, N, Di]}, borrowed
   * @param config its end tokens are replaced by the stop token
   */
  public List<Utterance> captions(Tensor features, GenerationConfig config) {
    return captionChoices(features, config).stream().map(choices -> choices.get(0)).toList();
  }

  /**
   * Several captions for each image, {@link GenerationConfig#numReturn} of them, those of a beam
   * search best first.
   *
   * @param features {@code [B, N, Di]}, borrowed
   * @param config its end tokens are replaced by the stop token
   */
  public List<List<Utterance>> captionChoices(Tensor features, GenerationConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return seenChoices(method.see(features), config);
    }
  }

  /**
   * As {@link #captionChoices} of what was seen before.
   *
   * @param seen {@code [B, P, D]} of {@link Method#see}, borrowed
   * @param config its end tokens are replaced by the stop token
   */
  public List<List<Utterance>> seenChoices(Tensor seen, GenerationConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      List<Prompt> prompts = captionPrompts(seen);
      return generator(prompts).generateAll(prompts, stopping(config)).stream()
          .map(choices -> choices.stream().map(Utterance::caption).toList())
          .toList();
    }
  }

  /**
   * Captions of each image drawn at random, as their tokens: {@link GenerationConfig#numReturn} of
   * them for each image.
   *
   * @param features {@code [B, N, Di]}, borrowed
   * @param config samples; its end tokens are replaced by the stop token
   * @param seeds of each image
   */
  public List<List<Generation>> drawnCaptions(
      Tensor features, GenerationConfig config, long[] seeds) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      List<Prompt> prompts = captionPrompts(method.see(features));
      return generator(prompts).sampleAll(prompts, stopping(config), seeds);
    }
  }

  /**
   * One answer to each question; several questions may be about one image, and an image that is a
   * shot of many questions is mapped once.
   *
   * @param features {@code [B, N, Di]}, borrowed
   * @param shotFeatures {@code [S, N, Di]}, borrowed, or null without shots
   * @param config its end tokens are replaced by the stop token
   */
  public List<Utterance> answers(
      Tensor features, List<Asked> questions, Tensor shotFeatures, GenerationConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor seen = method.see(features);
      Tensor shown = shotFeatures == null ? null : method.see(shotFeatures);
      List<Prompt> prompts = new ArrayList<>();
      for (Asked asked : questions) {
        List<Method.Shot> shots = new ArrayList<>();
        for (ShownShot shot : asked.shots()) {
          shots.add(new Method.Shot(shown.select(0, shot.image()), shot.question(), shot.answer()));
        }
        prompts.add(method.answer(seen.select(0, asked.image()), asked.question(), shots));
      }
      return sentences(prompts, questions, stopping(config));
    }
  }

  /** An answer has a sentence for each question mark: "What ...? Why ...?" asks for two. */
  private List<Utterance> sentences(
      List<Prompt> prompts, List<Asked> questions, GenerationConfig config) {
    List<Prompt> open = new ArrayList<>(prompts);
    List<Utterance> answers = new ArrayList<>(Collections.nCopies(prompts.size(), null));
    int most = questions.stream().mapToInt(Speaker::marks).max().orElse(0);
    for (int round = 0; round < most; round++) {
      List<Integer> rows = new ArrayList<>();
      List<Prompt> asked = new ArrayList<>();
      for (int i = 0; i < open.size(); i++) {
        if (marks(questions.get(i)) > round) {
          rows.add(i);
          asked.add(open.get(i));
        }
      }
      List<Generation> generations = generate(asked, config);
      for (int k = 0; k < rows.size(); k++) {
        Generation generation = generations.get(k);
        int row = rows.get(k);
        open.set(row, open.get(row).continued(generation.ids()));
        answers.set(row, Utterance.then(answers.get(row), generation));
      }
    }
    return answers.stream().map(Utterance::withoutStop).toList();
  }

  private static int marks(Asked asked) {
    return sentences(asked.question());
  }

  /** How many sentences answer a question. */
  static int sentences(String question) {
    return (int) Math.max(1, question.chars().filter(c -> c == '?').count());
  }

  private List<Prompt> captionPrompts(Tensor seen) {
    List<Prompt> prompts = new ArrayList<>();
    for (long i = 0; i < seen.size(0); i++) {
      prompts.add(method.caption(seen.select(0, i)));
    }
    return prompts;
  }

  private Generator generator(List<Prompt> prompts) {
    return new Generator(method.reader(prompts), method.backbones().tokenizer());
  }

  private List<Generation> generate(List<Prompt> prompts, GenerationConfig config) {
    return generator(prompts).generate(prompts, config);
  }

  /**
   * What is said next in a conversation.
   *
   * @param config of the whole answer, cut to the model's positions; one answer is made, and its
   *     end tokens are replaced by the stop token
   * @param hearer is told the text as it becomes certain, on this thread; what it throws ends the
   *     answer and is passed on. A beam search tells all at its end.
   * @throws InputException if there is nothing to answer, or the conversation leaves no room in the
   *     model's positions
   */
  public Reply reply(List<Dialogue.Turn> turns, GenerationConfig config, Consumer<String> hearer) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Dialogue dialogue = Dialogue.of(method, turns);
      int room = dialogue.room(method);
      if (room < 1) {
        throw new InputException(
            "the conversation takes "
                + dialogue.prompt().length()
                + " tokens of the model's "
                + method.backbones().lm().positions()
                + "; shorten it");
      }
      int images = turns.stream().mapToInt(turn -> turn.seen().size()).sum();
      GenerationConfig one = stopping(config).withNumReturn(1);
      return new Replying(dialogue, one, hearer)
          .reply(Math.min(config.maxNewTokens(), room), images * method.imageLength());
    }
  }

  /** An answer that grows, sentence by sentence. */
  private final class Replying {

    private final Dialogue dialogue;
    private final GenerationConfig config;
    private final Consumer<String> hearer;
    private final AnswerText text;
    private final StringBuilder said = new StringBuilder();
    private double logProbability;
    private int tokens;

    Replying(Dialogue dialogue, GenerationConfig config, Consumer<String> hearer) {
      this.dialogue = dialogue;
      this.config = config;
      this.hearer = hearer;
      this.text =
          new AnswerText(
              method.backbones().tokenizer(),
              config.stop(),
              method.prompts().stop(),
              dialogue.caption());
    }

    Reply reply(int most, int imageTokens) {
      Prompt prompt = dialogue.prompt();
      Finish finish = Finish.EOS;
      for (int i = 0; i < dialogue.sentences() && finish == Finish.EOS; i++) {
        finish = Finish.LENGTH;
        if (tokens < most) {
          Generation next = sentence(prompt, most - tokens);
          prompt = prompt.then(next.ids());
          tokens += next.ids().length;
          logProbability += next.logProbability();
          finish = next.finish();
        }
      }
      tell(text.end(finish));
      return new Reply(
          said.toString(),
          dialogue.prompt().length(),
          imageTokens,
          tokens,
          logProbability / tokens,
          finish);
    }

    private Generation sentence(Prompt prompt, int most) {
      GenerationConfig limited = config.withLength(Math.min(config.minNewTokens(), most), most);
      TokenListener listener =
          (row, id) -> tell(text.add(new OpenBatch.Token(id, Float.NaN, List.of())));
      return new Generator(method.reader(List.of(prompt)), method.backbones().tokenizer())
          .generateAll(List.of(prompt), limited, listener)
          .get(0)
          .get(0);
    }

    private void tell(AnswerText.Piece piece) {
      if (!piece.text().isEmpty()) {
        said.append(piece.text());
        hearer.accept(piece.text());
      }
    }
  }

  private GenerationConfig stopping(GenerationConfig config) {
    return config.withEos(method.prompts().stop());
  }
}
