package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.vision.Beit;
import io.lorgnette.vision.ClipResNetConfig;
import io.lorgnette.vision.ClipVitConfig;
import io.lorgnette.vision.Dinov2;
import io.lorgnette.vision.EfficientNetLiteConfig;
import io.lorgnette.vision.EncoderShape;
import io.lorgnette.vision.EvaVit;
import io.lorgnette.vision.NfResNetConfig;
import io.lorgnette.vision.SiglipVitConfig;
import io.lorgnette.vision.VisionEncoders;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Sizes of published backbones, so that the parameters of a method can be told without fetching
 * gigabytes. Closed lists; a model that is not in them is described from its own configuration.
 */
public final class KnownBackbones {

  /** The identity of a model of which only the sizes are known. */
  public static final String PUBLISHED = "published";

  /**
   * CLIP's encoders are counted without what leads to the joint space: features do not go there.
   */
  private static final List<Known> ENCODERS =
      List.of(
          clip("openai/clip-vit-base-patch32", ClipVitConfig.vitB32(), 512),
          clip("openai/clip-vit-base-patch16", ClipVitConfig.vitB16(), 512),
          clip("openai/clip-vit-large-patch14", ClipVitConfig.vitL14(), 768),
          clip("openai/clip-vit-large-patch14-336", ClipVitConfig.vitL14At336(), 768),
          clip("laion/CLIP-ViT-H-14-laion2B-s32B-b79K", ClipVitConfig.vitH14(), 1024),
          clip("laion/CLIP-ViT-bigG-14-laion2B-39B-b160k", ClipVitConfig.vitBigG14(), 1280),
          clip("openai/RN50", ClipResNetConfig.rn50()),
          clip("openai/RN50x4", ClipResNetConfig.rn50x4()),
          clip("openai/RN50x16", ClipResNetConfig.rn50x16()),
          encoder("google/siglip-base-patch16-224", SiglipVitConfig.b16().shape()),
          encoder("google/siglip-large-patch16-256", SiglipVitConfig.l16At256().shape()),
          encoder("google/siglip-so400m-patch14-384", SiglipVitConfig.so400mAt384().shape()),
          encoder("lavis/eva_vit_g", EvaVit.giant().shape()),
          encoder("facebook/dinov2-small", Dinov2.small().withImageSize(224).shape()),
          encoder("facebook/dinov2-base", Dinov2.base().withImageSize(224).shape()),
          encoder("facebook/dinov2-large", Dinov2.large().withImageSize(224).shape()),
          encoder("facebook/dinov2-giant", Dinov2.giant().withImageSize(224).shape()),
          encoder("microsoft/beit-base-patch16-224-pt22k", Beit.base().shape()),
          encoder("microsoft/beit-large-patch16-224-pt22k", Beit.large().shape()),
          encoder("timm/nf_resnet50", NfResNetConfig.nfResNet50().shape()),
          encoder("timm/tf_efficientnet_lite0", EfficientNetLiteConfig.lite(0).shape()),
          encoder("timm/tf_efficientnet_lite4", EfficientNetLiteConfig.lite(4).shape()));

