package io.lorgnette.method;

import io.lorgnette.generate.Generation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
      List<Prompt> prompts = new ArrayList<>();
      for (long i = 0; i < seen.size(0); i++) {
        prompts.add(method.caption(seen.select(0, i)));
      }
      return new Generator(method.reader(prompts), method.backbones().tokenizer())
          .generateAll(prompts, stopping(config)).stream()
              .map(choices -> choices.stream().map(Utterance::caption).toList())
              .toList();
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

  private List<Generation> generate(List<Prompt> prompts, GenerationConfig config) {
    return new Generator(method.reader(prompts), method.backbones().tokenizer())
        .generate(prompts, config);
  }

  /**
   * What is said next in a conversation.
   *
   * @param config of one answer; its end tokens are replaced by the stop token
   * @throws io.lorgnette.error.InputException if there is nothing to answer, or the conversation
   *     exceeds the model's positions
   */
  public Utterance reply(List<Dialogue.Turn> turns, GenerationConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Dialogue dialogue = Dialogue.of(method, turns);
      Prompt prompt = dialogue.prompt();
      Utterance said = null;
      for (int i = 0; i < dialogue.sentences(); i++) {
        Generation next = generate(List.of(prompt), stopping(config)).get(0);
        prompt = prompt.then(next.ids());
        said = Utterance.then(said, next);
      }
      return dialogue.caption() ? said : said.withoutStop();
    }
  }

  private GenerationConfig stopping(GenerationConfig config) {
    return config.withEos(method.prompts().stop());
  }
}
