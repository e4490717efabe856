import java.util.Locale;

/**
 * What work on large sets costs, by arithmetic over measured rates: {@code java
 * tools/spark/CostModel.java}. Its output stands in docs/scale.md, which says where each
 * number comes from.
 */
public class CostModel {

  // Measured on one machine: docs/performance.md.
  static final double DECODED_A_CORE = 283; // images of 640 x 480 a second
  static final double IMAGE_BYTES = 43e3;
  static final double CORE_FLOPS = 230e9; // F32 limit of one of the two cores
  static final double ENCODING = 0.48; // share of the limit that the encoder reaches in batches
  static final double WRITING = 0.09; // share that beam search reaches in batches

  // Assumed.
  static final double CPU_CORES = 32;
  static final double CPU_PRICE = 1.36; // dollars an hour
  static final double GPU_FLOPS = 8 * 312e12; // eight devices, 16 bits, their makers' peak
  static final double GPU_CORES = 96;
  static final double GPU_PRICE = 32.77;
  static final double CPU_NETWORK = 12.5e9 / 8; // bytes a second
  static final double GPU_NETWORK = 400e9 / 8;

  record Work(String name, double items, double seenFlops, double writtenFlops, double outBytes) {}

  static double transformer(double layers, double width, double inner, double tokens) {
    double weights = layers * (4 * width * width + 2 * width * inner);
    return 2 * (weights * tokens + 2 * layers * tokens * tokens * width);
  }

  public static void main(String[] arguments) {
    double vitL = transformer(24, 1024, 4096, 257);
    double vitG = transformer(39, 1408, 6144, 257);
    double clipText = transformer(12, 768, 3072, 77);
    double opt = 2 * 2.65e9; // for a token
    System.out.printf(
        Locale.ROOT, "Gflop an image: ViT-L/14 %.0f, ViT-g/14 %.0f%n%n", vitL / 1e9, vitG / 1e9);

    System.out.println("| features of 129 million images | kB an image | TB |");
    System.out.println("|---|---|---|");
    bytes("pocket-vision, 49 x 1280, f32", 49 * 1280 * 4);
    bytes("pocket-vision, 49 x 1280, f16 or bf16", 49 * 1280 * 2);
    bytes("CLIP ViT-L/14, 257 x 1024, f32", 257 * 1024 * 4);
    bytes("CLIP ViT-L/14, 257 x 1024, f16 or bf16", 257 * 1024 * 2);
    bytes("EVA ViT-g/14, 257 x 1408, f32", 257 * 1408 * 4);
    bytes("EVA ViT-g/14, 257 x 1408, f16 or bf16", 257 * 1408 * 2);
    bytes("what BLIP-2's Q-Former makes of it, 32 x 768, f16", 32 * 768 * 2);

    Work[] all = {
      new Work("features, ViT-L/14 in f16", 129e6, vitL, 0, 257 * 1024 * 2),
      new Work("features, ViT-g/14 in f16", 129e6, vitG, 0, 257 * 1408 * 2),
      new Work("captions, BLIP-2 OPT-2.7B, 5 beams, 12 tokens", 129e6, vitG + 40 * opt, 60 * opt, 200),
      new Work("CC-clean of CC3M, CLIP ViT-L/14", 3.3e6, vitL + clipText, 0, 100),
    };
    for (boolean gpu : new boolean[] {false, true}) {
      System.out.printf(
          "%n| %s | a second on 1 host | hours on 1, 8, 64 | dollars | cores that decode | in, out MB/s a host | bound by |%n",
          gpu ? "hosts of 8 GPUs" : "hosts of 32 cores");
      System.out.println("|---|---|---|---|---|---|---|");
      for (Work work : all) {
        row(work, gpu);
      }
    }
    training("MAPL on CC-clean, GPT-J, one pass over 398,000 captions", 398e3, vitL, 4 * 6.05e9 * 46);
    training("BLIP-2 stage 1, ViT-g, 250,000 steps of 1,680", 420e6, vitG, 3 * 2 * 188e6 * 64 * 3);
    training("BLIP-2 stage 2, OPT-2.7B, 80,000 steps of 1,920", 153.6e6, vitG, 4 * 2.65e9 * 64);
  }

  static void bytes(String name, double bytes) {
    System.out.printf(
        Locale.ROOT, "| %s | %.0f | %.1f |%n", name, bytes / 1e3, bytes * 129e6 / 1e12);
  }

  static void row(Work work, boolean gpu) {
    double cores = gpu ? GPU_CORES : CPU_CORES;
    double limit = gpu ? GPU_FLOPS : cores * CORE_FLOPS;
    double seconds = work.seenFlops / (limit * ENCODING) + work.writtenFlops / (limit * WRITING);
    if (!gpu) {
      seconds += 1 / (DECODED_A_CORE * cores); // the same cores decode
    }
    double computed = 1 / seconds;
    double decoded = gpu ? DECODED_A_CORE * cores : Double.POSITIVE_INFINITY;
    double network = gpu ? GPU_NETWORK : CPU_NETWORK;
    double moved = network / Math.max(IMAGE_BYTES, work.outBytes);
    double rate = Math.min(computed, Math.min(decoded, moved));
    double hours = work.items / rate / 3600;
    String bound = rate == computed ? "computing" : rate == decoded ? "decoding" : "network";
    System.out.printf(
        Locale.ROOT,
        "| %s | %,.1f | %,.1f, %,.1f, %,.2f | %,.0f | %.1f | %.0f, %.0f | %s |%n",
        work.name,
        rate,
        hours,
        hours / 8,
        hours / 64,
        hours * (gpu ? GPU_PRICE : CPU_PRICE),
        rate / DECODED_A_CORE,
        rate * IMAGE_BYTES / 1e6,
        rate * work.outBytes / 1e6,
        bound);
  }

  static void training(String name, double items, double encoder, double rest) {
    double each = encoder + rest;
    double hours = items * each / (GPU_FLOPS * ENCODING) / 3600;
    double cached = items * rest / (GPU_FLOPS * ENCODING) / 3600;
    System.out.printf(
        Locale.ROOT,
        "%n%s: %.1e flop; %,.1f hours on 1 host of 8 GPUs, %,.1f from cached features; %.1f and %.2f on 8 and 64; %,.0f dollars%n",
        name,
        items * each,
        hours,
        cached,
        hours / 8,
        hours / 64,
        hours * GPU_PRICE);
  }
}
