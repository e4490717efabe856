package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.language.Adapters;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.language.LowRank;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.Initial;
import io.lorgnette.nn.Adapter;
import io.lorgnette.nn.Draws;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/** What of a language model is trained. Own names begin with {@link #PREFIX}. */
public sealed interface LanguageTuning {

  /** Before the own names of what is trained in a language model. */
  String PREFIX = "language.";

  /** Nothing. */
  LanguageTuning NONE = new None();

  /**
   * What a system trains in all.
   *
   * @param others its parts outside of the language model
   */
  List<TrainedPart> parts(LanguageSpec language, TrainedPart... others);

  /**
   * The language model with what is trained in it.
   *
   * @param trained those of a method
   */
  TextModel apply(Backbones backbones, Parameters trained);

  /** What is trained outside of the language model, then what is trained in it. */
  private static List<TrainedPart> joined(TrainedPart[] others, TrainedPart own) {
    return Stream.concat(Arrays.stream(others), Stream.of(own)).toList();
  }

  /** The model stays as it is. */
  record None() implements LanguageTuning {

    @Override
    public List<TrainedPart> parts(LanguageSpec language, TrainedPart... others) {
      return List.of(others);
    }

    @Override
    public TextModel apply(Backbones backbones, Parameters trained) {
      return backbones.lm();
    }
  }

  /** All weights. */
  record Whole() implements LanguageTuning {

    @Override
    public List<TrainedPart> parts(LanguageSpec language, TrainedPart... others) {
      TrainedPart.Start asItIs =
          (backbones, seed) -> {
            TextModel lm = backbones.lm();
            if (!lm.parameters().names().equals(keys(lm).shapes().keySet())) {
              throw new InputException(
                  language.name()
                      + " is kept in fewer bits and can not be trained; leave --weights");
            }
            return lm.parameters().copyTo(Dtype.F32, lm.device()).asMap();
          };
      return joined(others, all(language, asItIs));
    }

    private static TrainedPart all(LanguageSpec language, TrainedPart.Start start) {
      return new TrainedPart(
          new Part(Part.Role.LANGUAGE_MODEL, language.name(), true, language.parameters()),
          PREFIX,
          backbones -> new KeyMap().addAllStored("language_model.", keys(backbones.lm())),
          start);
    }

    private static KeyMap keys(TextModel lm) {
      return lm instanceof EncoderDecoder model
          ? model.config().keys()
          : ((LanguageModel) lm).config().keys();
    }

    /** Weights of another format than the model's are converted, in the current scope. */
    @Override
    public TextModel apply(Backbones backbones, Parameters trained) {
      TextModel lm = backbones.lm();
      Map<String, Tensor> own = new LinkedHashMap<>();
      trained
          .own("language")
          .asMap()
          .forEach((name, tensor) -> own.put(name, Tensors.to(tensor, lm.dtype(), lm.device())));
      Parameters parameters = Parameters.of(own);
      return lm instanceof EncoderDecoder model
          ? model.with(parameters)
          : ((LanguageModel) lm).with(parameters);
    }
  }

  /** All weights, which start from nothing; for controls. */
  record Scratch() implements LanguageTuning {

    @Override
    public List<TrainedPart> parts(LanguageSpec language, TrainedPart... others) {
      TrainedPart.Start random =
          (backbones, seed) -> {
            LanguageModel lm = backbones.decoder();
            return LanguageModel.random(lm.config(), seed, lm.device()).parameters().asMap();
          };
      return joined(others, Whole.all(language, random));
    }

    @Override
    public TextModel apply(Backbones backbones, Parameters trained) {
      return new Whole().apply(backbones, trained);
    }
  }

  /**
   * Low-rank updates of queries and values (Hu et al. 2022).
   *
   * @param rank r
   * @param alpha the updates count alpha / r times
   */
  record LowRankUpdates(int rank, double alpha) implements LanguageTuning {

    static LowRankUpdates read(RecipeNode node) {
      return new LowRankUpdates(
          node.integer("rank", 8).between(1, 1024), node.number("alpha", 16).above(0.0));
    }

    @Override
    public List<TrainedPart> parts(LanguageSpec language, TrainedPart... others) {
      LanguageSpec.Layers layers = language.layers();
      KeyMap keys = new KeyMap();
      for (int i = 0; i < layers.count(); i++) {
        String stored = "base_model.model." + layers.layer(i) + "." + layers.attention() + ".";
        updates(keys, "layers." + i + ".q", stored + "q_proj", layers.width(), layers.queries());
        updates(keys, "layers." + i + ".v", stored + "v_proj", layers.width(), layers.keys());
      }
      return joined(
          others,
          TrainedPart.drawn(
              Part.Role.LOW_RANK,
              "rank " + rank + " at queries and values of " + layers.count() + " layers",
              PREFIX,
              keys,
              LowRankUpdates::values));
    }

