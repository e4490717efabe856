package io.lorgnette.bench;

import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Objective;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.tensor.Workers;
import io.lorgnette.train.PartGradients;
import io.lorgnette.train.TrainingTask;
import io.lorgnette.vision.VisionEncoder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.bytedeco.pytorch.Tensor;

/**
 * What a vision encoder and a language model do with MAPL between them, on numbers drawn by seed:
 * what is in a photo does not change how long it takes. Owns a mapper; belongs to one thread.
 */
public final class PairStages implements AutoCloseable {

  private static final int WORDS = 10; // of a prompt behind the visual prefix
  private static final int NEW_TOKENS = 64;
  private static final int CAPTION = 12; // tokens
  private static final int PER_PHOTO = 5; // captions
  private static final int PHOTOS = 24;
  private static final int ASKED = 16; // questions
  private static final int SHOTS = 8; // examples before each question, the same
  private static final int ANSWER = 5; // tokens

  private final VisionEncoder encoder;
  private final LanguageModel lm;
  private final Generator generator;
  private final Backbones backbones;
  private final Numerics numerics;
  private final Method mapl;
  private final DecoderCost cost;

  /**
   * Stages of a pair.
   *
   * @param writing the language model as it is loaded for inference; borrowed
   * @throws io.lorgnette.error.InputException if the language model is not a decoder
   */
  public PairStages(
      VisionEncoder encoder, Backbones backbones, TextModel writing, Numerics numerics) {
    this.encoder = encoder;
    this.backbones = backbones;
    this.numerics = numerics;
    this.lm = backbones.decoder();
    this.generator = new Generator(writing);
    this.mapl = MethodKind.MAPL.published().start(backbones, 1);
    this.cost = DecoderCost.of(lm);
  }

  /** All of them, in the order of the line. */
  public List<Stage> all() {
    List<Stage> stages = new ArrayList<>();
    for (int batch : new int[] {1, 8, 32}) {
      stages.add(encode(batch));
    }
    for (int batch : new int[] {1, 8}) {
      stages.add(read(batch));
    }
    for (int batch : new int[] {1, 8, 32}) {
      stages.add(write(batch, 1));
    }
    for (int batch : new int[] {1, 8}) {
      stages.add(write(batch, 5));
    }
    for (int together : new int[] {1, ASKED}) {
      stages.add(answer(together));
    }
    stages.add(train());
    return stages;
  }

