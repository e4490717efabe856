package io.lorgnette;

import static java.util.Objects.requireNonNull;

import io.lorgnette.bulk.Captioner;
import io.lorgnette.error.InputException;
import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explaining;
import io.lorgnette.explain.Explanation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.RgbImage;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.method.Dialogue;
import io.lorgnette.method.Method;
import io.lorgnette.method.Reply;
import io.lorgnette.method.Sight;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Lifetime;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Tensor;

/**
 * A frozen vision encoder, a trained connector and a frozen language model as one: images in, words
 * out.
 *
 * <pre>{@code
 * try (var model = VisionLanguageModel.load(vision, language, connector, numerics)) {
 *   RgbImage photo = ImageReader.read(Path.of("photo.jpg"));
 *   System.out.println(model.caption(photo).text());
 *   System.out.println(model.answer(photo, "What colour is the dog?", List.of()).text());
 * }
 * }</pre>
 *
 * <p><b>Threads.</b> Loaded once, it serves many threads: nothing in it changes, each call owns its
 * native memory and frees it, and what a call gives does not depend on the calls beside it. Each
 * native operation uses the threads of {@link Numerics} already, so calls side by side wait less
 * for each other but are not faster together.
 *
 * <p><b>End.</b> {@link #close} waits for the calls that run and frees all native memory; a call
 * after it throws {@link IllegalStateException}. Models that {@link #beside} made share what this
 * one loaded: after its end they are closed for use too.
 *
 * <p><b>Errors.</b> What a caller can mend (a broken file, a conversation that is too long) is an
 * {@link InputException} of one sentence. A null argument is a {@link NullPointerException}.
 *
 * <p>Stable, but for {@link #method}, {@link #processor} and {@link #see}, which open the door to
 * the parts and change with them.
 *
 * @since 0.1
 */
public final class VisionLanguageModel implements AutoCloseable {

  private static final int MAX_BATCH = 16;

  /**
   * An image with a question about it and the answer: an example of what is wanted.
   *
   * @param image the example's own
   * @param question about it
   * @param answer as the model should give it, without a full stop
   * @since 0.1
   */
  public record Shot(RgbImage image, String question, String answer) {

    public Shot {
      requireNonNull(image, "image");
      requireNonNull(question, "question");
      requireNonNull(answer, "answer");
    }
  }

  /**
   * What somebody says in a conversation.
   *
   * @param role who says it
   * @param images shown with it, in this order; a question without one is about the one before it
   * @param text may be empty beside images
   * @since 0.1
   */
  public record Message(Dialogue.Role role, List<RgbImage> images, String text) {

    public Message {
      requireNonNull(role, "role");
      requireNonNull(text, "text");
      images = List.copyOf(images);
    }

    /** Words alone. */
    public static Message of(Dialogue.Role role, String text) {
      return new Message(role, List.of(), text);
    }
  }

  private final Lifetime lifetime = new Lifetime("this model");
  private final Sight sight;
  private final VisionLanguageModel lender; // whose sight and language model these are, or null
  private final TextModel lm;
  private final Tokenizer tokenizer;
  private final Method method;
  private final Speaker speaker;

  private VisionLanguageModel(
      Sight sight, VisionLanguageModel lender, TextModel lm, Tokenizer tokenizer, Method method) {
    this.sight = sight;
    this.lender = lender;
    this.lm = lm;
    this.tokenizer = tokenizer;
    this.method = method;
    this.speaker = new Speaker(method);
  }

  /**
   * Loads the three parts, and sets the threads of native operations for this process.
   *
   * @param vision folder of the encoder: {@code config.json}, {@code model.safetensors}, {@code
   *     preprocessor_config.json}
   * @param language folder of the language model: {@code config.json}, safetensors, {@code
   *     tokenizer.json}; or its GGUF file
   * @param connector what {@code lorgnette train} wrote
   * @param numerics device, number format and threads; the encoder computes in F32
   * @throws io.lorgnette.error.InputException if a part is broken, or the connector was trained
   *     between others
   */
  public static VisionLanguageModel load(
      Path vision, Path language, Path connector, Numerics numerics) {
    return load(vision, language, connector, numerics, Precision.of(numerics.format()));
  }

