package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * A frozen language model without any connector, asked to predict the texts that a system learns:
 * what a system that starts as noise starts near, and what a prefix has to be worth more than.
 *
 * <p>In the place of the image stands the one token that begins a text, or that ends the one before
 * where the tokenizer has no other; tokens, prompts and what is predicted are the system's.
 */
public final class LanguageAlone {

  /** How tokenizers call the token that begins a text. */
  private static final List<String> BEGINS = List.of("<s>", "<|begin_of_text|>", "<bos>");

  private LanguageAlone() {}

  /**
   * The texts without the tokens that the system has added to the language model's own, such as
   * Flamingo's marks of an image and of its end.
   */
  public static TrainingBatch known(Method method, TrainingBatch batch) {
    int vocabulary = method.backbones().lm().vocabulary();
    List<TrainingBatch.Text> texts =
        batch.texts().stream()
            .map(
                text ->
                    new TrainingBatch.Text(
                        text.image(),
                        known(text.prompt(), vocabulary),
                        known(text.target(), vocabulary)))
            .toList();
    return new TrainingBatch(batch.features(), texts);
  }

  private static int[] known(int[] ids, int vocabulary) {
    return Arrays.stream(ids).filter(id -> id < vocabulary).toArray();
  }

  /**
   * The mean loss over target tokens, in nats.
   *
   * @param method whose texts these are
   * @param batch of {@link #known} texts; features are not looked at
   * @return a scalar in F32
   * @throws InputException if the tokenizer has no token that begins or ends a text
   */
  public static Tensor loss(Method method, TrainingBatch batch) {
    Backbones backbones = method.backbones();
    int[] begin = {begin(backbones.tokenizer())};
    Tensor id = Tensors.to(Tensors.ofInts(begin), backbones.lm().device()).unsqueeze(0);
    Tensor word = backbones.lm().embed(id); // [1, 1, D]
    Tensor prefix = word.expand(batch.features().size(0), 1, word.size(2)); // [I, 1, D]
    return PrefixMethod.loss(
        method.config(), backbones.lm(), prefix, batch.texts(), Objective.VALIDATION);
  }

  private static int begin(Tokenizer tokenizer) {
    List<String> names = Stream.concat(BEGINS.stream(), Prompts.ENDS.stream()).toList();
    return Prompts.firstKnown(tokenizer, names)
        .orElseThrow(
            () ->
                new InputException(
                    tokenizer
                        + " has no token that begins or ends a text, behind which a language model"
                        + " alone would write"));
  }
}
