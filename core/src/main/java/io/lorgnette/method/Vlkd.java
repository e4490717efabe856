package io.lorgnette.method;

import io.lorgnette.distributed.Gathering;
import io.lorgnette.distributed.UnevenRows;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.CrossMemory;
import io.lorgnette.language.DecoderLabels;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.language.TextInfilling;
import io.lorgnette.language.TextModel;
import io.lorgnette.language.TextRows;
import io.lorgnette.mapper.Initial;
import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.mapper.LinearMapper;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.JointTexts;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.KeyMap;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/**
 * VLKD (Dai et al. 2022): a frozen joint space of images and texts, CLIP's, teaches a BART, all of
 * whose weights are trained. The encoder's texts are drawn to where the space has them, and the
 * decoder fills masked texts in from what it sees of the image.
 *
 * <pre>
 *   text -> BART encoder (trained) -> mean [T, D] -> linear (trained) -> [T, J] = text in the space
 *                                                                               ~ image in the space
 *   image -> CLIP (frozen) -> [I, 1, J] -> linear (trained) -> states [I, P, D]
 *   masked text -> BART encoder -> [T, S, D], behind the states -> BART decoder (trained) -> text
 * </pre>
 *
 * <p>A caption fills in a mask alone, an answer the mask behind its question. Legend: I images, T
 * texts, J joint space, D width of BART, P states of an image, S tokens. What of it is our reading
 * is in {@code docs/methods/vlkd.md}.
 */
public final class Vlkd extends BoundMethod<Vlkd.Config> {

  private static final LanguageTuning WHOLE = new LanguageTuning.Whole();
  private static final String IMAGE = "image";
  private static final String TEXT = "text";

  /** A buffer of every BART, zeros: it is stored with the model and not trained. */
  private static final String BUFFER = LanguageTuning.PREFIX + "head.bias";

  /** How tokenizers call the token that stands for missing text, and BART's that begins one. */
  private static final List<String> MASKS = List.of("<mask>", "<|mask|>", "[MASK]");

  private static final String BEGIN = "<s>";

  /** A mask, and what stands around a text. */
  private static final int AROUND = 3;

  /**
   * How much each loss counts.
   *
   * @param distance between texts in the space and BART's
   * @param contrast between images in the space and BART's texts
   * @param infilling of masked texts from the image
   * @param text infilling without an image, which keeps BART's skill
   */
  public record Weights(double distance, double contrast, double infilling, double text) {

    static Weights read(RecipeNode node) {
      Weights read =
          new Weights(
              node.number("distance", 1).atLeast(0.0),
              node.number("contrast", 1).atLeast(0.0),
              node.number("infilling", 1).atLeast(0.0),
              node.number("text", 1).atLeast(0.0));
      node.check(read.infilling > 0, "infilling", "must be above 0: nothing else learns to see");
      return read;
    }
  }

