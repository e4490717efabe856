package io.lorgnette.bench;

import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.LanguageModel;
import org.bytedeco.pytorch.Tensor;

/**
 * What tokens cost in a language model.
 *
 * @param body multiplications of a token in all layers, without attention's own
 * @param head the same in the map to words
 * @param attention of a token for each token that it sees
 * @param cache numbers that a token leaves behind for those after it
 * @param bytes of a number
 */
record DecoderCost(double body, double head, double attention, double cache, int bytes) {

  static DecoderCost of(LanguageModel lm) {
    DecoderConfig config = lm.config();
    double matrices = 0;
    for (Tensor tensor : lm.parameters().tensors()) {
      matrices += tensor.dim() == 2 ? tensor.numel() : 0;
    }
    double head = (double) config.vocabulary() * config.width();
    double embedding = config.tied() ? 0 : head;
    double positions =
        config.rotary() == null
            ? (double) (config.positions() + config.firstPosition()) * config.width()
            : 0;
    double heads = (double) config.heads() * config.headWidth();
    return new DecoderCost(
        matrices - head - embedding - positions,
        head,
        2.0 * config.layers() * heads,
        2.0 * config.layers() * config.kvHeads() * config.headWidth(),
        lm.dtype().bytes());
  }

  /** Tokens of one sequence that are read at once, of which so many have their scores computed. */
  Cost read(double tokens, double scored) {
    double seen = (tokens + 1) / 2;
    return new Cost(tokens * (body + attention * seen) + scored * head, (body + head) * bytes);
  }

  /** Sequences that all write their next tokens, one after the other, behind a prompt. */
  Cost write(double sequences, double prompt, double tokens) {
    double seen = prompt + tokens / 2;
    double each = sequences * (body + head + attention * seen);
    double read = (body + head + sequences * cache * seen) * bytes;
    return new Cost(each, read).times(tokens);
  }
}
