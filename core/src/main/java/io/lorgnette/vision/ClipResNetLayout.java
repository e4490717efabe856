package io.lorgnette.vision;

import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The convolutions of CLIP's residual network, each with its names in OpenAI's and OpenCLIP's
 * checkpoints: the one table that loading, counting and running follow.
 */
record ClipResNetLayout(List<Conv> stem, List<Block> blocks) {

  /**
   * A convolution without bias, with its batch norm. All have stride 1 but the first: the others
   * are thinned by average pools.
   *
   * @param name prefix of its weight
   * @param norm prefix of its batch norm
   */
  record Conv(String name, String norm, int in, int out, int kernel, int stride) {

    long[] shape() {
      return new long[] {out, in, kernel, kernel};
    }
  }

  /**
   * @param downsample of the shortcut; null where the input is added as it is
   * @param stride of the average pools
   * @param stage whose last block this is, 1 to 4, or 0
   */
  record Block(Conv reduce, Conv spread, Conv expand, Conv downsample, int stride, int stage) {

    List<Conv> convolutions() {
      return downsample == null
          ? List.of(reduce, spread, expand)
          : List.of(reduce, spread, expand, downsample);
    }
  }

  static ClipResNetLayout of(ClipResNetConfig config) {
    int half = config.width() / 2;
    List<Conv> stem =
        List.of(
            new Conv("conv1", "bn1", 3, half, 3, 2),
            new Conv("conv2", "bn2", half, half, 3, 1),
            new Conv("conv3", "bn3", half, config.width(), 3, 1));
    List<Block> blocks = new ArrayList<>();
    int in = config.width();
    for (int stage = 1; stage <= 4; stage++) {
      int inner = config.width() << (stage - 1);
      int count = config.layers().get(stage - 1);
      for (int i = 0; i < count; i++) {
        String at = "layer" + stage + "." + i + ".";
        int stride = i == 0 && stage > 1 ? 2 : 1;
        Conv downsample =
            i > 0 ? null : new Conv(at + "downsample.0", at + "downsample.1", in, 4 * inner, 1, 1);
        blocks.add(
            new Block(
                new Conv(at + "conv1", at + "bn1", in, inner, 1, 1),
                new Conv(at + "conv2", at + "bn2", inner, inner, 3, 1),
                new Conv(at + "conv3", at + "bn3", inner, 4 * inner, 1, 1),
                downsample,
                stride,
                i == count - 1 ? stage : 0));
        in = 4 * inner;
      }
    }
    return new ClipResNetLayout(stem, List.copyOf(blocks));
  }

  /** Of one image, without the attention pool. */
  long multiplyAdds(int imageSize) {
    int side = Work.side(imageSize, 2);
    long sum = 0;
    for (Conv conv : stem) {
      sum += Work.convolution(conv.in(), conv.out(), conv.kernel(), side);
    }
    side = Work.side(side, 2); // the pool
    for (Block block : blocks) {
      int after = Work.side(side, block.stride());
      sum += Work.convolution(block.reduce().in(), block.reduce().out(), 1, side);
      sum += Work.convolution(block.spread().in(), block.spread().out(), 3, side);
      sum += Work.convolution(block.expand().in(), block.expand().out(), 1, after);
      if (block.downsample() != null) {
        sum += Work.convolution(block.downsample().in(), block.downsample().out(), 1, after);
      }
      side = after;
    }
    return sum;
  }

  List<Conv> convolutions() {
    List<Conv> all = new ArrayList<>(stem);
    blocks.forEach(block -> all.addAll(block.convolutions()));
    return all;
  }

  /** Convolutions, and the norms' gains and offsets. */
  long parameterCount() {
    return convolutions().stream()
        .mapToLong(c -> (long) c.out() * c.in() * c.kernel() * c.kernel() + 2L * c.out())
        .sum();
  }

  static boolean hasPool(Checkpoint checkpoint) {
    return checkpoint.names().stream().anyMatch(name -> name.contains("attnpool."));
  }

  /** The map that fits the names of a checkpoint: of a pair, or of the network alone. */
  static KeyMap keys(Checkpoint checkpoint, ClipResNetConfig config) {
    return TowerKeys.hasPrefix(checkpoint, ClipVitKeys.VISUAL)
        ? keys(config, ClipVitKeys.VISUAL)
        : keys(config, "");
  }

  /** The tensors of a checkpoint under their names without the prefix; a text part is ignored. */
  static KeyMap keys(ClipResNetConfig config, String prefix) {
    KeyMap keys = new KeyMap().ignore(".*\\.num_batches_tracked");
    if (!prefix.isEmpty()) {
      ClipVitKeys.ignoreText(keys);
    }
    for (Conv conv : of(config).convolutions()) {
      keys.add(conv.name() + ".weight", prefix + conv.name() + ".weight", conv.shape());
      for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
        keys.add(conv.norm() + "." + part, prefix + conv.norm() + "." + part, conv.out());
      }
    }
    poolKeys(keys, prefix, config);
    return keys;
  }

  static void poolKeys(KeyMap keys, String prefix, ClipResNetConfig config) {
    if (config.projection() == 0) {
      return;
    }
    long width = config.channels();
    String stored = prefix + "attnpool.";
    keys.add(
        "attnpool.positions",
        stored + "positional_embedding",
        1 + (long) config.side() * config.side(),
        width);
    for (String part : List.of("q_proj", "k_proj", "v_proj")) {
      TowerKeys.linear(keys, "attnpool." + part, stored + part, width, width);
    }
    TowerKeys.linear(keys, "attnpool.c_proj", stored + "c_proj", config.projection(), width);
  }
}