  /**
   * The recipe.
   *
   * @param states P, of an image beside the encoder's
   * @param temperature that cosines are divided by in the contrast
   * @param masks spans that are masked
   * @param whole share of the texts of which all is masked instead, as it is when captions and
   *     answers are asked for
   * @param losses their weights
   * @param languageRate BART's learning rate as a share of the run's
   */
  public record Config(
      int states,
      double temperature,
      TextInfilling masks,
      double whole,
      Weights losses,
      double languageRate)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.integer("states", 1).between(1, 1024),
          recipe.number("temperature", 0.07).above(0.0),
          recipe.section("masks", TextInfilling::read),
          recipe.number("whole", 0.5).between(0.0, 1.0),
          recipe.section("losses", Weights::read),
          recipe.number("language_rate", 1).atLeast(0.0));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.VLKD;
    }

    @Override
    public String output() {
      return VisionEncoders.ONE;
    }

    @Override
    public boolean weighsTexts() {
      return false;
    }

    @Override
    public boolean learnsFromTexts() {
      return true;
    }

    @Override
    public boolean comparesImages() {
      return true;
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return new Wording("", "", "Question: ", " Answer:", "", Wording.FULL_STOP);
    }

    private LinearConfig image(Pair pair) {
      return LinearConfig.frozen(pair.encoder().width(), pair.language().width(), states);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      if (!pair.language().layers().family().equals("bart")) {
        throw new InputException(
            "VLKD trains a BART, which fills in masked texts, not "
                + pair.language().name()
                + "; choose facebook/bart-large or the folder of another BART");
      }
      int joint = pair.encoder().width();
      int width = pair.language().width();
      KeyMap text = new KeyMap().add("weight", "text_projection.weight", joint, width);
      String name = width + " -> " + joint + " for texts";
      return WHOLE.parts(
          pair.language(),
          TrainedPart.mapper(IMAGE + ".", image(pair)),
          TrainedPart.drawn(Part.Role.MAPPER, name, TEXT + ".", text, Config::uniform));
    }

    private static float[] uniform(String name, List<Long> shape, Draws draws) {
      return draws.uniform(Initial.count(shape), 1 / Math.sqrt(shape.get(1)));
    }

    @Override
    public boolean holds(String name) {
      return name.equals(BUFFER);
    }

    @Override
    public double rate(String name) {
      return name.startsWith(LanguageTuning.PREFIX) ? languageRate : 1;
    }

    @Override
    public Vlkd of(Backbones backbones, Parameters trained) {
      return new Vlkd(this, backbones, trained);
    }
  }

  private final LinearMapper mapper;
  private final int mask;
  private final int[] begin;
  private final int end;

  private Vlkd(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained);
    backbones.encoderDecoder();
    Tokenizer tokenizer = backbones.tokenizer();
    this.mapper = config.image(backbones.pair()).of(trained.own(IMAGE));
    this.mask = mask(tokenizer);
    this.begin = tokenizer.idOf(BEGIN).stream().toArray();
    this.end = Prompts.stop(tokenizer, Wording.END_OF_TEXT);
  }

  private static int mask(Tokenizer tokenizer) {
    return Prompts.firstKnown(tokenizer, MASKS)
        .orElseThrow(
            () ->
                new InputException(
                    tokenizer
                        + " has none of "
                        + String.join(", ", MASKS)
                        + ", which stands for missing text; choose BART"));
  }

  private EncoderDecoder model() {
    return (EncoderDecoder) WHOLE.apply(backbones, trained);
  }

  @Override
  public Tensor loss(TrainingBatch batch, Objective objective) {
    return losses(batch, objective).sum();
  }

  /**
   * The losses {@code distance}, {@code contrast}, {@code infilling} and {@code text}. The first
   * two are of texts without a prompt, captions, and are absent where there are none.
   *
   * <p>Of several processes each has a share of every loss, and their sum is that of one process
   * which has all images and texts.
   *
   * @throws InputException if the backbones have no teacher, or it is of another space
   */
  @Override
  public Losses losses(TrainingBatch batch, Objective objective) {
    EncoderDecoder model = model();
    List<TrainingBatch.Text> texts = batch.texts();
    Gathering gathering = objective.gathering();
    Map<String, Tensor> parts = new LinkedHashMap<>(ofCaptions(model, batch, gathering));
    long[] owners = texts.stream().mapToLong(TrainingBatch.Text::image).toArray();
    Tensor index = Tensors.to(Tensors.ofLongs(owners, owners.length), model.device());
    Tensor seen = see(batch.features()).index_select(0, index); // [T, P, D]
    long seed = first(gathering, objective.dropout().draw());
    DecoderLabels labels = labels(model, texts);
    Scalar share = new Scalar(new UnevenRows(gathering, labels.count()).share());
    double smoothing = objective.labelSmoothing();
    Tensor filled = filled(model, seen, masked(texts, seed, config.whole), labels, smoothing);
    parts.put("infilling", filled.mul(share));
    parts.put("text", filled(model, null, masked(texts, seed, 0), labels, smoothing).mul(share));
    return new Losses(VlkdLosses.sum(parts, config.losses), parts);
  }

  /** One number for all processes. */
  private static long first(Gathering gathering, long own) {
    return Tensors.toLongs(gathering.constant(Tensors.ofLongs(new long[] {own}, 1)))[0];
  }

  /** What compares the captions and images of all processes; each has an equal share of it. */
  private Map<String, Tensor> ofCaptions(
      EncoderDecoder model, TrainingBatch batch, Gathering gathering) {
    List<TrainingBatch.Text> texts = batch.texts();
    List<TrainingBatch.Text> captions =
        texts.stream().filter(text -> text.prompt().length == 0).toList();
    UnevenRows rows = new UnevenRows(gathering, captions.size());
    if (rows.all() == 0) {
      return Map.of();
    }
    // Without a caption of its own a process computes as the others do, and shows none of it.
    List<TrainingBatch.Text> some = captions.isEmpty() ? texts.subList(0, 1) : captions;
    Tensor said = rows.shared(sentences(model, some).narrow(0, 0, captions.size())); // [C, J]
    Tensor taught = rows.constant(taught(some).narrow(0, 0, captions.size())); // [C, J]
    Tensor own = JointTexts.unit(batch.features().select(1, 0));
    UnevenRows imageRows = new UnevenRows(gathering, own.size(0));
    Tensor images = imageRows.constant(own); // [I, J]
    long first = imageRows.first();
    long[] owners = captions.stream().mapToLong(text -> first + text.image()).toArray();
    long[] all = Tensors.toLongs(rows.constant(Tensors.ofLongs(owners, owners.length)));
    Scalar equal = new Scalar(1.0 / rows.processes());
    Map<String, Tensor> parts = new LinkedHashMap<>();
    parts.put("distance", VlkdLosses.distance(said, taught).mul(equal));
    parts.put("contrast", VlkdLosses.contrast(images, said, all, config.temperature).mul(equal));
    return parts;
  }

  /** What the space has of captions, as they are learned: {@code [C, J]}. */
  private Tensor taught(List<TrainingBatch.Text> captions) {
    JointTexts teacher = backbones.teacher();
    int width = backbones.encoder().width();
    if (teacher == null || teacher.width() != width) {
      throw new InputException(
          backbones.encoder().name()
              + " gives an image as "
              + width
              + " numbers, but texts "
              + (teacher == null ? "are not there" : "as " + teacher.width())
              + "; VLKD learns from both sides of one joint space: choose CLIP or a folder that"
              + " method: clip has trained");
    }
    Tokenizer tokenizer = backbones.tokenizer();
    Tensor taught =
        teacher.embeds(
            captions.stream().map(text -> tokenizer.decode(text.target(), true)).toList());
    return Tensors.to(taught, backbones.lm().device());
  }

  /** The mean of the encoder's states of each text, in the space: {@code [C, J]}. */
  private Tensor sentences(EncoderDecoder model, List<TrainingBatch.Text> texts) {
    TextRows rows = TextRows.of(framed(texts), model.config().pad(), model.device());
    Tensor states = model.encode(model.embed(rows.ids()), rows.real()); // [C, S, D]
    Tensor mean =
        rows.real() == null ? states.mean(1) : VlkdLosses.mean(states, rows.real()); // [C, D]
    Tensor projection = trained.at(TEXT).get("weight");
    return Layers.linear(Tensors.to(mean, Tensors.dtype(projection)), projection, null);
  }

  /** The mean loss over the tokens of whole texts, of which the encoder reads what is left. */
  private static Tensor filled(
      EncoderDecoder model, Tensor seen, long[][] left, DecoderLabels labels, double smoothing) {
    TextRows rows = TextRows.of(left, model.config().pad(), model.device());
    Tensor encoded = model.encode(model.embed(rows.ids()), rows.real()); // [T, S, D]
    CrossMemory memory =
        seen == null
            ? model.memory(encoded, rows.real())
            : model.memory(seen, encoded, rows.real()); // [T, P + S, D]
    return labels.loss(model.decode(model.embed(labels.inputs()), memory), smoothing);
  }

  private DecoderLabels labels(EncoderDecoder model, List<TrainingBatch.Text> texts) {
    long[][] framed = framed(texts);
    return new DecoderLabels(
        model, TextRows.block(framed, NextTokenLoss.IGNORE), TextRows.columns(framed));
  }

  private long[][] framed(List<TrainingBatch.Text> texts) {
    return texts.stream()
        .map(text -> framed(join(text.prompt(), text.target())))
        .toArray(long[][]::new);
  }

  /**
   * What is left of each text, with its masks.
   *
   * @param whole share of the texts whose target is one mask
   */
  private long[][] masked(List<TrainingBatch.Text> texts, long seed, double whole) {
    long[][] left = new long[texts.size()][];
    for (int i = 0; i < left.length; i++) {
      TrainingBatch.Text text = texts.get(i);
      int[] all = join(text.prompt(), text.target());
      // A text has its own masks in every step, whatever row it stands in.
      Draws draws = new Draws(seed + Arrays.hashCode(all));
      boolean one = draws.next() < whole;
      long[] ids = IntStream.of(all).asLongStream().toArray();
      left[i] =
          one
              ? framed(join(text.prompt(), mask))
              : framed(
                  LongStream.of(config.masks.corrupt(ids, draws.nextLong(), mask))
                      .mapToInt(Math::toIntExact)
                      .toArray());
    }
    return left;
  }

  private long[] framed(int... ids) {
    return IntStream.of(join(join(begin, ids), end)).asLongStream().toArray();
  }

  private static int[] join(int[] first, int... second) {
    return IntStream.concat(IntStream.of(first), IntStream.of(second)).toArray();
  }

  /** The states of each image that the decoder looks at: {@code [I, 1, J] -> [I, P, D]}. */
  @Override
  public Tensor see(Tensor features) {
    Tensor images = JointTexts.unit(features.select(1, 0)).unsqueeze(1);
    // Of deviation 1, as what a linear map is made for.
    return mapper.map(images.mul(new Scalar(Math.sqrt((double) images.size(2)))), Dropout.NONE);
  }

  @Override
  public Prompt caption(Tensor seen) {
    return ask(Prompt.of().beside(seen), new int[0]);
  }

  /** Shots are questions with their answers before the question, images beside in this order. */
  @Override
  public Prompt answer(Tensor seen, String question, List<Shot> shots) {
    Prompt prompt = Prompt.of();
    int[] words = prompts.instruction();
    for (Shot shot : shots) {
      prompt = prompt.beside(shot.seen());
      words = join(words, prompts.shot(shot.question(), shot.answer()));
    }
    return ask(prompt.beside(seen), join(words, prompts.questionAfterShots(question)));
  }

  /** Reads words and a mask; writes the words, and what the mask stands for. */
  private Prompt ask(Prompt prompt, int[] words) {
    return prompt.then(join(join(begin, words), mask, end)).saying(join(begin, words));
  }

  @Override
  public TextModel reader(List<Prompt> asked) {
    return model();
  }

  /** None of the image: it stands beside the encoder's states. */
  @Override
  public int imageLength() {
    return AROUND;
  }
}
