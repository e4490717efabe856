package io.lorgnette.vision;

import io.lorgnette.weights.KeyMap;

/**
 * The kinds of vision transformers that {@link VisionTransformer} computes: how each names its
 * tensors and its stages, and how it brings its positions to another image size.
 */
public enum VitFamily {
  /** EVA ViT-g as LAVIS stores it. */
  EVA("eva-vit", "visual_encoder."),
  /** The same as Hugging Face's BLIP-2 and InstructBLIP store it, with the norm behind it. */
  BLIP2("blip2-vit", "vision_model."),
  DINOV2("dinov2", "dinov2."),
  DINOV2_REGISTERS("dinov2-registers", "dinov2_with_registers."),
  BEIT("beit", "beit.");

  private final String label;
  private final String prefix;

  VitFamily(String label, String prefix) {
    this.label = label;
    this.prefix = prefix;
  }

  /** For people and identities. */
  String label() {
    return label;
  }

  /** What stands before the encoder's names where a checkpoint holds more than the encoder. */
  String prefix() {
    return prefix;
  }

  /** How positions become those of another grid. */
  PositionResize resize() {
    return this == DINOV2_REGISTERS ? PositionResize.BICUBIC_ANTIALIASED : PositionResize.BICUBIC;
  }

  /** The stage behind so many blocks. */
  String stage(int blocks) {
    if (this != EVA) {
      return "hidden_states." + blocks;
    }
    return blocks == 0 ? "embeddings" : "blocks." + (blocks - 1);
  }

  /** The stage behind the last norm, if there is one. */
  String lastStage() {
    return this == EVA ? "output" : "last_hidden_state";
  }

  /** Whether the model has a vector for the whole image. */
  boolean pools() {
    return this != EVA;
  }

  /** The names of a checkpoint without {@link #prefix}. */
  KeyMap keys(VitConfig config) {
    return switch (this) {
      case EVA -> EvaVit.keys(config);
      case BLIP2 -> Blip2Vit.keys(config);
      case DINOV2, DINOV2_REGISTERS -> Dinov2.keys(config);
      case BEIT -> Beit.keys(config);
    };
  }
}
