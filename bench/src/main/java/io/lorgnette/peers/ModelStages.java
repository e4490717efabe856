package io.lorgnette.peers;

import io.lorgnette.bench.Cost;
import io.lorgnette.bench.Stage;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.Method;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Objective;
import io.lorgnette.method.TrainingBatch;
import io.lorgnette.nn.Parameters;
import io.lorgnette.published.ImageTextBatch;
import io.lorgnette.published.WritingModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.train.PartGradients;
import io.lorgnette.train.TrainingTask;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** Stages over the models of a folder. Owns them; belongs to one thread. */
final class ModelStages implements AutoCloseable {

  private static final int PREFIX = 32;
  private static final int WORDS = 10;
  private static final int NEW_TOKENS = 64;
  private static final int CAPTION = 20; // tokens
  private static final int IMAGE_TOKEN = 50265; // of BLIP-2

  private final Path folder;
  private final Numerics numerics;
  private final Precision precision;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();

  ModelStages(Path folder, Numerics numerics, Precision precision) {
    this.folder = folder;
    this.numerics = numerics;
    this.precision = precision;
  }

  private VisionEncoder encoder(String name) {
    Precision usual = Precision.of(numerics.format()).forInference();
    Precision kept = precision.storage() == Precision.Storage.W8A8 ? precision : usual;
    VisionEncoder encoder = VisionEncoders.load(folder.resolve(name), kept, Device.CPU);
    open.push(encoder);
    return encoder;
  }

  private LanguageModel language(String name, Precision kept) {
    LanguageModel lm = LanguageModel.load(folder.resolve(name), kept, Device.CPU);
    open.push(lm);
    return lm;
  }

