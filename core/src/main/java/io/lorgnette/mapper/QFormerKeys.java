package io.lorgnette.mapper;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * The names of a Q-Former's tensors in released checkpoints. Own names: {@code queries}, {@code
 * embed.norm}, {@code embed.words}, {@code embed.positions}, {@code
 * layers.N.{attention,cross,mlp,text_mlp}} and the norm behind each, {@code norm1}, {@code
 * norm_cross}, {@code norm2} and {@code text_norm2}.
 */
public final class QFormerKeys {

  /** Who names them. */
  public enum Form {
    /** Hugging Face's BLIP-2. */
    BLIP2("qformer.", "attention.", "qformer.layernorm", "embeddings."),
    /** Hugging Face's InstructBLIP. */
    INSTRUCT_BLIP("qformer.", "attention.", "qformer.embeddings.layernorm", "qformer.embeddings."),
    /** LAVIS. */
    LAVIS(
        "Qformer.bert.", "self.", "Qformer.bert.embeddings.LayerNorm", "Qformer.bert.embeddings.");

    private final String model;
    private final String attention;
    private final String norm;
    private final String tables;

    Form(String model, String attention, String norm, String tables) {
      this.model = model;
      this.attention = attention;
      this.norm = norm;
      this.tables = tables;
    }
  }

  private final KeyMap keys = new KeyMap();
  private final QFormerConfig config;
  private final Form form;

  private QFormerKeys(QFormerConfig config, Form form) {
    this.config = config;
    this.form = form;
  }

  /** The map for a checkpoint of one of the forms. */
  public static KeyMap of(QFormerConfig config, Form form) {
    return new QFormerKeys(config, form).all();
  }

  private KeyMap all() {
    int d = config.width();
    keys.add("queries", "query_tokens", 1, config.queries(), d);
    norm("embed.norm", form.norm);
    if (config.text() != null) {
      keys.add(
          "embed.words", form.tables + "word_embeddings.weight", config.text().vocabulary(), d);
      keys.add(
          "embed.positions",
          form.tables + "position_embeddings.weight",
          config.text().positions(),
          d);
    }
    for (int i = 0; i < config.layers(); i++) {
      layer("layers." + i + ".", form.model + "encoder.layer." + i + ".", config.looks(i));
    }
    return keys.ignore("((Q|q)former\\.(bert\\.)?)?embeddings\\.position_ids");
  }

  private void layer(String own, String stored, boolean looks) {
    int d = config.width();
    String self = stored + "attention." + form.attention;
    joined(own + "attention.qkv", self, List.of("query", "key", "value"), d);
    linear(own + "attention.out", stored + "attention.output.dense", d, d);
    norm(own + "norm1", stored + "attention.output.LayerNorm");
    if (looks) {
      String cross = stored + "crossattention." + form.attention;
      linear(own + "cross.q", cross + "query", d, d);
      joined(own + "cross.kv", cross, List.of("key", "value"), config.imageWidth());
      linear(own + "cross.out", stored + "crossattention.output.dense", d, d);
      norm(own + "norm_cross", stored + "crossattention.output.LayerNorm");
    }
    feedForward(own + "mlp", own + "norm2", stored, "_query");
    if (config.text() != null) {
      feedForward(own + "text_mlp", own + "text_norm2", stored, "");
    }
  }

  private void feedForward(String own, String ownNorm, String stored, String side) {
    linear(own + ".up", stored + "intermediate" + side + ".dense", config.hidden(), config.width());
    linear(own + ".down", stored + "output" + side + ".dense", config.width(), config.hidden());
    norm(ownNorm, stored + "output" + side + ".LayerNorm");
  }

  private void joined(String own, String stored, List<String> names, long in) {
    List<Long> rows = names.stream().map(name -> (long) config.width()).toList();
    NamedLayers.joined(keys, own, names.stream().map(stored::concat).toList(), rows, in, true);
  }

  private void linear(String own, String stored, long out, long in) {
    NamedLayers.linear(keys, own, stored, out, in, true);
  }

  private void norm(String own, String stored) {
    NamedLayers.norm(keys, own, stored, config.width());
  }
}