    /** Names as PEFT writes them. */
    private void updates(KeyMap keys, String own, String stored, long in, long out) {
      keys.add(own + ".a", stored + ".lora_A.weight", rank, in);
      keys.add(own + ".b", stored + ".lora_B.weight", out, rank);
    }

    /** A uniform within {@code 1 / sqrt(W)}, B zero: the model starts as it is. */
    private static float[] values(String name, List<Long> shape, Draws draws) {
      return name.endsWith(".a")
          ? draws.uniform(Initial.count(shape), 1 / Math.sqrt(shape.get(1)))
          : new float[Initial.count(shape)];
    }

    @Override
    public TextModel apply(Backbones backbones, Parameters trained) {
      return backbones.decoder().with(new LowRank(trained.at("language"), alpha / rank));
    }
  }

  /**
   * Bottleneck adapters of every layer (MAGMA).
   *
   * @param attention width of a layer divided by that of the adapter behind its attention; 0 for
   *     none
   * @param feedForward the same behind its feed-forward
   * @param parallel whether they read what goes into the part, else what comes out
   * @param scaled whether a learned factor stands before their output
   */
  record Bottlenecks(int attention, int feedForward, boolean parallel, boolean scaled)
      implements LanguageTuning {

    /** MAGMA v1: behind the feed-forward. */
    public static final Bottlenecks MAGMA = new Bottlenecks(0, 4, false, false);

    private static final float DEVIATION = 1e-3f;

    static Bottlenecks read(RecipeNode node) {
      Bottlenecks read =
          new Bottlenecks(
              node.integer("attention", MAGMA.attention).atLeast(0),
              node.integer("feed_forward", MAGMA.feedForward).atLeast(0),
              node.flag("parallel", MAGMA.parallel),
              node.flag("scaled", MAGMA.scaled));
      node.check(
          read.attention > 0 || read.feedForward > 0,
          "feed_forward",
          "must be above 0 where attention is 0");
      return read;
    }

    @Override
    public List<TrainedPart> parts(LanguageSpec language, TrainedPart... others) {
      LanguageSpec.Layers layers = language.layers();
      KeyMap keys = new KeyMap();
      for (int i = 0; i < layers.count(); i++) {
        String stored = "lm.transformer.h." + i + ".";
        adapter(keys, i, "attention", stored + "attn.", attention, layers.width());
        // The feed-forward and the adapter behind it are a list of two.
        String behind = parallel ? "mlp." : "mlp.1.";
        adapter(keys, i, "feedForward", stored + behind, feedForward, layers.width());
      }
      return joined(
          others,
          TrainedPart.drawn(
              Part.Role.ADAPTERS, describe(layers), PREFIX, keys, Bottlenecks::values));
    }

    private String describe(LanguageSpec.Layers layers) {
      List<String> where = new ArrayList<>();
      if (attention > 0) {
        where.add("attention (width " + layers.width() / attention + ")");
      }
      if (feedForward > 0) {
        where.add("feed-forward (width " + layers.width() / feedForward + ")");
      }
      return String.join(" and ", where) + " of " + layers.count() + " layers";
    }

    private void adapter(KeyMap keys, int layer, String at, String stored, int factor, long width) {
      if (factor > 0) {
        Adapter.addKeys(
            keys,
            "layers." + layer + "." + at,
            stored + "adapter",
            scaled ? stored + "adapter_scale" : null,
            width,
            width / factor);
      }
    }

    /** Normal of deviation 0.001, cut at twice that; factors are one. */
    private static float[] values(String name, List<Long> shape, Draws draws) {
      if (name.endsWith(".scale")) {
        return new float[] {1};
      }
      float[] values = draws.normal(Initial.count(shape));
      for (int i = 0; i < values.length; i++) {
        values[i] = DEVIATION * Math.max(-2, Math.min(2, values[i]));
      }
      return values;
    }

    @Override
    public TextModel apply(Backbones backbones, Parameters trained) {
      LanguageModel decoder = backbones.decoder();
      int layers = decoder.config().layers();
      return decoder.with(
          new Adapters(
              adapters("attention", attention, layers, trained),
              adapters("feedForward", feedForward, layers, trained)));
    }

    private List<Adapter> adapters(String at, int factor, int layers, Parameters trained) {
      List<Adapter> all = new ArrayList<>();
      for (int i = 0; factor > 0 && i < layers; i++) {
        all.add(new Adapter(trained.at("language.layers", i).at(at), parallel));
      }
      return all;
    }
  }
}