  /**
   * As {@link #load(Path, Path, Path, Numerics)}, the language model's matrices kept in fewer bits
   * perhaps.
   *
   * @param weights how the language model's frozen matrices are kept
   * @throws io.lorgnette.error.InputException if a part is broken, memory can not hold it, or the
   *     connector was trained between others
   */
  public static VisionLanguageModel load(
      Path vision, Path language, Path connector, Numerics numerics, Precision weights) {
    // Beside the weights: it needs nothing of them.
    FutureTask<Tokenizer> tokenizer = new FutureTask<>(() -> Tokenizer.load(language));
    new Thread(tokenizer, "lorgnette-tokenizer").start();
    Sight sight = null;
    TextModel lm = null;
    try {
      numerics.apply();
      ConnectorOrigin origin = ConnectorCheckpoint.origin(connector);
      sight = Sight.open(vision, name(vision), origin, numerics.device());
      lm = TextModel.load(language, weights.forInference(), numerics.device());
      Tokenizer words = loaded(tokenizer);
      Backbones backbones =
          Backbones.of(sight.spec(), name(language), lm, words).withEyes(sight.eyes());
      Method method = ConnectorCheckpoint.load(connector, backbones);
      return new VisionLanguageModel(sight, null, lm, words, method);
    } catch (RuntimeException e) {
      if (sight != null) {
        sight.close();
      }
      if (lm != null) {
        lm.close();
      }
      discard(tokenizer);
      throw e;
    }
  }

  private static Tokenizer loaded(FutureTask<Tokenizer> tokenizer) {
    try {
      return tokenizer.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a tokenizer was loaded", e);
    }
  }

  private static void discard(FutureTask<Tokenizer> tokenizer) {
    try {
      loaded(tokenizer).close();
    } catch (RuntimeException e) {
      return; // it was not loaded either, and the first failure is the one to tell
    }
  }

  /**
   * Another connector between the same two frozen models, which are loaded once for both.
   *
   * @param connector what {@code lorgnette train} wrote
   * @return a model that is to be closed before this one, and can not be used behind its end
   * @throws io.lorgnette.error.InputException if the connector is broken, or was trained between
   *     others or with another of the encoder's outputs
   */
  public VisionLanguageModel beside(Path connector) {
    if (ConnectorCheckpoint.origin(connector).config().trainsEncoder()) {
      throw new InputException(
          connector + " has an encoder of its own, which can not be shared; load it by itself");
    }
    try (Lifetime.Visit visit = enter()) {
      return new VisionLanguageModel(
          sight,
          lender == null ? this : lender,
          lm,
          tokenizer,
          ConnectorCheckpoint.load(connector, method.backbones()));
    }
  }

