package io.lorgnette.vision;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Activation;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.TextTowerConfig.Kind;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A folder as OpenCLIP publishes it: {@code open_clip_config.json} beside weights under OpenAI's
 * names. Read are the models with CLIP's own towers; settings of others are refused by name.
 */
final class OpenClipFolder {

  private static final String CONFIG = "open_clip_config.json";
  private static final List<String> WEIGHTS =
      List.of("open_clip_model.safetensors", "open_clip_pytorch_model.bin");

  /** Settings that are no part of the computation. */
  private static final Set<String> IDLE =
      Set.of(
          "patch_dropout",
          "output_tokens",
          "attn_pooler_queries",
          "attn_pooler_heads",
          "timm_model_pretrained",
          "timm_pool",
          "timm_proj",
          "timm_proj_bias",
          "timm_drop",
          "timm_drop_path",
          "hf_tokenizer_name",
          "tokenizer_mode",
          "tokenizer_kwargs",
          "hf_model_pretrained",
          "hf_proj_type",
          "hf_pooler_type");

  /** Settings of both towers that have to be at their default. */
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("ls_init_value", "null"),
          Map.entry("attentional_pool", "false"),
          Map.entry("no_ln_pre", "false"),
          Map.entry("pos_embed_type", "\"learnable\""),
          Map.entry("final_ln_after_pool", "false"),
          Map.entry("act_kwargs", "null"),
          Map.entry("norm_kwargs", "null"),
          Map.entry("block_type", "null"),
          Map.entry("qk_norm", "false"),
          Map.entry("scaled_cosine_attn", "false"),
          Map.entry("scale_heads", "false"),
          Map.entry("scale_attn_inner", "false"),
          Map.entry("scale_attn", "false"),
          Map.entry("scale_fc", "false"),
          Map.entry("timm_model_name", "null"),
          Map.entry("hf_model_name", "null"),
          Map.entry("embed_cls", "false"),
          Map.entry("no_causal_mask", "false"),
          Map.entry("proj_bias", "false"),
          Map.entry("proj_type", "\"linear\""));

  private final Path folder;
  private final ConfigFile file;
  private final ConfigFile model;

  private OpenClipFolder(Path folder) {
    this.folder = folder;
    this.file = ConfigFile.read(folder.resolve(CONFIG));
    this.model = file.object("model_cfg");
    model.onlyKeys(
        Set.of(
            "embed_dim",
            "vision_cfg",
            "text_cfg",
            "quick_gelu",
            "custom_text",
            "init_logit_scale",
            "init_logit_bias"));
    model.only("init_logit_bias", "null");
  }

  /** Whether that is all a folder has: most have Hugging Face's form too, which is then read. */
  static boolean is(Path folder) {
    return Files.exists(folder.resolve(CONFIG)) && !Files.exists(folder.resolve("config.json"));
  }

  /**
   * @throws InputException if the file is broken or describes no model of pairs
   */
  static OpenClipFolder read(Path folder) {
    return new OpenClipFolder(folder);
  }

  /** The weights, under OpenCLIP's file names or the usual ones. */
  Checkpoint open() {
    for (String name : WEIGHTS) {
      if (Files.exists(folder.resolve(name))) {
        return Checkpoint.open(folder.resolve(name));
      }
    }
    return Checkpoint.open(folder);
  }

  /** The vision encoder of the pair. */
  VisionEncoder load(
      ImageProcessor processor, Optional<String> output, Precision precision, Device device) {
    Dtype dtype = precision.compute();
    try (Checkpoint checkpoint = open().keptAs(precision)) {
      if (isResNet()) {
        ClipResNetConfig read = resNet();
        ClipResNetConfig clip = output.map(read::withOutput).orElse(read);
        VisionEncoders.checkSize(folder, clip.imageSize(), processor);
        return ClipResNet.of(clip, checkpoint, processor, dtype, device);
      }
      ClipVitConfig read = vit();
      ClipVitConfig clip = output.map(read::withOutput).orElse(read);
      VisionEncoders.checkSize(folder, clip.imageSize(), processor);
      return ClipVit.of(clip, checkpoint, processor, dtype, device);
    }
  }

  EncoderShape shape() {
    return isResNet() ? resNet().shape() : vit().withProjection(0).shape();
  }

  boolean isResNet() {
    return vision().isList("layers");
  }

  private ConfigFile vision() {
    return model.object("vision_cfg");
  }

  ClipVitConfig vit() {
    ConfigFile vision = vision();
    known(vision, Set.of("image_size", "layers", "width", "head_width", "mlp_ratio", "patch_size"));
    vision.only("pool_type", "\"tok\"");
    int imageSize = vision.integer("image_size", 224);
    try {
      return ClipVitConfig.plain(
              imageSize,
              vision.integer("patch_size", 16),
              tower(
                  vision, vision.integer("width", 768), vision.integer("head_width", 64), "width"),
              model.integer("embed_dim"))
          .withStored(StoredPositions.from(vision, imageSize, PositionResize.BICUBIC_ANTIALIASED));
    } catch (IllegalArgumentException e) {
      throw vision.wrong(e);
    }
  }

  ClipResNetConfig resNet() {
    ConfigFile vision = vision();
    known(vision, Set.of("image_size", "layers", "width", "head_width", "mlp_ratio", "patch_size"));
    int width = vision.integer("width", 64);
    int headWidth = vision.integer("head_width", 64);
    try {
      Sizes.positive("head_width", headWidth);
      return new ClipResNetConfig(
          vision.integer("image_size", 224),
          width,
          vision.wholeNumbers("layers"),
          width * ClipResNetConfig.STRIDE / headWidth,
          model.integer("embed_dim"),
          1e-5,
          false);
    } catch (IllegalArgumentException e) {
      throw vision.wrong(e);
    }
  }

  TextTowerConfig text() {
    ConfigFile text = model.object("text_cfg");
    known(
        text,
        Set.of(
            "context_length",
            "vocab_size",
            "width",
            "heads",
            "layers",
            "mlp_ratio",
            "pad_id",
            "eos_id",
            "pool_type"));
    String pool = text.text("pool_type", "argmax");
    if (!Set.of("argmax", "eos").contains(pool)) {
      throw text.wrong("pool_type", "is " + pool, "argmax or eos");
    }
    int width = text.integer("width", 512);
    int heads = text.integer("heads", 8);
    try {
      Sizes.positive("heads", heads);
      return new TextTowerConfig(
          Kind.CLIP,
          text.integer("vocab_size", 49_408),
          text.integer("context_length", 77),
          tower(text, width, Math.max(1, width / heads), "width"),
          model.integer("embed_dim"),
          pool.equals("eos") ? text.integer("eos_id", 2) : 0,
          text.integer("pad_id", 0));
    } catch (IllegalArgumentException e) {
      throw text.wrong(e);
    }
  }

  private TowerShape tower(ConfigFile part, int width, int headWidth, String key) {
    Sizes.positive(key, width);
    Sizes.positive("head_width", headWidth);
    double hidden = width * part.number("mlp_ratio", 4);
    if (!(hidden >= 1 && hidden < Integer.MAX_VALUE)) {
      throw part.wrong("mlp_ratio", "gives a width of " + hidden, "a ratio such as 4");
    }
    return new TowerShape(
        width,
        part.integer("layers", 12),
        width / headWidth,
        (int) hidden,
        model.flag("quick_gelu", false) ? Activation.QUICK_GELU : Activation.GELU,
        1e-5);
  }

  private static void known(ConfigFile part, Set<String> read) {
    Set<String> all = new LinkedHashSet<>(read);
    all.addAll(IDLE);
    all.addAll(DEFAULTS.keySet());
    all.addAll(Set.of("pool_type", "pretrained_image_size", "position_interpolation"));
    part.onlyKeys(all);
    DEFAULTS.forEach(part::only);
  }
}
