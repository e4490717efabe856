package io.lorgnette.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FeatureCacheTest {

  private static final int TOKENS = 3;
  private static final int WIDTH = 5;

  @TempDir private Path dir;

  private FeatureCache open() {
    return FeatureCache.open(dir, "encoder", "processor", TOKENS, WIDTH, Dtype.F32);
  }

  private static FeatureKey key(int i) {
    return FeatureKey.of(("image " + i).getBytes(StandardCharsets.UTF_8), 0);
  }

  private static float[] values(int i) {
    Random random = new Random(i);
    float[] values = new float[TOKENS * WIDTH];
    for (int k = 0; k < values.length; k++) {
      values[k] = 3 * (float) random.nextGaussian();
    }
    return values;
  }

  private static void put(FeatureCache cache, int... images) {
    try (FeatureWriter writer = cache.writer(0)) {
      put(writer, images);
    }
  }

  private static void put(FeatureWriter writer, int... images) {
    try (Scope scope = Scope.open()) {
      List<FeatureKey> keys = new ArrayList<>();
      Tensor[] rows = new Tensor[images.length];
      for (int i = 0; i < images.length; i++) {
        keys.add(key(images[i]));
        rows[i] = Tensors.ofFloats(values(images[i]), TOKENS, WIDTH);
      }
      writer.put(keys, Tensors.stack(0, rows));
    }
  }

  private static void assertHolds(FeatureCache cache, int... images) {
    try (Scope scope = Scope.open()) {
      List<FeatureKey> keys = new ArrayList<>();
      for (int image : images) {
        keys.add(key(image));
      }
      Tensor batch = cache.get(keys);
      assertThat(Tensors.shape(batch)).containsExactly(images.length, TOKENS, WIDTH);
      for (int i = 0; i < images.length; i++) {
        assertThat(Tensors.toFloats(batch.select(0, i))).isEqualTo(values(images[i]));
      }
    }
  }

  private Path file(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(f -> f.toString().endsWith(suffix)).findFirst().orElseThrow();
    }
  }

  @Test
  void holdsWhatWasPutAlsoWhenOpenedAgain() {
    try (FeatureCache cache = open()) {
      assertThat(cache.size()).isZero();
      assertThat(cache.contains(key(1))).isFalse();
      put(cache, 1, 2, 3);
      assertHolds(cache, 3, 1, 3, 2);
      put(cache, 2, 4); // 2 is there already
      assertThat(cache.size()).isEqualTo(4);
      assertHolds(cache, 4, 1, 2, 3);
    }
    try (FeatureCache again = open()) {
      assertThat(again.size()).isEqualTo(4);
      assertThat(again.contains(key(4))).isTrue();
      assertHolds(again, 1, 2, 3, 4);
    }
  }

  @Test
  void viewsOfOneImageAreApart() {
    FeatureKey one = FeatureKey.of(new byte[] {1}, 0);
    FeatureKey other = FeatureKey.of(new byte[] {1}, 1);
    assertThat(one).isNotEqualTo(other);
    assertThat(one.hash())
        .isEqualTo("4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a")
        .isEqualTo(other.hash());
    try (Scope scope = Scope.open();
        FeatureCache cache = open()) {
      try (FeatureWriter writer = cache.writer(0)) {
        writer.put(List.of(one), Tensors.ofFloats(values(1), 1, TOKENS, WIDTH));
        writer.put(List.of(other), Tensors.ofFloats(values(2), 1, TOKENS, WIDTH));
      }
      assertThat(Tensors.toFloats(cache.get(List.of(other)))).isEqualTo(values(2));
      assertThat(Tensors.toFloats(cache.get(List.of(one)))).isEqualTo(values(1));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "F16", "BF16"})
  void roundsToTheStoredFormatOnly(Dtype dtype) {
    double relative = dtype == Dtype.F32 ? 0 : dtype == Dtype.F16 ? 0x1p-11 : 0x1p-8;
    try (Scope scope = Scope.open();
        FeatureCache cache = FeatureCache.open(dir, "e", "p", TOKENS, WIDTH, dtype)) {
      put(cache, 7);
      Tensor stored = cache.get(List.of(key(7)));
      assertThat(Tensors.dtype(stored)).isEqualTo(dtype);
      float[] read = Tensors.toFloats(stored);
      float[] fresh = values(7);
      for (int i = 0; i < read.length; i++) {
        assertThat(read[i]).isCloseTo(fresh[i], within((float) (relative * Math.abs(fresh[i]))));
      }
    }
  }

  @Test
  void aTornLastRecordIsDroppedAndWrittenAnew() throws IOException {
    try (FeatureCache cache = open()) {
      put(cache, 1, 2, 3);
    }
    long record = (long) TOKENS * WIDTH * 4;
    // As a crash leaves it: not known to be durable, the record half there.
    forgetDurable();
    try (RandomAccessFile data = new RandomAccessFile(file(".features").toFile(), "rw")) {
      data.setLength(3 * record - 7);
    }
    try (FeatureCache cache = open()) {
      assertThat(cache.size()).isEqualTo(2);
      assertThat(cache.contains(key(3))).isFalse();
      assertHolds(cache, 1, 2);
      put(cache, 4, 3);
      assertHolds(cache, 1, 2, 3, 4);
    }
    assertThat(Files.size(file(".features"))).isEqualTo(4 * record);
    try (FeatureCache cache = open()) {
      assertHolds(cache, 1, 2, 3, 4);
    }
  }

  @Test
  void aRecordOfTheRightLengthButWrongBytesIsDroppedToo() throws IOException {
    try (FeatureCache cache = open()) {
      put(cache, 1, 2, 3);
    }
    forgetDurable();
    overwrite(file(".features"), 2 * TOKENS * WIDTH * 4 + 9);
    try (FeatureCache cache = open()) {
      assertThat(cache.size()).isEqualTo(2);
      put(cache, 3);
      assertHolds(cache, 1, 2, 3);
    }
  }

  @Test
  void aTornIndexEntryIsDropped() throws IOException {
    try (FeatureCache cache = open()) {
      put(cache, 1, 2);
    }
    Path index = file(".index");
    try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
      file.setLength(file.length() - 20);
    }
    try (FeatureCache cache = open()) {
      assertThat(cache.size()).isEqualTo(1);
      put(cache, 2, 3);
      assertHolds(cache, 1, 2, 3);
    }
    overwrite(index, (int) Files.size(index) - 50);
    try (FeatureCache cache = open()) {
      assertThat(cache.size()).isEqualTo(2);
    }
  }

  @Test
  void aDamagedRecordIsAnErrorWhenRead() throws IOException {
    try (FeatureCache cache = open()) {
      put(cache, 1, 2);
    }
    overwrite(file(".features"), 3);
    try (FeatureCache cache = open()) {
      assertHolds(cache, 2);
      assertThatThrownBy(() -> assertHolds(cache, 2, 1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("damaged record 0")
          .hasMessageContaining("delete");
    }
  }

  @Test
  void aDamagedHeaderIsAnError() throws IOException {
    try (FeatureCache cache = open()) {
      put(cache, 1);
    }
    overwrite(file(".index"), 40);
    assertThatThrownBy(this::open)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(".index has a damaged header");
    Files.write(file(".index"), new byte[] {1, 2, 3});
    assertThatThrownBy(this::open)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not begin as a feature cache");
  }

  private void forgetDurable() throws IOException {
    try (RandomAccessFile index = new RandomAccessFile(file(".index").toFile(), "rw")) {
      index.seek(8);
      index.writeLong(1); // its complement no longer fits: as if torn
    }
  }

  private static void overwrite(Path file, int at) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    bytes[at] ^= 0x55;
    Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
  }

  @Test
  void featuresOfAnotherSizeAreRefused() {
    try (Scope scope = Scope.open();
        FeatureCache cache = open()) {
      put(cache, 1);
      assertThatThrownBy(
              () -> FeatureCache.open(dir, "encoder", "processor", TOKENS, WIDTH + 1, Dtype.F32))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("[3, 5]")
          .hasMessageContaining("[3, 6]");
      try (FeatureWriter writer = cache.writer(0)) {
        Tensor wrong = Tensors.zeros(Dtype.F32, Device.CPU, 1, TOKENS, WIDTH + 1);
        assertThatThrownBy(() -> writer.put(List.of(key(9)), wrong))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("[1, 3, 6]");
      }
      assertThatThrownBy(() -> cache.get(List.of(key(9))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(key(9).hash());
    }
  }

  @Test
  void anotherEncoderProcessorOrFormatHasItsOwnFile() throws IOException {
    try (FeatureCache cache = open()) {
      put(cache, 1);
    }
    for (FeatureCache other :
        List.of(
            FeatureCache.open(dir, "encoder2", "processor", TOKENS, WIDTH, Dtype.F32),
            FeatureCache.open(dir, "encoder", "processor2", TOKENS, WIDTH, Dtype.F32),
            FeatureCache.open(dir, "encoder", "processor", TOKENS, WIDTH, Dtype.F16))) {
      try (other) {
        assertThat(other.contains(key(1))).isFalse();
        put(other, 2);
      }
    }
    try (Stream<Path> files = Files.list(dir)) {
      assertThat(files.filter(f -> f.toString().endsWith(".features"))).hasSize(4);
    }
  }

  @Test
  void valuesThatOverflowTheStoredFormatAreRefused() {
    try (Scope scope = Scope.open();
        FeatureCache cache = FeatureCache.open(dir, "e", "p", 1, 2, Dtype.F16);
        FeatureWriter writer = cache.writer(0)) {
      Tensor large = Tensors.ofFloats(new float[] {1, 70_000}, 1, 1, 2);
      assertThatThrownBy(() -> writer.put(List.of(key(1)), large))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("not all finite as F16");
      assertThat(cache.size()).isZero();
    }
  }

  @Test
  void theBoundHolds() {
    long record = (long) TOKENS * WIDTH * 4;
    try (FeatureCache cache =
            FeatureCache.open(dir, "e", "p", TOKENS, WIDTH, Dtype.F32, 2 * record);
        FeatureWriter writer = cache.writer(0)) {
      writer.requireRoom(2);
      assertThatThrownBy(() -> writer.requireRoom(3))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("bound");
      assertThatThrownBy(() -> put(writer, 1, 2, 3))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("bound");
      assertHolds(cache, 1, 2);
    }
  }

  @Test
  void aReaderFindsWhatAWriterAddsLater() {
    try (FeatureCache reader = open();
        FeatureCache cache = open();
        FeatureWriter writer = cache.writer(0)) {
      put(writer, 1);
      assertHolds(reader, 1);
      put(writer, 2, 3);
      assertHolds(reader, 3, 2, 1);
    }
  }

  @Test
  void aSecondWriterIsToldWhoWrites() {
    try (FeatureCache first = open();
        FeatureCache second = open()) {
      try (FeatureWriter writer = first.writer(0)) {
        assertThatThrownBy(() -> second.writer(150))
            .isInstanceOf(InputException.class)
            .hasMessageContaining(Long.toString(ProcessHandle.current().pid()))
            .hasMessageContaining("wait for it");
        put(writer, 1);
      }
      put(second, 2);
      assertHolds(second, 1, 2);
    }
  }

  /** Locks the same cache in another Java process until its input ends. */
  static final class Holder {
    public static void main(String[] args) throws IOException {
      try (FeatureCache cache =
              FeatureCache.open(Path.of(args[0]), "encoder", "processor", 3, 5, Dtype.F32);
          FeatureWriter writer = cache.writer(0)) {
        put(writer, 1);
        System.out.println("locked");
        while (System.in.read() >= 0) {
          // until the test closes it
        }
        Runtime.getRuntime().halt(9); // a crash: nothing is closed
      }
    }
  }

  @Test
  void anotherProcessKeepsWritersOutAndItsCrashLosesNothing() throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = System.getProperty("java.class.path");
    Process process =
        new ProcessBuilder(java, "-cp", classPath, Holder.class.getName(), dir.toString())
            .redirectError(new File(dir.toFile(), "errors.txt"))
            .start();
    try (FeatureCache cache = open()) {
      byte[] said = process.getInputStream().readNBytes(6);
      assertThat(new String(said, StandardCharsets.UTF_8)).isEqualTo("locked");
      assertThatThrownBy(() -> cache.writer(0))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("process " + process.pid());
      assertHolds(cache, 1);
      process.getOutputStream().close();
      assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      assertThat(process.exitValue()).isEqualTo(9);
      put(cache, 2);
      assertHolds(cache, 1, 2);
    } finally {
      process.destroyForcibly();
    }
  }
}
