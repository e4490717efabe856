package io.lorgnette.mapper;

import io.lorgnette.weights.KeyMap;
import java.util.List;

/**
 * Where a BERT's tensors go in the Q-Former of BLIP-2's first stage: words, positions and layers to
 * its text side, the head of masked words to its head of next words. What looks at images, and the
 * word that begins a text, BERT does not have; what BERT has besides (segments, pooler, the next
 * sentence) the Q-Former lacks.
 */
final class BertKeys {

  private final KeyMap keys = new KeyMap();
  private final QFormerConfig config;

  private BertKeys(QFormerConfig config) {
    this.config = config;
  }

  /** The map for a checkpoint like {@code bert-base-uncased}. */
  static KeyMap of(QFormerConfig config) {
    return new BertKeys(config).all();
  }

  private KeyMap all() {
    int d = config.width();
    long words = config.text().vocabulary() - 1L;
    String embeddings = "bert.embeddings.";
    keys.add("embed.words", embeddings + "word_embeddings.weight", words, d);
    keys.add(
        "embed.positions", embeddings + "position_embeddings.weight", config.text().positions(), d);
    norm("embed.norm", embeddings + "LayerNorm");
    for (int i = 0; i < config.layers(); i++) {
      layer("layers." + i + ".", "bert.encoder.layer." + i + ".");
    }
    String head = "cls.predictions.";
    linear("word_head.dense", head + "transform.dense", d, d);
    norm("word_head.norm", head + "transform.LayerNorm");
    keys.add("word_head.bias", head + "bias", words);
    keys.alias(embeddings + "word_embeddings.weight", head + "decoder.weight");
    keys.alias(head + "bias", head + "decoder.bias");
    return keys.ignore(
        "bert\\.(pooler\\..*|embeddings\\.(token_type_embeddings\\.weight|position_ids))"
            + "|cls\\.seq_relationship\\..*");
  }

  private void layer(String own, String stored) {
    int d = config.width();
    String self = stored + "attention.self.";
    List<String> names = List.of(self + "query", self + "key", self + "value");
    List<Long> rows = List.of((long) d, (long) d, (long) d);
    NamedLayers.joined(keys, own + "attention.qkv", names, rows, d, true);
    linear(own + "attention.out", stored + "attention.output.dense", d, d);
    norm(own + "norm1", stored + "attention.output.LayerNorm");
    linear(own + "text_mlp.up", stored + "intermediate.dense", config.hidden(), d);
    linear(own + "text_mlp.down", stored + "output.dense", d, config.hidden());
    norm(own + "text_norm2", stored + "output.LayerNorm");
  }

  private void linear(String own, String stored, long out, long in) {
    NamedLayers.linear(keys, own, stored, out, in, true);
  }

  /** Older files keep TensorFlow's names. */
  private void norm(String own, String stored) {
    NamedLayers.norm(keys, own, stored, config.width());
    keys.alias(stored + ".weight", stored + ".gamma");
    keys.alias(stored + ".bias", stored + ".beta");
  }
}