  private static final List<LanguageSpec> LANGUAGE_MODELS =
      List.of(
          language("gpt2", 768, 124_439_808L, "gpt2", 12, 768, 768, 768),
          language("gpt2-medium", 1024, 354_823_168L, "gpt2", 24, 1024, 1024, 1024),
          language("gpt2-large", 1280, 774_030_080L, "gpt2", 36, 1280, 1280, 1280),
          language("gpt2-xl", 1600, 1_557_611_200L, "gpt2", 48, 1600, 1600, 1600),
          language("EleutherAI/gpt-neo-125m", 768, 125_198_592L, "gpt_neo", 12, 768, 768, 768),
          language(
              "EleutherAI/gpt-neo-1.3B", 2048, 1_315_575_808L, "gpt_neo", 24, 2048, 2048, 2048),
          language(
              "EleutherAI/gpt-neo-2.7B", 2560, 2_651_307_520L, "gpt_neo", 32, 2560, 2560, 2560),
          language("EleutherAI/gpt-j-6b", 4096, 6_050_882_784L, "gptj", 28, 4096, 4096, 4096),
          language("facebook/opt-125m", 768, 125_239_296L, "opt", 12, 768, 768, 768),
          language("facebook/opt-350m", 512, 331_196_416L, "opt", 24, 1024, 1024, 1024),
          language("facebook/opt-1.3b", 2048, 1_315_758_080L, "opt", 24, 2048, 2048, 2048),
          language("facebook/opt-2.7b", 2560, 2_651_596_800L, "opt", 32, 2560, 2560, 2560),
          language("facebook/opt-6.7b", 4096, 6_658_473_984L, "opt", 32, 4096, 4096, 4096),
          language("facebook/opt-13b", 5120, 12_853_473_280L, "opt", 40, 5120, 5120, 5120),
          language("facebook/opt-30b", 7168, 29_974_540_288L, "opt", 48, 7168, 7168, 7168),
          language("facebook/opt-66b", 9216, 65_719_701_504L, "opt", 64, 9216, 9216, 9216),
          language("huggyllama/llama-7b", 4096, 6_738_415_616L, "llama", 32, 4096, 4096, 4096),
          language("huggyllama/llama-13b", 5120, 13_015_864_320L, "llama", 40, 5120, 5120, 5120),
          language("huggyllama/llama-30b", 6656, 32_528_943_616L, "llama", 60, 6656, 6656, 6656),
          language("huggyllama/llama-65b", 8192, 65_285_660_672L, "llama", 80, 8192, 8192, 8192),
          language("meta-llama/Llama-2-7b-hf", 4096, 6_738_415_616L, "llama", 32, 4096, 4096, 4096),
          language(
              "meta-llama/Llama-2-13b-hf", 5120, 13_015_864_320L, "llama", 40, 5120, 5120, 5120),
          language(
              "meta-llama/Llama-2-70b-hf", 8192, 68_976_648_192L, "llama", 80, 8192, 8192, 1024),
          language("lmsys/vicuna-7b-v1.5", 4096, 6_738_415_616L, "llama", 32, 4096, 4096, 4096),
          language("lmsys/vicuna-13b-v1.5", 5120, 13_015_864_320L, "llama", 40, 5120, 5120, 5120),
          language(
              "TinyLlama/TinyLlama-1.1B-Chat-v1.0",
              2048,
              1_100_048_384L,
              "llama",
              22,
              2048,
              2048,
              256),
          language(
              "meta-llama/Meta-Llama-3-8B", 4096, 8_030_261_248L, "llama", 32, 4096, 4096, 1024),
          language("meta-llama/Llama-3.1-8B", 4096, 8_030_261_248L, "llama", 32, 4096, 4096, 1024),
          language(
              "meta-llama/Llama-3.1-70B", 8192, 70_553_706_496L, "llama", 80, 8192, 8192, 1024),
          language("meta-llama/Llama-3.2-1B", 2048, 1_235_814_400L, "llama", 16, 2048, 2048, 512),
          language("meta-llama/Llama-3.2-3B", 3072, 3_212_749_824L, "llama", 28, 3072, 3072, 1024),
          language("HuggingFaceTB/SmolLM-135M", 576, 134_515_008L, "llama", 30, 576, 576, 192),
          language("HuggingFaceTB/SmolLM-360M", 960, 361_821_120L, "llama", 32, 960, 960, 320),
          language(
              "HuggingFaceTB/SmolLM-1.7B", 2048, 1_711_376_384L, "llama", 24, 2048, 2048, 2048),
          language("HuggingFaceTB/SmolLM2-135M", 576, 134_515_008L, "llama", 30, 576, 576, 192),
          language(
              "mistralai/Mistral-7B-v0.1", 4096, 7_241_732_096L, "mistral", 32, 4096, 4096, 1024),
          language(
              "mistralai/Mistral-7B-v0.3", 4096, 7_248_023_552L, "mistral", 32, 4096, 4096, 1024),
          language("Qwen/Qwen2.5-0.5B", 896, 494_032_768L, "qwen2", 24, 896, 896, 128),
          language("Qwen/Qwen2.5-1.5B", 1536, 1_543_714_304L, "qwen2", 28, 1536, 1536, 256),
          language("Qwen/Qwen2.5-3B", 2048, 3_085_938_688L, "qwen2", 36, 2048, 2048, 256),
          language("Qwen/Qwen2.5-7B", 3584, 7_615_616_512L, "qwen2", 28, 3584, 3584, 512),
          language("Qwen/Qwen2.5-14B", 5120, 14_770_033_664L, "qwen2", 48, 5120, 5120, 1024),
          language("Qwen/Qwen2.5-32B", 5120, 32_763_876_352L, "qwen2", 64, 5120, 5120, 1024),
          language("Qwen/Qwen2.5-72B", 8192, 72_706_203_648L, "qwen2", 80, 8192, 8192, 1024),
          language("Qwen/Qwen3-0.6B", 1024, 596_049_920L, "qwen3", 28, 1024, 2048, 1024),
          language("Qwen/Qwen3-1.7B", 2048, 1_720_574_976L, "qwen3", 28, 2048, 2048, 1024),
          language("Qwen/Qwen3-4B", 2560, 4_022_468_096L, "qwen3", 36, 2560, 4096, 1024),
          language("Qwen/Qwen3-8B", 4096, 8_190_735_360L, "qwen3", 36, 4096, 4096, 1024),
          language("Qwen/Qwen3-14B", 5120, 14_768_307_200L, "qwen3", 40, 5120, 5120, 1024),
          language("Qwen/Qwen3-32B", 5120, 32_762_123_264L, "qwen3", 64, 5120, 8192, 1024));

