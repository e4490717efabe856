package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.mapper.LinearConfig;
import io.lorgnette.mapper.QFormer;
import io.lorgnette.mapper.QFormerMapper;
import io.lorgnette.mapper.QFormerMapperConfig;
import io.lorgnette.nn.AttentionTrace;
import io.lorgnette.nn.Parameters;
import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * MiniGPT-4 (Zhu et al. 2023): what BLIP-2's Q-Former has learned to see stays as it is, and one
 * linear map takes it to a language model that chats.
 *
 * <pre>
 *   features [B, N, Di] -> norm, Q-Former (frozen) -> queries [B, Q, d] -> linear (trained)
 *     -> words [image B, Q, D] words, request [answer] -> LM (frozen) -> loss
 * </pre>
 *
 * <p>In the variant for Llama 2 there is no Q-Former: neighbouring patches are joined instead. The
 * Q-Former is part of the connector's file, so that this file is enough.
 */
public final class MiniGpt4 extends PrefixMethod {

  /** What the linear map is given. */
  public enum Source {
    /** What the queries of a frozen Q-Former have seen. */
    QFORMER,
    /** Neighbouring patches side by side. */
    PATCHES
  }

  /** The words around an image. */
  public enum Template {
    /** Stage 1: none. */
    PLAIN,
    /** Stage 2: a request of a human, answered by an assistant. */
    CHAT
  }

  private static final String EYES = "qformer";
  private static final String EYES_PREFIX = EYES + ".";
  private static final String HUMAN = "###Human: <Img>";
  private static final String ASSISTANT = "###Assistant: ";
  private static final String LINEAR = "llama_proj.weight";

  private final int[] before;
  private final QFormer qformer; // null with patches

  /**
   * The recipe.
   *
   * @param qformer sizes of the frozen Q-Former; not used with patches
   * @param joined neighbouring patches; 1 with a Q-Former
   * @param request what a caption answers in the chat
   * @param end text of one token at which answers end; empty for the language model's own end of a
   *     text
   */
  public record Config(
      Source source,
      QFormerSizes qformer,
      int joined,
      Template template,
      String request,
      String end)
      implements MethodConfig {

    static Config read(RecipeNode recipe) {
      Source source = recipe.choice("source", Source.QFORMER);
      Template template = recipe.choice("template", Template.PLAIN);
      return new Config(
          source,
          recipe.section("qformer", QFormerSizes::read),
          recipe.integer("joined", source == Source.QFORMER ? 1 : 4).atLeast(1),
          template,
          recipe.text("request", "Describe this image in detail."),
          recipe.text("end", template == Template.PLAIN ? "\n" : Wording.END_OF_TEXT));
    }

    @Override
    public MethodKind kind() {
      return MethodKind.MINIGPT4;
    }

    @Override
    public String output() {
      return source == Source.PATCHES ? "last-patches" : "";
    }

    @Override
    public Wording wording(LanguageSpec language) {
      return template == Template.PLAIN
          ? new Wording("", "", "", "", "", end)
          : new Wording("", "", "</Img> ", ASSISTANT, "</Img> " + request + ASSISTANT, end);
    }

    private QFormerMapperConfig eyes(Pair pair) {
      return new QFormerMapperConfig(
          qformer.between(pair.encoder().width(), null), pair.language().width(), true);
    }

    private LinearConfig linear(Pair pair) {
      int out = pair.language().width();
      EncoderSpec encoder = pair.encoder();
      return source == Source.QFORMER
          ? LinearConfig.miniGpt4(qformer.width(), out, qformer.queries(), joined)
          : LinearConfig.miniGpt4(encoder.width(), out, encoder.tokens(), joined);
    }

    @Override
    public List<TrainedPart> trained(Pair pair) {
      TrainedPart linear = TrainedPart.mapper("mapper.", linear(pair));
      if (source == Source.PATCHES) {
        return List.of(linear);
      }
      KeyMap keys = eyes(pair).eyesKeys();
      Part part =
          new Part(
              Part.Role.MAPPER,
              "Q-Former with " + qformer.queries() + " queries",
              false,
              keys.parameterCount());
      return List.of(
          new TrainedPart(
              part,
              EYES_PREFIX,
              backbones -> keys,
              (backbones, seed) -> {
                throw new InputException(
                    "MiniGPT-4 goes on from a trained Q-Former; give it as the recipe's start: a"
                        + " connector of BLIP-2, its first stage, or LAVIS' file of either");
              }),
          linear);
    }

    @Override
    public boolean holds(String name) {
      return name.startsWith(EYES_PREFIX);
    }

    /** From what has a Q-Former; the linear map is drawn. */
    @Override
    public Optional<Method> startFrom(Checkpoint file, Backbones backbones, long seed) {
      if (source == Source.PATCHES || file.names().contains(LINEAR)) {
        return Optional.empty();
      }
      QFormerMapperConfig eyes = eyes(backbones.pair());
      boolean hub = file.names().stream().anyMatch(name -> name.startsWith("qformer."));
      requireEncoder(file, backbones.encoder());
      Device device = backbones.lm().device();
      Map<String, Tensor> weights = new LinkedHashMap<>();
      KeyMap keys = hub ? eyes.hubEyesKeys() : eyes.eyesKeys();
      keys.read(file, Dtype.F32, device)
          .forEach((name, tensor) -> weights.put(EYES_PREFIX + name, tensor));
      linear(backbones.pair())
          .create(seed, device)
          .parameters()
          .asMap()
          .forEach((name, tensor) -> weights.put("mapper." + name, tensor));
      return Optional.of(of(backbones, Parameters.of(weights)));
    }

    private static void requireEncoder(Checkpoint file, EncoderSpec encoder) {
      if (ConnectorOrigin.isTold(file.metadata())) {
        ConnectorOrigin.read(file.metadata(), file.path()).requireEncoder(file.path(), encoder);
      } else {
        Blip2Origin.requireEncoder(file, encoder);
      }
    }

    @Override
    public MiniGpt4 of(Backbones backbones, Parameters trained) {
      return new MiniGpt4(this, backbones, trained);
    }
  }

  private MiniGpt4(Config config, Backbones backbones, Parameters trained) {
    super(config, backbones, trained, config.linear(backbones.pair()).of(trained.own("mapper")));
    Tokenizer tokenizer = backbones.tokenizer();
    this.before =
        IntStream.concat(
                Stream.of("<s>", "<|begin_of_text|>")
                    .map(tokenizer::idOf)
                    .flatMapToInt(id -> id.stream())
                    .limit(1),
                config.template == Template.CHAT
                    ? IntStream.of(tokenizer.encode(HUMAN))
                    : IntStream.empty())
            .toArray();
    this.qformer =
        config.source == Source.PATCHES
            ? null
            : new QFormer(config.eyes(backbones.pair()).qformer(), trained.own(EYES));
  }

  @Override
  protected int[] beforeImage() {
    return before;
  }

  @Override
  protected Tensor view(Tensor features) {
    return view(features, AttentionTrace.NONE);
  }

  /** {@code [I, N, Di] -> [I, Q, d]}; nothing is learned here. */
  @Override
  protected Tensor view(Tensor features, AttentionTrace trace) {
    if (qformer == null) {
      return features;
    }
    try (Tensors.NoGrad guard = Tensors.noGrad()) {
      return qformer.see(QFormerMapper.imageNorm(features, trained().own(EYES)), trace);
    }
  }
}
