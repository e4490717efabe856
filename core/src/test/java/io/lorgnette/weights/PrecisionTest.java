package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.jna.NativeLibrary;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Int4;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights in fewer bits: their size, their error, and the memory that loading takes. */
class PrecisionTest {

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "f32",
        "bf16",
        "f16",
        "f16@f32",
        "bf16@f32",
        "int8",
        "int8@f32",
        "int4",
        "int4-g64",
        "int4-g128@f32"
      })
  void namesAreReadBack(String name) {
    assertThat(Precision.named(name)).hasToString(name);
  }

  @Test
  void otherNamesAreRefused() {
    for (String name : List.of("int3", "int4-g48", "int8-g32", "f32@int8", "")) {
      assertThatThrownBy(() -> Precision.named(name)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(Precision.named("INT8")).isEqualTo(Precision.INT8);
    assertThat(Precision.INT4.computedIn(Dtype.F32)).isEqualTo(Precision.named("int4@f32"));
  }

  private static KeyMap keys(long out, long in) {
    return new KeyMap()
        .add("embed.weight", "embed", 50, in)
        .join("layers.0.up.weight", List.of("gate", "up"), List.of(out, out), in)
        .addTransposed("layers.0.down.weight", "down", in, out)
        .add("layers.0.down.bias", "down.bias", in)
        .add("layers.0.table.weight", "table", 10, in)
        .unquantized(".*table\\.weight");
  }

  private Path checkpoint(long out, long in) {
    Path file = folder.resolve("model.safetensors");
    try (Scope scope = Scope.open()) {
      Engine.seed(out + in);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("embed", torch.randn(50, in));
      tensors.put("gate", torch.randn(out, in));
      tensors.put("up", torch.randn(out, in).mul(new Scalar(0.01)));
      tensors.put("down", torch.randn(out, in));
      tensors.put("down.bias", torch.randn(in));
      tensors.put("table", torch.randn(10, in));
      Safetensors.write(file, tensors, Map.of());
    }
    return file;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"f32", "bf16", "f16@f32", "int8", "int8@f32", "int4", "int4-g64@f32", "int4-g128"})
  void theBytesNeededAreKnownBeforeAnythingIsRead(String name) {
    Precision precision = Precision.named(name);
    KeyMap keys = keys(72, 200);
    try (Checkpoint checkpoint = Checkpoint.open(checkpoint(72, 200)).keptAs(precision)) {
      Map<String, Tensor> own = keys.read(checkpoint, precision.compute(), Device.CPU);
      long bytes = own.values().stream().mapToLong(Tensor::nbytes).sum();
      own.values().forEach(Tensor::close);
      assertThat(keys.bytes(precision)).isEqualTo(bytes);
      // The stored names have no blocks here: all is counted in the format of activations.
      assertThat(checkpoint.bytes(Precision.F32)).isEqualTo(keys.bytes(Precision.F32));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "int8@f32", "int4", "int4-g64", "int4-g128@f32"})
  void onlyMatricesOfBlocksAreQuantizedAndTheErrorIsHalfAStep(String name) {
    Precision precision = Precision.named(name);
    KeyMap keys = keys(72, 200);
    Path file = checkpoint(72, 200);
    try (Scope scope = Scope.open();
        Checkpoint plain = Checkpoint.open(file);
        Checkpoint checkpoint = Checkpoint.open(file).keptAs(precision)) {
      Map<String, Tensor> exact = keys.read(plain, Dtype.F32, Device.CPU);
      Map<String, Tensor> own = keys.read(checkpoint, precision.compute(), Device.CPU);
      String kind = precision.storage() == Precision.Storage.INT8 ? ".int8" : ".int4";
      assertThat(own.keySet())
          .containsExactly(
              "embed.weight",
              "layers.0.up.weight" + kind,
              "layers.0.up.weight.scale",
              "layers.0.down.weight" + kind,
              "layers.0.down.weight.scale",
              "layers.0.down.bias",
              "layers.0.table.weight");
      assertThat(Tensors.dtype(own.get("embed.weight"))).isEqualTo(precision.compute());
      for (String matrix : List.of("layers.0.up.weight", "layers.0.down.weight")) {
        Tensor scale = Tensors.to(own.get(matrix + ".scale"), Dtype.F32);
        Tensor w = exact.get(matrix);
        boolean eight = precision.storage() == Precision.Storage.INT8;
        // Rounding a scale to eight bits shifts the ends of its range by as much.
        double slack = precision.compute() == Dtype.BF16 ? (eight ? 0.5 : 0.08) : 1e-3;
        Tensor steps;
        if (eight) {
          Tensor q = Tensors.to(own.get(matrix + kind), Dtype.F32);
          steps = q.mul(scale.unsqueeze(1)).sub(w).div(scale.unsqueeze(1));
        } else {
          long groups = scale.size(0);
          long in = w.size(1);
          Tensor turned = scale.transpose(0, 1);
          Tensor s = turned.narrow(2, 0, 1).expand(w.size(0), groups, precision.group());
          Tensor o = turned.narrow(2, 1, 1).expand(w.size(0), groups, precision.group());
          Tensor q =
              Tensors.to(Int4.get().unpack(own.get(matrix + kind)), Dtype.F32)
                  .narrow(0, 0, w.size(0))
                  .narrow(1, 0, in);
          Tensor flatScale = s.reshape(w.size(0), -1).narrow(1, 0, in);
          Tensor flatOffset = o.reshape(w.size(0), -1).narrow(1, 0, in);
          steps = q.sub(new Scalar(8)).mul(flatScale).add(flatOffset).sub(w).div(flatScale);
        }
        double largest = Tensors.value(steps.abs().flatten().amax());
        assertThat(largest).as(matrix).isBetween(0.4, 0.5 + slack);
      }
      exact.values().forEach(Tensor::close);
      own.values().forEach(Tensor::close);
    }
  }

  @Test
  void rowsOfZerosStayZero() {
    try (Scope scope = Scope.open()) {
      Tensor zeros = Tensors.zeros(Dtype.F32, Device.CPU, 16, 32);
      Map<String, Tensor> eight = Quantizer.quantize("w", zeros, Precision.INT8);
      Map<String, Tensor> four = Quantizer.quantize("w", zeros, Precision.INT4);
      assertThat(Tensors.toLongs(eight.get("w.int8"))).containsOnly(0);
      assertThat(Tensors.toFloats(eight.get("w.scale"))).containsOnly(0);
      assertThat(Tensors.toFloats(four.get("w.scale"))).containsOnly(0);
      eight.values().forEach(Tensor::close);
      four.values().forEach(Tensor::close);
    }
  }

  /** Peak of this process' memory, and its present size, from Linux' own account. */
  private static long[] resident() throws IOException {
    long[] found = new long[2];
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      String[] words = line.split("\\s+", -1);
      if (words[0].equals("VmHWM:")) {
        found[0] = Long.parseLong(words[1]) * 1024;
      } else if (words[0].equals("VmRSS:")) {
        found[1] = Long.parseLong(words[1]) * 1024;
      }
    }
    return found;
  }

  @ParameterizedTest
  @ValueSource(strings = {"int8", "int4", "bf16"})
  void loadingTakesTheResultAndOneShard(String name) throws Exception {
    Path clear = Path.of("/proc/self/clear_refs");
    Assumptions.assumeTrue(Files.isWritable(clear), "only Linux tells");
    Precision precision = Precision.named(name);
    long side = 2048;
    int shards = 16; // of 16 MiB
    StringBuilder index = new StringBuilder("{\"weight_map\":{");
    KeyMap keys = new KeyMap();
    for (int i = 0; i < shards; i++) {
      String stored = "blocks." + i + ".w.weight";
      try (Scope scope = Scope.open()) {
        Tensor w = torch.randn(side, side);
        Safetensors.write(folder.resolve("shard-" + i), Map.of(stored, w), Map.of());
      }
      index.append(i == 0 ? "" : ",").append("\"" + stored + "\":\"shard-" + i + "\"");
      keys.add(stored, stored, side, side);
    }
    Files.writeString(folder.resolve("model.safetensors.index.json"), index + "}}");
    try (Checkpoint checkpoint = Checkpoint.open(folder).keptAs(precision)) {
      assertThat(checkpoint.bytes(precision)).isEqualTo(keys.bytes(precision));
    }
    long peak = peakOfAnotherProcess(name);
    long shard = side * side * 4;
    // Temporary rows and what the heap grew by come on top.
    long margin = 48L << 20;
    assertThat(peak).isLessThan(keys.bytes(precision) + shard + margin);
    assertThat(keys.bytes(precision) + shard + margin).isLessThan(shards * shard * 9 / 10);
    // That the account is true: the result shows in it.
    assertThat(peak).isGreaterThan(keys.bytes(precision) * 9 / 10);
  }

  /** In a process of its own: memory that other tests have freed would hide what is taken. */
  private long peakOfAnotherProcess(String precision) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                Loading.class.getName(),
                precision,
                folder.toString())
            .redirectError(folder.resolve("errors.txt").toFile())
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("errors.txt"))).isZero();
    return Long.parseLong(said.strip());
  }

  /** Loads a checkpoint of matrices and prints by how many bytes this process grew at most. */
  static final class Loading {
    private Loading() {}

    public static void main(String[] args) throws IOException {
      Precision precision = Precision.named(args[0]);
      KeyMap keys = new KeyMap();
      try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[1])).keptAs(precision)) {
        for (String name : checkpoint.names()) {
          List<Long> shape = checkpoint.info(name).shape();
          keys.add(name, name, shape.get(0), shape.get(1));
        }
        // Once for the libraries, classes and kernels; what it took goes back to the system.
        keys.read(checkpoint, precision.compute(), Device.CPU).values().forEach(Tensor::close);
        System.gc();
        NativeLibrary.getProcess().getFunction("malloc_trim").invokeInt(new Object[] {0});
        Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // The peak counts from here.
        long before = resident()[1];
        Map<String, Tensor> own = keys.read(checkpoint, precision.compute(), Device.CPU);
        System.out.println(resident()[0] - before);
        own.values().forEach(Tensor::close);
      }
    }
  }

  @Test
  void aQuantizedModelIsNotWritten() {
    assertThatThrownBy(() -> keys(16, 32).write(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("embed.weight is quantized or absent");
    assertThat((double) keys(4096, 4096).bytes(Precision.INT8))
        .isCloseTo(keys(4096, 4096).bytes(Precision.F32) / 4.0, within(1e6));
  }
}