  /** With the layers of their decoder. */
  private static final List<LanguageSpec> ENCODER_DECODERS =
      List.of(
          language("facebook/bart-base", 768, 139_420_416L, "bart", 6, 768, 768, 768),
          language("facebook/bart-large", 1024, 406_291_456L, "bart", 12, 1024, 1024, 1024));

  private static final String PATCHES = "-patches";

  private KnownBackbones() {}

  private static Known clip(String name, ClipVitConfig config, int embedding) {
    return new Known(name, config.withProjection(0).shape().withEmbedding(embedding));
  }

  private static Known clip(String name, ClipResNetConfig config) {
    return new Known(name, config.withProjection(0).shape().withEmbedding(config.projection()));
  }

  private static Known encoder(String name, EncoderShape shape) {
    return new Known(name, shape);
  }

  /** An encoder by its name. */
  private record Known(String name, EncoderShape shape) {}

  private static LanguageSpec language(
      String name,
      int width,
      long parameters,
      String family,
      int layers,
      int inner,
      int queries,
      int keys) {
    return new LanguageSpec(
        name,
        PUBLISHED,
        width,
        parameters,
        new LanguageSpec.Layers(family, layers, inner, queries, keys));
  }

  /** Vision encoders. */
  public static List<EncoderSpec> encoders() {
    return ENCODERS.stream().map(known -> spec(known.name(), "", known.shape())).toList();
  }

  /** Language models that are decoders alone. */
  public static List<LanguageSpec> languageModels() {
    return LANGUAGE_MODELS;
  }

  /**
   * A vision encoder by its name on the Hugging Face hub.
   *
   * @throws InputException naming the known ones
   */
  public static EncoderSpec encoder(String name) {
    return encoder(name, "");
  }

  /** As {@link #encoder(String)}, of a choice of output; see {@link #spec}. */
  public static EncoderSpec encoder(String name, String output) {
    Known known = named("vision encoder", name, ENCODERS, Known::name);
    return spec(known.name(), output, known.shape());
  }

  /**
   * Describes an encoder of which only the sizes are known. The output of one token for a whole
   * image is known, and that of patches alone, which are a square; others are taken to be as wide
   * and as many as the encoder's own choice.
   */
  public static EncoderSpec spec(String name, String output, EncoderShape shape) {
    String learned = VisionEncoders.learned(output);
    boolean one = learned.equals(VisionEncoders.ONE);
    return new EncoderSpec(
        name,
        output,
        PUBLISHED,
        PUBLISHED,
        one ? shape.embedding() : shape.width(),
        one ? 1 : learned.endsWith(PATCHES) ? square(shape.tokens()) : shape.tokens(),
        shape.parameters());
  }

  /** Without the class token and registers before them. */
  private static int square(int tokens) {
    int side = (int) Math.sqrt(tokens);
    return side * side;
  }

  /**
   * A language model by its name on the Hugging Face hub.
   *
   * @throws InputException naming the known ones
   */
  public static LanguageSpec languageModel(String name) {
    List<LanguageSpec> all =
        Stream.concat(LANGUAGE_MODELS.stream(), ENCODER_DECODERS.stream()).toList();
    return named("language model", name, all, LanguageSpec::name);
  }

  private static <T> T named(String what, String name, List<T> known, Function<T, String> nameOf) {
    return known.stream()
        .filter(spec -> nameOf.apply(spec).equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "the sizes of "
                        + what
                        + " "
                        + name
                        + " are not known; give one of "
                        + known.stream().map(nameOf).collect(Collectors.joining(", "))
                        + ", or the folder of a model"));
  }
}