  /** Pixels to features. */
  private Stage encode(int batch) {
    int size = encoder.processor().size();
    double weights = (double) encoder.parameterCount() * encoder.dtype().bytes();
    return new Stage(
        "encode",
        "batch " + batch,
        "images",
        batch,
        new Cost((double) encoder.multiplyAdds() * batch, weights),
        encoder.dtype(),
        () -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            encoder.encode(Tensors.zeros(Dtype.F32, Device.CPU, batch, 3, size, size));
          }
        });
  }

  /** A visual prefix and a question pass the language model, and its first word comes. */
  private Stage read(int batch) {
    int length = mapl.imageLength() + WORDS;
    return new Stage(
        "read a prompt",
        "batch " + batch + ", " + length + " tokens",
        "prompts",
        batch,
        cost.read(length, 1).times(batch).plus(mapping(batch)),
        lm.dtype(),
        () -> generate(batch, GenerationConfig.greedy(1)));
  }

  /**
   * Words behind a prompt; prompts of several batches side by side where that is how it is done.
   */
  private Stage write(int batch, int beams) {
    int parts = batch == 1 ? 1 : numerics.parts();
    int sequences = batch * parts;
    int length = mapl.imageLength() + WORDS;
    String how = beams == 1 ? "greedy" : "beam " + beams;
    Cost all =
        cost.read(length, 1)
            .times(sequences)
            .plus(cost.write((double) batch * beams, length, NEW_TOKENS - 1).times(parts))
            .plus(mapping(sequences));
    GenerationConfig config = GenerationConfig.beams(beams, NEW_TOKENS);
    return new Stage(
        "write, " + how,
        "batch " + batch + (parts > 1 ? ", " + parts + " side by side" : ""),
        "tokens",
        (double) sequences * NEW_TOKENS,
        all,
        lm.dtype(),
        () -> sideBySide(parts, () -> generate(batch, config)));
  }

  private void generate(int batch, GenerationConfig config) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor seen = mapl.see(features(batch));
      int[] words = new Random(1).ints(WORDS, 1, lm.vocabulary()).toArray();
      List<Prompt> prompts = new ArrayList<>();
      for (int i = 0; i < batch; i++) {
        prompts.add(Prompt.of(seen.select(0, i)).then(words));
      }
      generator.generate(prompts, config);
    }
  }

  /**
   * Questions about images of their own behind the same examples.
   *
   * @param together in one batch, so that the examples are run once for so many
   */
  private Stage answer(int together) {
    GenerationConfig config = GenerationConfig.greedy(ANSWER);
    int length = (SHOTS + 1) * (mapl.imageLength() + WORDS);
    return new Stage(
        "answer behind 8 examples",
        ASKED + " questions, " + (together == 1 ? "one by one" : together + " at once"),
        "questions",
        ASKED,
        cost.read(length, 1)
            .plus(cost.write(1, length, ANSWER - 1.0))
            .times(ASKED)
            .plus(mapping(ASKED)),
        lm.dtype(),
        () -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            Tensor seen = mapl.see(features(ASKED + SHOTS));
            int[] words = new Random(1).ints(WORDS, 1, lm.vocabulary()).toArray();
            Prompt examples = Prompt.of(seen.select(0, 0)).then(words);
            for (int shot = 1; shot < SHOTS; shot++) {
              examples = examples.then(seen.select(0, shot)).then(words);
            }
            List<Prompt> prompts = new ArrayList<>();
            for (int i = 0; i < ASKED; i++) {
              prompts.add(examples.then(seen.select(0, SHOTS + i)).then(words));
            }
            for (int from = 0; from < ASKED; from += together) {
              generator.generate(prompts.subList(from, from + together), config);
            }
          }
        });
  }

  private static void sideBySide(int parts, Runnable work) {
    try (Workers workers = new Workers(parts)) {
      Callable<Void> one =
          () -> {
            work.run();
            return null;
          };
      workers.all(Collections.nCopies(parts, one));
    }
  }

  /** A step of MAPL on cached features: loss and gradients, without the optimizer. */
  private Stage train() {
    Random random = new Random(1);
    List<TrainingBatch.Text> texts = new ArrayList<>();
    int parts = numerics.parts();
    int photos = PHOTOS / parts;
    for (int photo = 0; photo < photos; photo++) {
      for (int i = 0; i < PER_PHOTO; i++) {
        int[] caption = random.ints(CAPTION, 1, lm.vocabulary()).toArray();
        texts.add(new TrainingBatch.Text(photo, new int[0], caption));
      }
    }
    TrainingTask.Part part =
        (leaves, dropout) -> {
          Map<String, Tensor> own = new LinkedHashMap<>();
          leaves.forEach((name, tensor) -> own.put(name, Tensors.to(tensor, numerics.format())));
          Method method = mapl.config().of(backbones, Parameters.of(own));
          return method.loss(new TrainingBatch(features(photos), texts), new Objective(dropout, 0));
        };
    double captions = (double) parts * texts.size();
    return new Stage(
        "train MAPL",
        (int) captions + " captions, " + PER_PHOTO + " a photo",
        "captions",
        captions,
        trainingCost(photos * parts),
        numerics.format(),
        () -> gradients(Collections.nCopies(parts, part)));
  }

  private void gradients(List<TrainingTask.Part> parts) {
    mapl.trained().trainable(true);
    try (PartGradients gradients = new PartGradients(mapl.trained().asMap(), parts.size())) {
      gradients.add(parts, 1, 1, true);
    } finally {
      mapl.trained().trainable(false);
      mapl.trained().tensors().forEach(tensor -> tensor.mutable_grad().reset());
    }
  }

  /** Forward and the gradient of inputs in the frozen model, of weights too in the mapper. */
  private Cost trainingCost(int photos) {
    double labels = PER_PHOTO * CAPTION;
    double prefix = mapl.imageLength();
    Cost prefixes = cost.read(prefix, 0);
    double text = labels * (cost.body() + cost.attention() * (prefix + CAPTION / 2.0));
    Cost words = new Cost(text + labels * cost.head(), 0);
    return prefixes.plus(words).times(2.0 * photos).plus(mapping(photos).times(3));
  }

  /** Features to prefixes. */
  private Cost mapping(int images) {
    MaplConfig m = MaplConfig.between(encoder.width(), lm.width());
    double tokens = (double) encoder.tokens() + m.prefixLength();
    double width = m.width();
    double layer = tokens * (4 * width * width + 2 * width * m.feedForward() + 2 * tokens * width);
    double ends =
        width * ((double) encoder.tokens() * encoder.width())
            + width * ((double) m.prefixLength() * lm.width());
    return new Cost(images * (m.layers() * layer + ends), 0);
  }

  private Tensor features(int batch) {
    return Tensors.zeros(Dtype.F32, Device.CPU, batch, encoder.tokens(), encoder.width());
  }

  @Override
  public void close() {
    mapl.close();
  }
}
