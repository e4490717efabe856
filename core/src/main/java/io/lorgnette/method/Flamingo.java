package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.MediaLayers;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.Initial;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.mapper.PerceiverConfig;
import io.lorgnette.nn.Activation;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.GatedCrossAttention;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * Flamingo (Alayrac et al. 2022) in the form of OpenFlamingo: a resampler makes a few vectors of
 * each image, and the words of a frozen language model look at them from new layers between its
 * own, behind gates that start closed.
 *
 * <pre>
 *   features [B, N, Di] -> Perceiver (trained) -> media [B, L, Di]
 *                                                    | gated cross-attention (trained)
 *   &lt;image&gt; [prompt] [target] &lt;|endofchunk|&gt; -> LM (frozen) -> loss
 * </pre>
 *
 * <p>Resampler, blocks and the whole model are checked against OpenFlamingo's, values and
 * gradients. The two new words have rows of their own; those of an output matrix apart from the
 * embedding are trained too, where OpenFlamingo leaves them as they were drawn.
 */
public final class Flamingo extends BoundMethod<Flamingo.Config> {

  /** The new words, in the order of their ids behind the language model's own. */
  private static final int END_OF_CHUNK = 0;

  private static final int IMAGE = 1;
  private static final int NEW_WORDS = 2;

  private static final float WORDS_DEVIATION = 0.02f;

  private final Mapper perceiver;

