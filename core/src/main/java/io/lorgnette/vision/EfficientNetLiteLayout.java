package io.lorgnette.vision;

import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The convolutions of an EfficientNet-lite, each with its names in timm's checkpoints: the one
 * table that loading, counting and running follow.
 */
record EfficientNetLiteLayout(
    Conv stem, List<Block> blocks, Conv head, int headWidth, int classes) {

  /**
   * A convolution with its batch norm.
   *
   * @param name prefix of its weight
   * @param norm prefix of its batch norm
   * @param groups 1, or the channels where it is depthwise
   * @param activated whether ReLU6 follows
   */
  record Conv(
      String name,
      String norm,
      int in,
      int out,
      int kernel,
      int stride,
      int groups,
      boolean activated) {

    long[] shape() {
      return new long[] {out, in / groups, kernel, kernel};
    }

    long multiplyAdds(int side) {
      return Work.convolution(in / groups, out, kernel, Work.side(side, stride));
    }

    long weightCount() {
      return (long) out * (in / groups) * kernel * kernel;
    }
  }

  /**
   * @param skip whether the input is added to the output
   * @param stage whose last block this is, or -1
   */
  record Block(List<Conv> convolutions, boolean skip, int stage) {}

  static EfficientNetLiteLayout of(EfficientNetLiteConfig config) {
    Conv stem = new Conv("conv_stem", "bn1", 3, config.stem(), 3, 2, 1, true);
    List<Block> blocks = new ArrayList<>();
    int in = config.stem();
    for (int s = 0; s < config.stages().size(); s++) {
      EfficientNetLiteConfig.Stage stage = config.stages().get(s);
      for (int r = 0; r < stage.repeats(); r++) {
        int stride = r == 0 ? stage.stride() : 1;
        blocks.add(
            new Block(
                convolutions("blocks." + s + "." + r + ".", stage, in, stride),
                stride == 1 && in == stage.channels(),
                r == stage.repeats() - 1 ? s : -1));
        in = stage.channels();
      }
    }
    Conv head = new Conv("conv_head", "bn2", in, config.head(), 1, 1, 1, true);
    return new EfficientNetLiteLayout(
        stem, List.copyOf(blocks), head, config.head(), config.classes());
  }

  private static List<Conv> convolutions(
      String at, EfficientNetLiteConfig.Stage stage, int in, int stride) {
    int hidden = EfficientNetLiteConfig.rounded((double) in * stage.expand());
    int kernel = stage.kernel();
    return switch (stage.kind()) {
      case DS ->
          List.of(
              new Conv(at + "conv_dw", at + "bn1", in, in, kernel, stride, in, true),
              new Conv(at + "conv_pw", at + "bn2", in, stage.channels(), 1, 1, 1, false));
      case IR ->
          List.of(
              new Conv(at + "conv_pw", at + "bn1", in, hidden, 1, 1, 1, true),
              new Conv(at + "conv_dw", at + "bn2", hidden, hidden, kernel, stride, hidden, true),
              new Conv(at + "conv_pwl", at + "bn3", hidden, stage.channels(), 1, 1, 1, false));
    };
  }

  /** Of one image, up to the stage that is the output, or to the head behind them. */
  long multiplyAdds(int imageSize, int output) {
    long sum = stem.multiplyAdds(imageSize);
    int side = Work.side(imageSize, stem.stride());
    for (Block block : blocks) {
      for (Conv conv : block.convolutions()) {
        sum += conv.multiplyAdds(side);
        side = Work.side(side, conv.stride());
      }
      if (block.stage() == output) {
        return sum;
      }
    }
    return sum + head.multiplyAdds(side);
  }

  List<Conv> convolutions() {
    List<Conv> all = new ArrayList<>();
    all.add(stem);
    blocks.forEach(block -> all.addAll(block.convolutions()));
    all.add(head);
    return all;
  }

  /** The tensors of a checkpoint with its batch norms, or with biases in their place. */
  KeyMap keys(boolean folded) {
    KeyMap keys = new KeyMap().ignore(".*\\.num_batches_tracked");
    for (Conv conv : convolutions()) {
      put(keys, conv.name() + ".weight", conv.shape());
      if (folded) {
        put(keys, conv.name() + ".bias", conv.out());
      } else {
        for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
          put(keys, conv.norm() + "." + part, conv.out());
        }
      }
    }
    if (classes > 0) {
      put(keys, "classifier.weight", classes, headWidth);
      put(keys, "classifier.bias", classes);
    }
    return keys;
  }

  private static void put(KeyMap keys, String name, long... shape) {
    keys.add(name, name, shape);
  }
}
