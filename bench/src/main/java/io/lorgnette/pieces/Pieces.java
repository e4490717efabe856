package io.lorgnette.pieces;

import io.lorgnette.metrics.PtbTokenizer;
import io.lorgnette.nn.Attention;
import io.lorgnette.nn.Layers;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.OneDnn;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Precision;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Small pieces of which others are made, in microseconds. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class Pieces {

  /** A frozen matrix of GPT-2's size, as it is trained through and as it is written with. */
  @State(org.openjdk.jmh.annotations.Scope.Thread)
  public static class Matrix {

    @Param({"F32", "BF16"})
    Dtype format;

    @Param({"1", "8", "50"})
    int rows;

    @Param({"1", "2"})
    int threads;

    private Tensor x;
    private Parameters plain;
    private Parameters packed;

    /** Draws numbers. */
    @Setup
    public void draw() {
      Engine.threads(threads);
      x = drawn(() -> Tensors.to(torch.randn(rows, 768), format));
      Tensor weight = drawn(() -> Tensors.to(torch.randn(3072, 768), format));
      plain = Parameters.of(Map.of("weight", weight));
      packed =
          Parameters.of(
              Map.of("weight" + Precision.PACKED, drawn(() -> OneDnn.get().pack(weight))));
    }

    /** Frees them. */
    @TearDown
    public void close() {
      x.close();
      plain.close();
      packed.close();
    }
  }

  /** The newest token of a sequence and those before it. */
  @State(org.openjdk.jmh.annotations.Scope.Thread)
  public static class Newest {

    @Param({"1", "8"})
    int batch;

    private Tensor query;
    private Tensor seen;

    /** Draws numbers. */
    @Setup
    public void draw() {
      Engine.threads(1);
      query = drawn(() -> Tensors.to(torch.randn(batch, 12, 1, 64), Dtype.BF16));
      seen = drawn(() -> Tensors.to(torch.randn(batch, 12, 75, 64), Dtype.BF16));
    }

    /** Frees them. */
    @TearDown
    public void close() {
      query.close();
      seen.close();
    }
  }

  private static Tensor drawn(Supplier<Tensor> made) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      return Scope.release(made.get());
    }
  }

  /** A linear map over a matrix in its usual order. */
  @Benchmark
  public void plainLinear(Matrix m) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Layers.linear(m.x, m.plain);
    }
  }

  /** The same over one that is laid out for the kernels. */
  @Benchmark
  public void packedLinear(Matrix m) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Layers.linear(m.x, m.packed);
    }
  }

  /** Attention of one new token in each sequence. */
  @Benchmark
  public void attention(Newest n) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Attention.attend(n.query, n.seen, n.seen, null, false);
    }
  }

  /** Penn Treebank tokens of a caption. */
  @Benchmark
  public String tokens() {
    return PtbTokenizer.tokenize("A man in a red shirt, and his dog, run across the green field.");
  }
}
