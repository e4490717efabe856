package io.lorgnette.explain;

import io.lorgnette.explain.Explanation.Attention;
import io.lorgnette.explain.Explanation.PrefixToken;
import io.lorgnette.explain.Explanation.Time;
import io.lorgnette.explain.Explanation.Word;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.Generator;
import io.lorgnette.generate.Prompt;
import io.lorgnette.generate.Scorer;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Method;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.TokenGrid;
import io.lorgnette.vision.VisionEncoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The work of explaining one photo, in steps that each take about as long as a few photos, so that
 * other work can be done between them.
 *
 * <pre>
 *   first step   photo -> words, their probabilities with and without it,
 *                         prefix -> nearest words, attention
 *   others       photo with some regions covered, one by one -> probabilities of the same words
 * </pre>
 *
 * <p>It holds no native memory between steps. Belongs to one thread at a time.
 */
public final class Explaining {

  private static final int REGIONS_AT_ONCE = 8;

  private final Method method;
  private final VisionEncoder encoder;
  private final RgbImage image;
  private final ExplainOptions options;
  private final Regions regions;
  private float[] pixels; // null before the first step
  private RgbImage seen;
  private int[] ids;
  private float[] seeing;
  private float[] blind;
  private String said;
  private String saidBlind;
  private List<PrefixToken> prefix;
  private int prefixLength;
  private Attention attention;
  private final List<float[]> covered = new ArrayList<>(); // log-probabilities of ids
  private long crop;
  private long encode;
  private long connect;
  private long write;
  private long look;

  /**
   * Begins with nothing done.
   *
   * @param encoder makes what the method is given
   */
  public Explaining(Method method, VisionEncoder encoder, RgbImage image, ExplainOptions options) {
    this.method = method;
    this.encoder = encoder;
    this.image = image;
    this.options = options;
    this.regions = new Regions(encoder.processor().size(), options.regions());
  }

  /** How many steps there are. */
  public static int steps(ExplainOptions options) {
    int count = options.regions() * options.regions();
    return 1 + (count + REGIONS_AT_ONCE - 1) / REGIONS_AT_ONCE;
  }

