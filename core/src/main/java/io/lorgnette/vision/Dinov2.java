package io.lorgnette.vision;

import io.lorgnette.nn.Activation;
import io.lorgnette.vision.VitParts.QkvBias;
import io.lorgnette.vision.VitParts.Relative;
import io.lorgnette.weights.KeyMap;

/**
 * DINOv2 (Oquab et al. 2023) in Hugging Face's form, and its variant with register tokens (Darcet
 * et al. 2024). The published models were trained at 518 pixels and come with a processor for 224;
 * the processor decides.
 */
public final class Dinov2 {

  private Dinov2() {}

  /** ViT-S/14: 22,056,576 parameters. */
  public static VitConfig small() {
    return published(384, 12, 6, false);
  }

  /** ViT-B/14: 86,580,480 parameters. */
  public static VitConfig base() {
    return published(768, 12, 12, false);
  }

  /** ViT-L/14: 304,368,640 parameters. */
  public static VitConfig large() {
    return published(1024, 24, 16, false);
  }

  /** ViT-g/14 with a gated feed-forward: 1,136,480,768 parameters. */
  public static VitConfig giant() {
    return published(1536, 40, 24, true);
  }

  /** One of the above with the four registers of the published variants. */
  public static VitConfig withRegisters(VitConfig plain) {
    VitParts p = plain.parts();
    VitParts parts = parts(p.activation(), p.gated(), p.qkvBias(), 4, true);
    return new VitConfig(VitFamily.DINOV2_REGISTERS, plain.imageSize(), plain.sizes(), parts);
  }

  private static VitConfig published(int width, int layers, int heads, boolean gated) {
    return new VitConfig(
        VitFamily.DINOV2,
        518,
        new VitSizes(14, width, layers, heads, hidden(width, 4, gated), 1e-6),
        parts(gated ? Activation.SILU : Activation.GELU, gated, QkvBias.ALL, 0, true));
  }

  private static VitParts parts(
      Activation activation, boolean gated, QkvBias bias, int registers, boolean maskToken) {
    return new VitParts(
        activation, gated, bias, true, true, Relative.NONE, registers, maskToken, true, false);
  }

  /** Gated, two thirds of it, then up to a multiple of 8: about as many parameters. */
  private static int hidden(int width, double ratio, boolean gated) {
    int hidden = (int) (width * ratio);
    return gated ? ((int) (hidden * 2 / 3.0) + 7) / 8 * 8 : hidden;
  }

  static VitConfig from(ConfigFile file) {
    file.requireThreeChannels();
    boolean registers = file.text("model_type").equals("dinov2_with_registers");
    boolean gated = file.flag("use_swiglu_ffn", false);
    int width = file.integer("hidden_size", 768);
    try {
      return new VitConfig(
          registers ? VitFamily.DINOV2_REGISTERS : VitFamily.DINOV2,
          file.integer("image_size", 224),
          new VitSizes(
              file.integer("patch_size", registers ? 16 : 14),
              width,
              file.integer("num_hidden_layers", 12),
              file.integer("num_attention_heads", 12),
              hidden(width, file.number("mlp_ratio", 4), gated),
              file.number("layer_norm_eps", 1e-6)),
          parts(
              gated ? Activation.SILU : file.activation("hidden_act", "gelu"),
              gated,
              file.flag("qkv_bias", true) ? QkvBias.ALL : QkvBias.NONE,
              registers ? file.integer("num_register_tokens", 4) : 0,
              registers || file.flag("use_mask_token", true)));
    } catch (IllegalArgumentException e) {
      throw file.wrong(e);
    }
  }

  static KeyMap keys(VitConfig config) {
    KeyMap keys = new KeyMap();
    long width = config.width();
    VitKeys.embeddings(
        keys, config, "embeddings.cls_token", "embeddings.patch_embeddings.projection");
    VitKeys.positions(keys, config, "embeddings.position_embeddings");
    if (config.family() == VitFamily.DINOV2_REGISTERS) {
      int registers = config.parts().registers();
      keys.add("embeddings.registers", "embeddings.register_tokens", 1, registers, width);
    }
    if (config.parts().maskToken()) {
      keys.add("embeddings.mask", "embeddings.mask_token", 1, width);
    }
    boolean gated = config.parts().gated();
    for (int i = 0; i < config.sizes().layers(); i++) {
      String own = "layers." + i + ".";
      String stored = "encoder.layer." + i + ".";
      String attention = stored + "attention.attention.";
      VitKeys.norm(keys, config, own + "norm1", stored + "norm1");
      VitKeys.threeMaps(
          keys, config, own, attention + "query", attention + "key", attention + "value");
      VitKeys.linear(keys, own + "attention.out", stored + "attention.output.dense", width, width);
      VitKeys.norm(keys, config, own + "norm2", stored + "norm2");
      VitKeys.feedForward(
          keys,
          config,
          own,
          stored + (gated ? "mlp.weights_in" : "mlp.fc1"),
          stored + (gated ? "mlp.weights_out" : "mlp.fc2"));
      VitKeys.scales(
          keys, config, own, stored + "layer_scale1.lambda1", stored + "layer_scale2.lambda1");
    }
    VitKeys.norm(keys, config, "final_norm", "layernorm");
    return keys;
  }
}
