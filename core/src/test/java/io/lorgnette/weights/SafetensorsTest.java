package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {

  @TempDir Path folder;

  private Path file(String header, int dataBytes) throws Exception {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(text.length).put(text);
    return Files.write(folder.resolve("hostile.safetensors"), bytes.array());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 4 | truncated?",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | 12 | holds 12",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | 8 | needs 12 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[4,12]}} | 12 | a gap",
        "{\"a\":{\"dtype\":\"F31\",\"shape\":[2],\"data_offsets\":[0,8]}} | 8 | format 'F31'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | 8 | impossible shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[9000000000,9000000000],\"data_offsets\":[0,8]}} | 8 |"
            + " impossible shape",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}} | 6 | an overlap",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[0,1]},"
            + "\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[1,2]}} | 2 | not JSON",
        "{\"a\":{\"dtype\":\"U8\"}} | 0 | without dtype, shape",
        "{\"__metadata__\":{\"a\":1}} | 0 | not a string",
        "[] | 0 | not a JSON object",
        "{\"a\" | 0 | not JSON"
      })
  void hostileHeadersAreRefused(String header, int dataBytes, String says) throws Exception {
    Path file = file(header, dataBytes);
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("hostile.safetensors")
        .hasMessageContaining(says);
  }

  @Test
  void anAbsurdHeaderLengthIsRefusedBeforeAllocation() throws Exception {
    Path file = folder.resolve("long.safetensors");
    Files.write(
        file,
        ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN).putLong(Long.MAX_VALUE).array());
    assertThatThrownBy(() -> Checkpoint.open(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("9223372036854775807 bytes");
  }

  @Test
  void missingAndForeignFilesAreNamed() throws Exception {
    assertThatThrownBy(() -> Checkpoint.open(folder.resolve("no.safetensors")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> Checkpoint.open(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds neither");
    Path text = Files.writeString(folder.resolve("x.safetensors"), "hello");
    assertThatThrownBy(() -> Checkpoint.open(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("ends after 5 bytes");
  }

  @Test
  void whatIsWrittenIsReadBack() {
    Path file = folder.resolve("deep/er/whole.safetensors");
    try (Scope scope = Scope.open()) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      tensors.put("flag", Tensors.ofBytes(new byte[] {1, 0, 1}, Dtype.BOOL, 3));
      tensors.put("half", Tensors.to(Tensors.ofFloats(new float[] {1.5f, -2}, 2, 1), Dtype.BF16));
      tensors.put("turned", Tensors.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).t());
      tensors.put("none", Tensors.zeros(Dtype.F32, Device.CPU, 0, 4));
      tensors.put("scalar", Tensors.ofLongs(new long[] {42}));
      Safetensors.write(file, tensors, Map.of("step", "7"));
    }
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(checkpoint.metadata()).containsExactly(Map.entry("step", "7"));
      assertThat(checkpoint.info("turned").shape()).containsExactly(3L, 2L);
      assertThat(Tensors.toFloats(checkpoint.get("turned"))).containsExactly(1, 4, 2, 5, 3, 6);
      assertThat(Tensors.toFloats(checkpoint.get("half"))).containsExactly(1.5f, -2);
      assertThat(Tensors.toLongs(checkpoint.get("flag"))).containsExactly(1, 0, 1);
      assertThat(Tensors.toLongs(checkpoint.get("scalar"))).containsExactly(42);
      assertThat(checkpoint.get("none").numel()).isZero();
      assertThat(checkpoint.sha256()).hasSize(64);
    }
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Dtype.class)
  void everyNumberFormatIsWrittenAndRead(Dtype dtype) {
    Path file = folder.resolve("one.safetensors");
    float[] values = dtype == Dtype.BOOL ? new float[] {1, 0, 1} : new float[] {1, 0, 127};
    if (dtype != Dtype.BOOL && dtype != Dtype.U8) {
      values[0] = -128;
    }
    try (Scope scope = Scope.open()) {
      Tensor tensor = Tensors.to(Tensors.ofFloats(values, 3, 1), dtype);
      Safetensors.write(file, Map.of("w", tensor), Map.of());
      try (Checkpoint checkpoint = Checkpoint.open(file)) {
        assertThat(checkpoint.info("w"))
            .isEqualTo(new TensorInfo(dtype, List.of(3L, 1L), dtype.name(), 3L * dtype.bytes()));
        assertThat(Tensors.dtype(checkpoint.get("w"))).isEqualTo(dtype);
        assertThat(Tensors.toFloats(checkpoint.get("w"))).isEqualTo(values);
      }
    }
  }

  @Test
  void tensorsThatAreNotAlignedAreReadRight() throws Exception {
    // A header of odd length moves every value off its natural place.
    String header = "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} ";
    Path file = file(header, 4);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putFloat(bytes.length - 4, 2.5f);
    Files.write(file, bytes);
    assertThat((bytes.length - 4) % 4).isNotZero();
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(Tensors.toFloats(checkpoint.get("a"))).containsExactly(2.5f);
    }
  }

  @Test
  void aFileAboveTwoGigabytesIsMapped() throws Exception {
    long elements = 1_200_000_000L; // 2.4 GB of F16, sparse on disk
    String header =
        "{\"big\":{\"dtype\":\"F16\",\"shape\":[%d],\"data_offsets\":[0,%d]}}"
            .formatted(elements, elements * 2);
    Path file = file(header, 0);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "rw")) {
      raw.setLength(8 + header.length() + elements * 2);
      raw.seek(raw.length() - 2);
      raw.write(new byte[] {0x00, 0x3C}); // 1.0
    }
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(file)) {
      Tensor big = checkpoint.get("big");
      assertThat(Tensors.toFloats(big.narrow(0, elements - 2, 2))).containsExactly(0, 1);
    }
  }

  @Test
  void shardsAreOneCheckpoint() throws Exception {
    Path sharded = Golden.resource("goldens/llama/checkpoint");
    try (Checkpoint checkpoint = Checkpoint.open(sharded)) {
      assertThat(checkpoint.names()).contains("model.embed_tokens.weight", "lm_head.weight");
    }
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy);
    try (Stream<Path> files = Files.list(sharded)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    Path index = copy.resolve("model.safetensors.index.json");
    String text = Files.readString(index);
    Files.writeString(index, text.replaceFirst("model-00001", "../model-00001"));
    assertThatThrownBy(() -> Checkpoint.open(copy))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not a file beside it");
    Files.writeString(index, text.replaceFirst("model.embed_tokens.weight", "model.other.weight"));
    assertThatThrownBy(() -> Checkpoint.open(copy))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which lacks it");
  }

  @Test
  void keysThatDoNotFitAreListed() {
    KeyMap map = new KeyMap().add("w", "weight", 2, 2).add("b", "bias", 2);
    Path file = folder.resolve("keys.safetensors");
    try (Scope scope = Scope.open()) {
      Safetensors.write(
          file,
          Map.of(
              "weight", Tensors.ofFloats(new float[6], 3, 2),
              "scale", Tensors.ofFloats(new float[1], 1)),
          Map.of());
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThatThrownBy(() -> map.read(checkpoint, Dtype.F32, Device.CPU))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("missing 1 (bias)")
          .hasMessageContaining("unknown 1 (scale)")
          .hasMessageContaining("weight [3, 2] instead of [2, 2]");
    }
    assertThat(map.parameterCount()).isEqualTo(6);
  }
}
