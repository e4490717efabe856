package io.lorgnette.method;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.RgbImage;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.EncoderDecoderConfig;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.mapper.MaplMapper;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.text.AddedWord;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.JointConfig;
import io.lorgnette.vision.JointSpace;
import io.lorgnette.vision.JointTexts;
import io.lorgnette.vision.NfResNet;
import io.lorgnette.vision.NfResNetConfig;
import io.lorgnette.vision.PixelEncoder;
import io.lorgnette.vision.TokenGrid;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;

/** A small pair with random weights and a real tokenizer. */
public final class TinyBackbones implements AutoCloseable {

  public static final int TOKENS = 5;
  public static final int WIDTH = 20;
  public static final int LM_WIDTH = 24;
  public static final int PREFIX = 4;
  private static final int PIXELS = 16;

  private static final String MASK = "<mask>";

  private final Tokenizer tokenizer;
  private final TextModel lm;
  private final String name;
  private EncoderSpec spec =
      new EncoderSpec("tiny-encoder", "random:1", "resize 8", WIDTH, TOKENS, 1000);
  private NfResNet eyes;
  private JointTexts teacher;

  public TinyBackbones(long seed) {
    this(seed, "tiny-lm");
  }

  public TinyBackbones(long seed, String name) {
    tokenizer = Tokenizer.load(Golden.resource("goldens/tokenizers/gpt2"));
    lm =
        LanguageModel.random(
            DecoderConfig.smallLlama(tokenizer.vocabularySize(), LM_WIDTH, 2, 2, 48, 96),
            seed,
            Device.CPU);
    this.name = name;
  }

  /** A BART with its mask, and a joint space whose images are the features. */
  private TinyBackbones() {
    tokenizer = masking();
    int vocabulary = tokenizer.vocabularySize();
    int end = vocabulary - 2;
    lm =
        EncoderDecoder.random(
            EncoderDecoderConfig.smallBart(vocabulary, LM_WIDTH, 1, 1, 2, 48, 96, end, end),
            1,
            Device.CPU);
    name = "tiny-bart";
    JointSpace space =
        JointConfig.of(9, 8, vocabulary, 12, 16, 1, 2, WIDTH, 0).create(5, Device.CPU);
    teacher = new JointTexts(space.texts(), masking());
  }

  private static Tokenizer masking() {
    Path file = Golden.resource("goldens/tokenizers/gpt2").resolve("tokenizer.json");
    try (Tokenizer plain = Tokenizer.load(file)) {
      return Tokenizer.load(AddedWord.in(file, MASK, plain.vocabularySize()), "gpt2 with a mask");
    }
  }

  /** What a method needs: features of one or several tokens, or pixels, or an encoder to train. */
  public static TinyBackbones forMethod(MethodConfig method) {
    TinyBackbones tiny = method.learnsFromTexts() ? new TinyBackbones() : new TinyBackbones(1);
    // Larger weights than a model starts with: what it says depends on what it is given. A BART of
    // this width starts with large ones.
    double larger = tiny.lm instanceof EncoderDecoder ? 1.5 : 10;
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      for (Tensor tensor : tiny.lm.parameters().where(name -> !name.contains("norm"))) {
        tensor.mul_(new Scalar(larger));
      }
    }
    String output = method.output();
    if (method.trainsEncoder()) {
      tiny.eyes =
          NfResNet.untrained(
              new NfResNetConfig(
                  PIXELS,
                  8,
                  List.of(new NfResNetConfig.Stage(1, 16), new NfResNetConfig.Stage(1, WIDTH * 2)),
                  0.2,
                  0.25,
                  1e-5,
                  0,
                  output.equals(VisionEncoders.ONE) ? 3 : 2),
              4,
              null,
              Device.CPU);
      tiny.spec =
          new EncoderSpec(
              "eyes",
              "random:4",
              "none",
              2 * WIDTH,
              tiny.eyes.tokens(),
              tiny.eyes.parameterCount());
    } else if (output.equals(PixelEncoder.OUTPUT)) {
      tiny.spec = new EncoderSpec("pixels", "pixels", "none", PIXELS, 3 * PIXELS, 0);
    } else if (output.equals(VisionEncoders.ONE)) {
      tiny.spec = new EncoderSpec("one", "random:1", "none", WIDTH, 1, 1000);
    }
    return tiny;
  }

  /** Input of a method for some images. */
  public Tensor input(int images, long seed) {
    boolean pixels = eyes != null || spec.name().equals("pixels");
    int tokens = pixels ? 3 * PIXELS : spec.tokens();
    int width = pixels ? PIXELS : spec.width();
    Random random = new Random(seed);
    float[] values = new float[images * tokens * width];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.ofFloats(values, images, tokens, width);
  }

  /** Makes such input of images; a class token and four places where it makes several tokens. */
  VisionEncoder encoder() {
    ImageProcessor processor = ImageProcessor.imagenetSquash(PIXELS);
    if (eyes != null || spec.name().equals("pixels")) {
      return new PixelEncoder(processor);
    }
    Optional<TokenGrid> grid =
        spec.tokens() == TOKENS ? Optional.of(new TokenGrid(1, 2, 2)) : Optional.empty();
    return new DrawnEncoder(processor, spec.tokens(), spec.width(), grid);
  }

  /** Noise of the size that {@link #encoder} takes. */
  static RgbImage picture() {
    byte[] rgb = new byte[3 * PIXELS * PIXELS];
    new Random(8).nextBytes(rgb);
    return new RgbImage(PIXELS, PIXELS, rgb);
  }

  public LanguageModel lm() {
    return (LanguageModel) lm;
  }

  public Backbones get() {
    return Backbones.of(spec, name, lm, tokenizer).withEyes(eyes).withTeacher(teacher);
  }

  /** A fresh mapper between them, without dropout. */
  public static MaplMapper mapper(long seed) {
    return config(0).create(seed, Device.CPU);
  }

  /** A system with such a mapper. */
  public static MaplSizes sizes(double dropout) {
    return MaplSizes.of(config(dropout));
  }

  public static MaplConfig config(double dropout) {
    return new MaplConfig(WIDTH, 32, LM_WIDTH, PREFIX, 2, 4, 64, dropout, true);
  }

  /** Features of images, {@code [images, TOKENS, WIDTH]}. */
  public static Tensor features(int images, long seed) {
    Random random = new Random(seed);
    float[] values = new float[images * TOKENS * WIDTH];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensors.ofFloats(values, images, TOKENS, WIDTH);
  }

  @Override
  public void close() {
    lm.close();
    if (eyes != null) {
      eyes.close();
    }
    if (teacher != null) {
      teacher.close();
    }
    tokenizer.close();
  }
}
