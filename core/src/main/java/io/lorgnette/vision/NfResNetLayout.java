package io.lorgnette.vision;

import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.List;

/**
 * The convolutions of an {@link NfResNet}, each with its name in timm's checkpoints: the one table
 * that loading, counting, drawing and running follow.
 */
record NfResNetLayout(Conv stem, List<Block> blocks, int classes) {

  /**
   * A convolution with standardised weights, a gain and a bias.
   *
   * @param initialGain where training from scratch starts
   */
  record Conv(String name, int in, int out, int kernel, int stride, double initialGain) {

    int fanIn() {
      return in * kernel * kernel;
    }
  }

  /**
   * A bottleneck.
   *
   * @param shortcut the map around it where it changes the shape, or null
   * @param convolutions three of them, activated in between
   * @param beta factor of its input, which makes the expected variance 1
   * @param stage whose last block this is, or -1
   */
  record Block(Conv shortcut, List<Conv> convolutions, double beta, int stage) {}

  static NfResNetLayout of(NfResNetConfig config) {
    Conv stem = new Conv("stem.conv", 3, config.stem(), 7, 2, 1);
    List<Block> blocks = new ArrayList<>();
    int in = config.stem();
    double variance = 1;
    for (int s = 0; s < config.stages().size(); s++) {
      NfResNetConfig.Stage stage = config.stages().get(s);
      for (int r = 0; r < stage.depth(); r++) {
        int stride = r == 0 && s > 0 ? 2 : 1;
        int last = r == stage.depth() - 1 ? s : -1;
        String at = "stages." + s + "." + r + ".";
        int inner = EfficientNetLiteConfig.rounded(stage.channels() * config.bottleneck());
        blocks.add(block(at, in, inner, stage.channels(), stride, 1 / Math.sqrt(variance), last));
        variance = (r == 0 ? 1 : variance) + config.alpha() * config.alpha();
        in = stage.channels();
      }
    }
    return new NfResNetLayout(stem, List.copyOf(blocks), config.classes());
  }

  private static Block block(
      String at, int in, int inner, int out, int stride, double beta, int stage) {
    Conv shortcut =
        in == out && stride == 1 ? null : new Conv(at + "downsample.conv", in, out, 1, stride, 1);
    return new Block(
        shortcut,
        List.of(
            new Conv(at + "conv1", in, inner, 1, 1, 1),
            new Conv(at + "conv2", inner, inner, 3, stride, 1),
            new Conv(at + "conv3", inner, out, 1, 1, 0)),
        beta,
        stage);
  }

  /** Of one image, up to the stage that is the output. */
  long multiplyAdds(int imageSize, int output) {
    int side = Work.side(imageSize, stem.stride());
    long sum = Work.convolution(stem.in(), stem.out(), stem.kernel(), side);
    side = Work.side(side, 2); // the pool
    for (Block block : blocks) {
      int before = side;
      for (Conv conv : block.convolutions()) {
        side = Work.side(side, conv.stride());
        sum += Work.convolution(conv.in(), conv.out(), conv.kernel(), side);
      }
      if (block.shortcut() != null) {
        Conv conv = block.shortcut();
        sum += Work.convolution(conv.in(), conv.out(), 1, Work.side(before, conv.stride()));
      }
      if (block.stage() == output) {
        break;
      }
    }
    return sum;
  }

  List<Conv> convolutions() {
    List<Conv> all = new ArrayList<>();
    all.add(stem);
    for (Block block : blocks) {
      if (block.shortcut() != null) {
        all.add(block.shortcut());
      }
      all.addAll(block.convolutions());
    }
    return all;
  }

  /** Channels of the last map. */
  int width() {
    return blocks.get(blocks.size() - 1).convolutions().get(2).out();
  }

  /** The tensors of a checkpoint, whose names are also our own. */
  KeyMap keys() {
    KeyMap keys = new KeyMap();
    for (Conv conv : convolutions()) {
      put(keys, conv.name() + ".weight", conv.out(), conv.in(), conv.kernel(), conv.kernel());
      put(keys, conv.name() + ".bias", conv.out());
      put(keys, conv.name() + ".gain", conv.out(), 1, 1, 1);
    }
    if (classes > 0) {
      put(keys, "head.fc.weight", classes, width());
      put(keys, "head.fc.bias", classes);
    }
    return keys;
  }

  private static void put(KeyMap keys, String name, long... shape) {
    keys.add(name, name, shape);
  }
}
