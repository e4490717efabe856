package io.lorgnette;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.RgbImage;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.Backbones;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.method.Dialogue;
import io.lorgnette.method.Method;
import io.lorgnette.method.Sight;
import io.lorgnette.method.Speaker;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * A frozen vision encoder, a trained connector and a frozen language model as one: images in, words
 * out.
 *
 * <p>Loaded once, it serves many threads; each call owns its native memory and frees it.
 *
 * @since 0.1
 */
public final class VisionLanguageModel implements AutoCloseable {

  private static final int MAX_BATCH = 16;

  /**
   * An image with a question about it and the answer: an example of what is wanted.
   *
   * @since 0.1
   */
  public record Shot(RgbImage image, String question, String answer) {}

  /**
   * What somebody says in a conversation.
   *
   * @param text may be empty beside images
   * @since 0.1
   */
  public record Message(Dialogue.Role role, List<RgbImage> images, String text) {

    public Message {
      images = List.copyOf(images);
    }

    /** Words alone. */
    public static Message of(Dialogue.Role role, String text) {
      return new Message(role, List.of(), text);
    }
  }

  private final Sight sight;
  private final boolean lent; // sight and language model are another's
  private final TextModel lm;
  private final Tokenizer tokenizer;
  private final Method method;
  private final Speaker speaker;

  private VisionLanguageModel(
      Sight sight, boolean lent, TextModel lm, Tokenizer tokenizer, Method method) {
    this.sight = sight;
    this.lent = lent;
    this.lm = lm;
    this.tokenizer = tokenizer;
    this.method = method;
    this.speaker = new Speaker(method);
  }

  /**
   * Loads the three parts.
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
   * @throws io.lorgnette.error.InputException if a part is broken, memory can not hold it, or the
   *     connector was trained between others
   */
  public static VisionLanguageModel load(
      Path vision, Path language, Path connector, Numerics numerics, Precision weights) {
    numerics.apply();
    ConnectorOrigin origin = ConnectorCheckpoint.origin(connector);
    Sight sight = Sight.open(vision, name(vision), origin, numerics.device());
    TextModel lm = null;
    Tokenizer tokenizer = null;
    try {
      lm = TextModel.load(language, weights, numerics.device());
      tokenizer = Tokenizer.load(language);
      Backbones backbones =
          Backbones.of(sight.spec(), name(language), lm, tokenizer).withEyes(sight.eyes());
      Method method = ConnectorCheckpoint.load(connector, backbones);
      return new VisionLanguageModel(sight, false, lm, tokenizer, method);
    } catch (RuntimeException e) {
      sight.close();
      if (lm != null) {
        lm.close();
      }
      if (tokenizer != null) {
        tokenizer.close();
      }
      throw e;
    }
  }

  /**
   * Another connector between the same two frozen models, which are loaded once for both.
   *
   * @return a model that is to be closed before this one
   * @throws io.lorgnette.error.InputException if the connector is broken, or was trained between
   *     others or with another of the encoder's outputs
   */
  public VisionLanguageModel beside(Path connector) {
    if (ConnectorCheckpoint.origin(connector).config().trainsEncoder()) {
      throw new InputException(
          connector + " has an encoder of its own, which can not be shared; load it by itself");
    }
    Backbones backbones = method.backbones();
    return new VisionLanguageModel(
        sight, true, lm, tokenizer, ConnectorCheckpoint.load(connector, backbones));
  }

  private static String name(Path folder) {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  /** The method that connects the two models, with its parts. */
  public Method method() {
    return method;
  }

  /** A caption by MAPL's beam search. */
  public Utterance caption(RgbImage image) {
    return captions(List.of(image), Speaker.MAPL).get(0);
  }

  /**
   * One caption for each image.
   *
   * @param config how words are chosen; captions end at the full stop whatever its end tokens are
   */
  public List<Utterance> captions(List<RgbImage> images, GenerationConfig config) {
    return captionChoices(images, config).stream().map(choices -> choices.get(0)).toList();
  }

  /**
   * Several captions for each image, {@link GenerationConfig#numReturn} of them, those of a beam
   * search best first.
   *
   * @param config how words are chosen; captions end at the full stop whatever its end tokens are
   */
  public List<List<Utterance>> captionChoices(List<RgbImage> images, GenerationConfig config) {
    List<List<Utterance>> captions = new ArrayList<>();
    for (int from = 0; from < images.size(); from += MAX_BATCH) {
      List<RgbImage> batch = images.subList(from, Math.min(images.size(), from + MAX_BATCH));
      try (Scope scope = Scope.open()) {
        captions.addAll(speaker.captionChoices(encode(batch), config));
      }
    }
    return captions;
  }

  /** An answer by MAPL's beam search. */
  public Utterance answer(RgbImage image, String question, List<Shot> shots) {
    return answer(image, question, shots, Speaker.MAPL);
  }

  /**
   * An answer to a question about an image.
   *
   * @param shots examples, the first one first; may be empty
   * @throws io.lorgnette.error.InputException if the shots do not fit into the model's positions
   */
  public Utterance answer(
      RgbImage image, String question, List<Shot> shots, GenerationConfig config) {
    try (Scope scope = Scope.open()) {
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
      try (Scope scope = Scope.open()) {
        answers.addAll(speaker.answers(encode(images.subList(from, to)), asked, null, config));
      }
    }
    return answers;
  }

  /**
   * What is said next in a conversation about images, greedily or as configured.
   *
   * @param messages the last of them the user's
   * @throws io.lorgnette.error.InputException if there is nothing to answer, or the conversation
   *     does not fit into the model's positions
   */
  public Utterance chat(List<Message> messages, GenerationConfig config) {
    try (Scope scope = Scope.open();
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
      return speaker.reply(turns, config);
    }
  }

  /** Makes the pixels that {@link #see} takes. */
  public ImageProcessor processor() {
    return sight.features().processor();
  }

  /**
   * What the method makes of images: {@code [B, 3, S, S] -> [B, P, D]}, of the current scope.
   *
   * @param pixels as {@link #processor} makes them
   */
  public Tensor see(Tensor pixels) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return scope.keep(method.see(sight.features().encode(pixels)));
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

  @Override
  public void close() {
    method.close();
    if (!lent) {
      sight.close();
      lm.close();
      tokenizer.close();
    }
  }
}