  private static String name(Path folder) {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /** Lets a call in, if neither this model nor the one that it shares with is closed. */
  private Lifetime.Visit enter() {
    Lifetime.Visit own = lifetime.enter();
    if (lender == null) {
      return own;
    }
    try {
      Lifetime.Visit shared = lender.lifetime.enter();
      return () -> {
        shared.close();
        own.close();
      };
    } catch (IllegalStateException e) {
      own.close();
      throw e;
    }
  }

  /**
   * Whether it can be asked: neither it nor the model that it shares with is closed. May have
   * changed when the caller reads it; for health checks.
   */
  public boolean isOpen() {
    return lifetime.isOpen() && (lender == null || lender.isOpen());
  }

  /** The method that connects the two models, with its parts; not part of the stable API. */
  public Method method() {
    return method;
  }

  /**
   * A caption by MAPL's beam search.
   *
   * @throws IllegalStateException if this model is closed
   */
  public Utterance caption(RgbImage image) {
    return captions(List.of(image), Speaker.MAPL).get(0);
  }

  /**
   * One caption for each image.
   *
   * @param images may be none
   * @param config how words are chosen; captions end at the full stop whatever its end tokens are
   * @throws IllegalStateException if this model is closed
   */
  public List<Utterance> captions(List<RgbImage> images, GenerationConfig config) {
    return captionChoices(images, config).stream().map(choices -> choices.get(0)).toList();
  }

  /**
   * Several captions for each image, {@link GenerationConfig#numReturn} of them, those of a beam
   * search best first.
   *
   * @param images may be none
   * @param config how words are chosen; captions end at the full stop whatever its end tokens are
   * @throws IllegalStateException if this model is closed
   */
  public List<List<Utterance>> captionChoices(List<RgbImage> images, GenerationConfig config) {
    List<List<Utterance>> captions = new ArrayList<>();
    for (int from = 0; from < images.size(); from += MAX_BATCH) {
      List<RgbImage> batch = images.subList(from, Math.min(images.size(), from + MAX_BATCH));
      try (Lifetime.Visit visit = enter();
          Scope scope = Scope.open()) {
        captions.addAll(speaker.captionChoices(encode(batch), config));
      }
    }
    return captions;
  }

  /**
   * An answer by MAPL's beam search.
   *
   * @param shots examples, the first one first; may be empty
   * @throws io.lorgnette.error.InputException if the shots do not fit into the model's positions
   * @throws IllegalStateException if this model is closed
   */
  public Utterance answer(RgbImage image, String question, List<Shot> shots) {
    return answer(image, question, shots, Speaker.MAPL);
  }

  /**
   * An answer to a question about an image.
   *
   * @param shots examples, the first one first; may be empty
   * @param config how words are chosen; each sentence ends at the full stop whatever its end tokens
   *     are
   * @throws io.lorgnette.error.InputException if the shots do not fit into the model's positions
   * @throws IllegalStateException if this model is closed
   */
  public Utterance answer(
      RgbImage image, String question, List<Shot> shots, GenerationConfig config) {
    try (Lifetime.Visit visit = enter();
        Scope scope = Scope.open()) {
      List<Speaker.ShownShot> shown = new ArrayList<>();
      for (Shot shot : shots) {
        shown.add(new Speaker.ShownShot(shown.size(), shot.question(), shot.answer()));
      }
      Tensor examples = shots.isEmpty() ? null : encode(shots.stream().map(Shot::image).toList());
      List<Speaker.Asked> asked = List.of(new Speaker.Asked(0, question, shown));
      return speaker.answers(encode(List.of(image)), asked, examples, config).get(0);
    }
  }

  /**
   * One answer to each question, each about an image of its own, without examples.
   *
   * @param questions as many as images
   * @throws IllegalArgumentException if there are not as many questions as images
   * @throws IllegalStateException if this model is closed
   */
  public List<Utterance> answers(
      List<RgbImage> images, List<String> questions, GenerationConfig config) {
    if (images.size() != questions.size()) {
      throw new IllegalArgumentException(
          questions.size() + " questions about " + images.size() + " images");
    }
    List<Utterance> answers = new ArrayList<>();
    for (int from = 0; from < images.size(); from += MAX_BATCH) {
      int to = Math.min(images.size(), from + MAX_BATCH);
      List<Speaker.Asked> asked = new ArrayList<>();
      for (int i = from; i < to; i++) {
        asked.add(new Speaker.Asked(i - from, questions.get(i), List.of()));
      }
      try (Lifetime.Visit visit = enter();
          Scope scope = Scope.open()) {
        answers.addAll(speaker.answers(encode(images.subList(from, to)), asked, null, config));
      }
    }
    return answers;
  }

  /**
   * What is said next in a conversation about images, greedily or as configured: as {@link
   * #chat(List, GenerationConfig, Consumer)}, unheard.
   */
  public Reply chat(List<Message> messages, GenerationConfig config) {
    return chat(messages, config, piece -> {});
  }

  /**
   * What is said next in a conversation about images, told as it grows.
   *
   * @param messages the last of them the user's; what was asked and answered before is shown to the
   *     model as examples
   * @param config how words are chosen; its length is that of the whole answer and is cut to the
   *     model's positions
   * @param hearer is told the text piece by piece, on this thread, and all pieces together are the
   *     reply's text; what it throws ends the answer and is passed on. A beam search tells all at
   *     its end.
   * @throws io.lorgnette.error.InputException if there is nothing to answer, or the conversation
   *     leaves no room in the model's positions
   * @throws IllegalStateException if this model is closed
   */
  public Reply chat(List<Message> messages, GenerationConfig config, Consumer<String> hearer) {
    try (Lifetime.Visit visit = enter();
        Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      List<Dialogue.Turn> turns = new ArrayList<>();
      for (Message message : messages) {
        List<Tensor> seen = new ArrayList<>();
        if (!message.images().isEmpty()) {
          Tensor all = method.see(encode(message.images()));
          for (int i = 0; i < message.images().size(); i++) {
            seen.add(all.select(0, i));
          }
        }
        turns.add(new Dialogue.Turn(message.role(), seen, message.text()));
      }
      return speaker.reply(turns, config, hearer);
    }
  }

  /**
   * What the model has made of a photo, what it looked at, and how much each word depends on what
   * the photo shows.
   *
   * @throws io.lorgnette.error.InputException if question and words exceed the model's positions
   * @throws IllegalStateException if this model is closed
   */
  public Explanation explain(RgbImage image, ExplainOptions options) {
    try (Lifetime.Visit visit = enter()) {
      return explaining(image, options).finish();
    }
  }

  /**
   * As {@link #explain}, in steps between which this model may do other work; it must not be closed
   * before the last of them. Not part of the stable API.
   */
  public Explaining explaining(RgbImage image, ExplainOptions options) {
    return new Explaining(method, sight.features(), image, options);
  }

  /** Makes the pixels that {@link #see} takes; not part of the stable API. */
  public ImageProcessor processor() {
    return sight.features().processor();
  }

  /**
   * What the method makes of images: {@code [B, 3, S, S] -> [B, P, D]}, of the current scope. Not
   * part of the stable API.
   *
   * @param pixels as {@link #processor} makes them
   */
  public Tensor see(Tensor pixels) {
    try (Lifetime.Visit visit = enter();
        Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return scope.keep(method.see(sight.features().encode(pixels)));
    }
  }

  /**
   * The model for captions of many photos, the encoder a step ahead of the language model: see
   * {@link io.lorgnette.bulk.BulkCaptions}. It is this model's and needs no closing. Not part of
   * the stable API.
   *
   * @param config how words are chosen; captions end at the full stop whatever its end tokens are
   * @param numerics with which the encoder's thread is to compute
   */
  public Captioner captioner(GenerationConfig config, Numerics numerics) {
    return new Captioner() {
      @Override
      public ImageProcessor processor() {
        return VisionLanguageModel.this.processor();
      }

      @Override
      public void begin() {
        numerics.apply();
      }

      @Override
      public Seen see(float[] pixels, int count) {
        int size = processor().size();
        try (Scope scope = Scope.open()) {
          Tensor seen =
              VisionLanguageModel.this.see(Tensors.ofFloats(pixels, count, 3, size, size));
          return new SeenPhotos(config, Scope.release(seen));
        }
      }
    };
  }

  /** Photos that were seen, {@code [B, P, D]}, its own. */
  private final class SeenPhotos implements Captioner.Seen {

    private final GenerationConfig config;
    private final Tensor seen;

    SeenPhotos(GenerationConfig config, Tensor seen) {
      this.config = config;
      this.seen = seen;
    }

    @Override
    public List<Utterance> say() {
      try (Lifetime.Visit visit = enter()) {
        return speaker.seenChoices(seen, config).stream().map(choices -> choices.get(0)).toList();
      }
    }

    @Override
    public void close() {
      seen.close();
    }
  }

  /** {@code [B, N, Di]}, of the current scope. */
  private Tensor encode(List<RgbImage> images) {
    VisionEncoder encoder = sight.features();
    int size = encoder.processor().size();
    float[] pixels = encoder.processor().process(images);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return scope.keep(encoder.encode(Tensors.ofFloats(pixels, images.size(), 3, size, size)));
    }
  }

  /**
   * Waits for the calls that run, then frees all native memory. Does nothing the second time.
   *
   * @throws IllegalStateException if it is called from inside a call, as by the hearer of {@link
   *     #chat(List, GenerationConfig, Consumer)}
   */
  @Override
  public void close() {
    lifetime.end(
        () -> {
          method.close();
          if (lender == null) {
            sight.close();
            lm.close();
            tokenizer.close();
          }
        });
  }
}