  /**
   * Takes a step.
   *
   * @return whether there is another one
   * @throws io.lorgnette.error.InputException if question and words exceed the model's positions
   */
  public boolean step() {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      if (pixels == null) {
        first();
      } else if (covered.size() < regions.count()) {
        cover();
      }
    }
    return covered.size() < regions.count();
  }

  /** Takes all steps. */
  public Explanation finish() {
    boolean more = true;
    while (more) {
      more = step();
    }
    return explanation();
  }

  /**
   * What is known once all steps were taken.
   *
   * @throws IllegalStateException if there is another step
   */
  public Explanation explanation() {
    if (pixels == null || covered.size() < regions.count()) {
      throw new IllegalStateException("an explanation is asked for before its last step");
    }
    return new Explanation(
        seen,
        options.question(),
        said,
        saidBlind,
        words(),
        prefix,
        prefixLength,
        attention,
        encoder.tokens(),
        options.regions(),
        new Time(crop, encode, connect, write, look));
  }

  private List<Word> words() {
    int stop = method.prompts().stop();
    List<Word> words = new ArrayList<>();
    for (SpokenWords.Span span : SpokenWords.of(method.backbones().tokenizer(), ids, stop)) {
      double whole = span.sum(seeing);
      List<Double> lost = covered.stream().map(scores -> whole - span.sum(scores)).toList();
      words.add(new Word(span.text(), whole, span.sum(blind), lost));
    }
    return words;
  }

  private void first() {
    long start = System.nanoTime();
    seen = encoder.processor().resizedAndCropped(image);
    pixels = new float[3 * regions.size() * regions.size()];
    encoder.processor().normalization().apply(seen, pixels, 0);
    long cropped = System.nanoTime();
    Tensor features = encode(pixels, 1);
    long encoded = System.nanoTime();
    Tensor row = method.see(features); // [1, P, D]
    long connected = System.nanoTime();
    say(row);
    long written = System.nanoTime();
    crop = cropped - start;
    encode = encoded - cropped;
    connect = connected - encoded;
    write = options.text().isPresent() ? 0 : written - connected;
    compare(row, method.see(torch.zeros_like(features)));
    inside(features);
    look = System.nanoTime() - written;
  }

  private Tensor encode(float[] values, int images) {
    long size = regions.size();
    return encoder.encode(Tensors.ofFloats(values, images, 3, size, size));
  }

  /** The words to be explained. */
  private void say(Tensor row) {
    if (options.text().isPresent()) {
      said = options.text().get();
      ids =
          options.question().isPresent()
              ? method.prompts().answer(said)
              : method.prompts().caption(said);
    } else {
      Generation generation = generate(row);
      ids = generation.ids();
      said = utterance(generation).text();
    }
  }

  private Generation generate(Tensor row) {
    List<Prompt> prompts = prompts(row);
    return new Generator(method.reader(prompts), method.backbones().tokenizer())
        .generate(prompts, options.decoding().withEos(method.prompts().stop()))
        .get(0);
  }

  private Utterance utterance(Generation generation) {
    return options.question().isPresent()
        ? Utterance.answer(generation)
        : Utterance.caption(generation);
  }

  /** A prompt for each row of {@code [B, P, D]}. */
  private List<Prompt> prompts(Tensor rows) {
    List<Prompt> prompts = new ArrayList<>();
    for (long i = 0; i < rows.size(0); i++) {
      Tensor row = rows.select(0, i);
      prompts.add(
          options.question().isPresent()
              ? method.answer(row, options.question().get(), List.of())
              : method.caption(row));
    }
    return prompts;
  }

  /** The log-probabilities of the words behind each row of {@code [B, P, D]}. */
  private List<float[]> score(Tensor rows) {
    List<Prompt> prompts = prompts(rows);
    // A reader that looks at images from inside is made for all that it is to read.
    int[] read = Arrays.copyOf(ids, ids.length - 1);
    List<Prompt> whole = prompts.stream().map(prompt -> prompt.then(read)).toList();
    return new Scorer(method.reader(whole))
        .score(prompts, Collections.nCopies(prompts.size(), ids)).stream()
            .map(Scorer.Score::logProbabilities)
            .toList();
  }

  private void compare(Tensor row, Tensor blindRow) {
    List<float[]> both = score(Tensors.cat(0, row, blindRow));
    seeing = both.get(0);
    blind = both.get(1);
    saidBlind = utterance(generate(blindRow)).text();
  }

  private void inside(Tensor features) {
    PrefixAttention trace = new PrefixAttention(Math.toIntExact(features.size(1)));
    Method.Look found = method.look(features, options.question().orElse(null), trace);
    prefixLength = Math.toIntExact(found.embeddings().size(1));
    prefix =
        found.amongWords()
            ? new NearestWords(
                    method.backbones().lm(), method.backbones().tokenizer(), options.neighbours())
                .of(found.embeddings().select(0, 0))
            : List.of();
    attention = attention(trace);
  }

  private Attention attention(PrefixAttention trace) {
    if (!trace.any()) {
      return Attention.none(
          method.kind().title() + " has no attention from what stands for a photo to the photo");
    }
    Optional<TokenGrid> grid = encoder.grid();
    if (grid.isEmpty()) {
      return Attention.none("this output of the encoder has no places on the photo");
    }
    TokenGrid places = grid.get();
    int count = places.rows() * places.columns();
    List<List<Double>> maps = new ArrayList<>();
    for (double[] shares : trace.shares()) {
      List<Double> map = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        map.add(shares[places.leading() + i]);
      }
      maps.add(map);
    }
    return new Attention(places.rows(), places.columns(), maps, "");
  }

  /** Covers the next regions. */
  private void cover() {
    long start = System.nanoTime();
    int from = covered.size();
    int to = Math.min(regions.count(), from + REGIONS_AT_ONCE);
    covered.addAll(score(method.see(encode(regions.covered(pixels, from, to), to - from))));
    look += System.nanoTime() - start;
  }
}