  private static Tensor random(Dtype format, long... shape) {
    int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
    Random random = new Random(1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.to(Tensors.ofFloats(values, shape), format);
  }

  /** Pixels to features: {@code b32-8} is ViT-B/32 at batch 8. */
  Stage encode(String what) {
    String[] parts = what.split("-");
    VisionEncoder encoder = encoder(parts[0].equals("b32") ? "vit-b-32" : "vit-l-14");
    int batch = Integer.parseInt(parts[1]);
    Tensor pixels = keep(() -> random(Dtype.F32, batch, 3, 224, 224));
    return new Stage(
        "encode " + (parts[0].equals("b32") ? "vit-b-32" : "vit-l-14"),
        "batch " + batch,
        "images",
        batch,
        new Cost((double) encoder.multiplyAdds() * batch, 0),
        encoder.dtype(),
        () -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            encoder.encode(pixels);
          }
        });
  }

  /** Words behind 32 embeddings and 10 words: {@code gpt2-8-5} is batch 8 with five beams. */
  Stage write(String what) {
    int beamsAt = what.lastIndexOf('-');
    int batchAt = what.lastIndexOf('-', beamsAt - 1);
    String name = what.substring(0, batchAt);
    int batch = Integer.parseInt(what.substring(batchAt + 1, beamsAt));
    int beams = Integer.parseInt(what.substring(beamsAt + 1));
    LanguageModel lm = language(name, precision.forInference());
    Generator generator = new Generator(lm);
    Tensor prefix = keep(() -> random(lm.dtype(), PREFIX, lm.width()).mul(new Scalar(0.02)));
    int[] words = IntStream.rangeClosed(1, WORDS).toArray();
    GenerationConfig config = GenerationConfig.beams(beams, NEW_TOKENS);
    return new Stage(
        "write " + name + ", " + (beams == 1 ? "greedy" : "beam " + beams),
        "batch " + batch,
        "tokens",
        (double) batch * NEW_TOKENS,
        Cost.UNKNOWN,
        lm.dtype(),
        () -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            Prompt prompt = Prompt.of(prefix).then(words);
            generator.generate(Collections.nCopies(batch, prompt), config);
          }
        });
  }

  /** Answers of five tokens to 16 questions at once behind the same eight examples. */
  Stage shots() {
    LanguageModel lm = language("gpt2", precision.forInference());
    Generator generator = new Generator(lm);
    int asked = 16;
    int shots = 8;
    Tensor seen =
        keep(() -> random(lm.dtype(), shots + asked, PREFIX, lm.width()).mul(new Scalar(0.02)));
    int[] words = IntStream.rangeClosed(1, WORDS).toArray();
    GenerationConfig config = GenerationConfig.greedy(5);
    return new Stage(
        "answer behind 8 examples",
        asked + " questions",
        "questions",
        asked,
        Cost.UNKNOWN,
        lm.dtype(),
        () -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            Prompt examples = Prompt.of(seen.select(0, 0)).then(words);
            for (int shot = 1; shot < shots; shot++) {
              examples = examples.then(seen.select(0, shot)).then(words);
            }
            List<Prompt> prompts = new ArrayList<>();
            for (int i = 0; i < asked; i++) {
              prompts.add(examples.then(seen.select(0, shots + i)).then(words));
            }
            generator.generate(prompts, config);
          }
        });
  }

  /**
   * A step of MAPL: {@code cached-1} has a caption for each of 32 photos, {@code cached-5} five;
   * with {@code -again} behind it layers are run again for the gradient.
   */
  Stage train(String what) {
    String[] parts = what.split("-");
    boolean online = parts[0].equals("online");
    int each = Integer.parseInt(parts[1]);
    boolean again = what.endsWith("-again");
    int photos = 32;
    VisionEncoder encoder = encoder("vit-b-32");
    LanguageModel lm = language("gpt2", precision);
    EncoderSpec spec = EncoderSpec.of("ViT-B/32", "", encoder);
    Tokenizer tokenizer = Tokenizer.load(folder.resolve("gpt2"));
    open.push(tokenizer);
    Backbones backbones = Backbones.of(spec, "GPT-2", lm, tokenizer);
    Method mapl = MethodKind.MAPL.published().start(backbones, 1);
    open.push(mapl);
    int halves = numerics.parts();
    int own = photos / halves;
    Tensor pixels = keep(() -> random(Dtype.F32, own, 3, 224, 224));
    Tensor kept = keep(() -> random(Dtype.F32, own, encoder.tokens(), encoder.width()));
    Random random = new Random(1);
    List<TrainingBatch.Text> texts = new ArrayList<>();
    for (int i = 0; i < own * each; i++) {
      int[] caption = random.ints(CAPTION, 1, lm.vocabulary()).toArray();
      texts.add(new TrainingBatch.Text(i / each, new int[0], caption));
    }
    TrainingTask.Part part =
        (leaves, dropout) -> {
          Map<String, Tensor> casts = new LinkedHashMap<>();
          leaves.forEach((key, leaf) -> casts.put(key, Tensors.to(leaf, numerics.format())));
          Method method = mapl.config().of(backbones, Parameters.of(casts));
          Tensor features = kept;
          if (online) {
            try (Tensors.NoGrad guard = Tensors.noGrad()) {
              features = encoder.encode(pixels);
            }
          }
          Objective objective = new Objective(dropout, 0).recomputing(again);
          return method.loss(new TrainingBatch(features, texts), objective);
        };
    double captions = (double) photos * each;
    return new Stage(
        "train MAPL, " + (online ? "encoder in the loop" : "features kept"),
        photos
            + " photos, "
            + (each == 1 ? "a caption" : each + " captions")
            + " each"
            + (again ? ", layers run again" : ""),
        "captions",
        captions,
        Cost.UNKNOWN,
        numerics.format(),
        () -> gradients(mapl, Collections.nCopies(halves, part)));
  }

  private static void gradients(Method mapl, List<TrainingTask.Part> parts) {
    mapl.trained().trainable(true);
    try (PartGradients gradients = new PartGradients(mapl.trained().asMap(), parts.size())) {
      gradients.add(parts, 1, 1, true);
    } finally {
      mapl.trained().trainable(false);
      mapl.trained().tensors().forEach(tensor -> tensor.mutable_grad().reset());
    }
  }

  /** Captions of 20 tokens by a model of BLIP-2's shape: {@code 8-5} is batch 8 with five beams. */
  Stage blip2(String what) {
    String[] parts = what.split("-");
    int batch = Integer.parseInt(parts[0]);
    int beams = Integer.parseInt(parts[1]);
    WritingModel model =
        WritingModel.load(folder.resolve("blip2"), precision.forInference(), Device.CPU);
    open.push(model);
    Tensor pixels = keep(() -> random(Dtype.F32, batch, 3, 224, 224));
    long[] prompt = new long[33];
    Arrays.fill(prompt, IMAGE_TOKEN);
    prompt[32] = 2;
    Tensor ids = keep(() -> Tensors.ofLongs(prompt, 1, prompt.length).repeat(batch, 1));
    GenerationConfig config = GenerationConfig.beams(beams, 20);
    Generator generator = new Generator(model.language());
    return new Stage(
        "caption by BLIP-2's shape, " + (beams == 1 ? "greedy" : "beam " + beams),
        "batch " + batch,
        "images",
        batch,
        Cost.UNKNOWN,
        numerics.format(),
        () -> {
          try (Scope scope = Scope.open();
              Tensors.NoGrad guard = Tensors.noGrad()) {
            generator.generate(model.prompts(ImageTextBatch.of(pixels, ids)), config);
          }
        });
  }

  private Tensor keep(Supplier<Tensor> made) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor kept = Scope.release(made.get());
      open.push(kept);
      return kept;
    }
  }

  @Override
  public void close() {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