  /**
   * The recipe.
   *
   * @param latents L, vectors for each image
   * @param layers of the resampler
   * @param heads of all its attentions
   * @param headWidth of each
   * @param every a block stands before each layer whose number, from 1 on, this divides
   * @param captionWords between an image and its caption: {@code Output:} for the released weights,
   *     which were trained without words and are asked with them
   */
  public record Config(
      int latents, int layers, int heads, int headWidth, int every, String captionWords)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      return new Config(
          recipe.integer("latents", 64).atLeast(1),
          recipe.integer("layers", 6).atLeast(1),
          recipe.integer("heads", 8).atLeast(1),
          recipe.integer("head_width", 64).atLeast(1),
          recipe.integer("every", 4).atLeast(1),
          recipe.text("caption_words", ""));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.FLAMINGO;
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return new Wording("", "", "Question:", " Short answer:", captionWords, "<|endofchunk|>");
    }

    private PerceiverConfig perceiver(Pair pair) {
      int width = pair.encoder().width();
      return new PerceiverConfig(
          width, latents, layers, heads, headWidth, 4 * width, Activation.GELU);
    }

    private GatedCrossAttention.Shape block(Pair pair) {
      long width = pair.language().layers().width();
      return new GatedCrossAttention.Shape(
          width, pair.encoder().width(), heads, headWidth, 4 * width);
    }

    /** Layers of the language model that a block stands before. */
    private List<Integer> places(LanguageSpec language) {
      List<Integer> places = new ArrayList<>();
      for (int layer = every - 1; layer < language.layers().count(); layer += every) {
        places.add(layer);
      }
      if (places.isEmpty()) {
        throw new InputException(
            language.name()
                + " has "
                + language.layers().count()
                + " layers, so none has a block with every "
                + every
                + "; lower it");
      }
      return places;
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      return List.of(
          TrainedPart.mapper("perceiver.", perceiver(pair)), blocks(pair), words(pair.language()));
    }

    private TrainedPart blocks(Pair pair) {
      KeyMap keys = new KeyMap();
      List<Integer> places = places(pair.language());
      for (int layer : places) {
        String stored = "lang_encoder." + pair.language().layers().layer(layer);
        block(pair).addKeys(keys, Integer.toString(layer), stored + ".gated_cross_attn_layer");
      }
      String name =
          "before " + places.size() + " of " + pair.language().layers().count() + " layers";
      return TrainedPart.of(
          Part.Role.CROSS_ATTENTION,
          name,
          "blocks.",
          keys,
          (backbones, seed) ->
              Initial.draw(keys, seed + 1, backbones.lm().device(), Config::blockValues));
    }

    /** As PyTorch starts linear maps; gates closed. */
    private static float[] blockValues(String name, List<Long> shape, Draws draws) {
      int count = Initial.count(shape);
      if (shape.size() == 2) {
        return draws.uniform(count, 1 / Math.sqrt(shape.get(1)));
      }
      return name.contains("norm") ? Initial.norm(name, count) : new float[count];
    }

    private static TrainedPart words(LanguageSpec language) {
      Part part = new Part(Part.Role.WORDS, "image, end of chunk", true, 2L * language.width());
      return new TrainedPart(
          part,
          "words.",
          Config::wordKeys,
          (backbones, seed) ->
              Initial.draw(
                  wordKeys(backbones), seed + 2, backbones.lm().device(), Config::wordValues));
    }

    private static float[] wordValues(String name, List<Long> shape, Draws draws) {
      float[] values = draws.normal(Initial.count(shape));
      for (int i = 0; i < values.length; i++) {
        values[i] *= WORDS_DEVIATION;
      }
      return values;
    }

    private static KeyMap wordKeys(Backbones backbones) {
      LanguageModel lm = backbones.decoder();
      KeyMap keys = new KeyMap();
      keys.add("rows", "words.rows", NEW_WORDS, lm.width());
      if (!lm.config().tied()) {
        keys.add("scores", "words.scores", NEW_WORDS, lm.width());
      }
      return keys;
    }

    @Override
    public boolean weighsTexts() {
      return false;
    }

    @Override
    public boolean readsSequences() {
      return true;
    }

    /** The published recipe decays the blocks alone. */
    @Override
    public boolean decays(String name, Tensor tensor) {
      return name.startsWith("blocks.") && tensor.dim() >= 2;
    }

    @Override
    public Flamingo of(Backbones backbones, Parameters trained) {
      return new Flamingo(this, backbones, trained);
    }
  }

  private Flamingo(Config config, Backbones backbones, Parameters trained) {
    super(
        config,
        backbones,
        trained,
        new Prompts(
            backbones.tokenizer(),
            config.wording(backbones.language()),
            id(backbones, END_OF_CHUNK)));
    this.perceiver = config.perceiver(backbones.pair()).of(trained.own("perceiver"));
  }

  private int id(int newWord) {
    return id(backbones, newWord);
  }

  private static int id(Backbones backbones, int newWord) {
    return backbones.lm().vocabulary() + newWord;
  }

  /** The language model with its new words, whose words look at images from the new layers. */
  private LanguageModel looking(Tensor media, Tensor seen) {
    Map<Integer, GatedCrossAttention> blocks = new LinkedHashMap<>();
    for (int layer : config.places(backbones.language())) {
      blocks.put(
          layer,
          new GatedCrossAttention(trained.at("blocks", layer), config.block(backbones.pair())));
    }
    return backbones
        .decoder()
        .withWords(trained.get("words.rows"), trained.find("words.scores"))
        .with(new MediaLayers(blocks, media, seen, true));
  }

  /**
   * Every text stands behind its own image: {@code <image> prompt target}; in sequences words look
   * at the last image before them. Rows are padded on the right.
   */
  @Override
  public Tensor loss(TrainingBatch batch, Objective objective) {
    MarkedRows rows = new MarkedRows(batch, id(IMAGE));
    Tensor index = Tensors.to(Tensors.ofLongs(rows.images, rows.images.length), device());
    Tensor mapped = perceiver.map(batch.features(), objective.dropout()); // [I, L, Di]
    Tensor media =
        mapped
            .index_select(0, index)
            .view(rows.rows, rows.most, mapped.size(1), mapped.size(2)); // [R, most, L, Di]
    LanguageModel lm = looking(media, grid(rows, rows.seen));
    Tensor words = lm.embed(grid(rows, rows.ids));
    return NextTokenLoss.mean(lm, lm.hidden(words), rows.labels, objective.labelSmoothing());
  }

  /** {@code [R, T]}. */
  private Tensor grid(MarkedRows rows, long[] values) {
    return Tensors.to(Tensors.ofLongs(values, rows.rows, rows.columns), device());
  }

  private Device device() {
    return backbones.lm().device();
  }

  /** {@code [B, N, Di] -> [B, L, Di]}. */
  @Override
  public Tensor see(Tensor features) {
    return perceiver.map(features, Dropout.NONE);
  }

  @Override
  public Look look(Tensor features, String question, AttentionTrace trace) {
    return new Look(perceiver.map(features, trace), false);
  }

  @Override
  public Prompt caption(Tensor seen) {
    return Prompt.of().thenImage(seen, id(IMAGE)).then(prompts.beforeCaption());
  }

  /** Shots stand before the question, each with its image. */
  @Override
  public Prompt answer(Tensor seen, String question, List<Shot> shots) {
    Prompt prompt = Prompt.of();
    for (Shot shot : shots) {
      prompt =
          prompt
              .thenImage(shot.seen(), id(IMAGE))
              .then(prompts.shot(shot.question(), shot.answer()));
    }
    return prompt.thenImage(seen, id(IMAGE)).then(prompts.questionAfterShots(question));
  }

  /** Prompts are padded on the left; a token sees the last image at or before it. */
  @Override
  public TextModel reader(List<Prompt> asked) {
    int rows = asked.size();
    int columns = asked.stream().mapToInt(Prompt::length).max().orElseThrow();
    int most = asked.stream().mapToInt(prompt -> prompt.images().size()).max().orElseThrow();
    long[] seen = new long[rows * columns];
    Tensor[] media = new Tensor[rows];
    for (int row = 0; row < rows; row++) {
      Prompt prompt = asked.get(row);
      int padding = columns - prompt.length();
      List<Tensor> images = new ArrayList<>();
      for (Prompt.Image image : prompt.images()) {
        int from = row * columns + padding + image.from();
        images.add(image.tokens());
        Arrays.fill(seen, from, (row + 1) * columns, images.size());
      }
      while (images.size() < most) {
        images.add(images.get(0)); // never seen: no token counts so many images
      }
      media[row] = Tensors.stack(0, images.toArray(Tensor[]::new));
    }
    Tensor counts = Tensors.to(Tensors.ofLongs(seen, rows, columns), device());
    return looking(Tensors.stack(0, media), counts);
  }

  /** The marker. */
  @Override
  public int imageLength() {
    return 1;
  }
}
