package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that torch.save wrote, and files that only look so. */
class TorchFileTest {

  private static final Golden GOLDEN = Golden.open("goldens/torch-files");

  @TempDir Path folder;

  private static Path good(String file) {
    return GOLDEN.path("good").resolve(file);
  }

  private static void holdsExactly(Checkpoint checkpoint, String file) {
    List<String> expected =
        GOLDEN.names().stream()
            .filter(name -> name.startsWith(file + ":"))
            .map(name -> name.substring(file.length() + 1))
            .toList();
    assertThat(expected).isNotEmpty();
    assertThat(checkpoint.names()).containsExactlyInAnyOrderElementsOf(expected);
    for (String name : expected) {
      String golden = file + ":" + name;
      try (Scope scope = Scope.open()) {
        Tensor tensor = checkpoint.get(name);
        assertThat(checkpoint.info(name).dtype().name()).isEqualTo(GOLDEN.dtype(golden));
        assertThat(Tensors.shape(tensor)).as(name).isEqualTo(GOLDEN.shape(golden));
        assertThat(tensor.is_contiguous()).isTrue();
        if (checkpoint.info(name).dtype().isFloating()) {
          assertThat(Tensors.toFloats(tensor)).as(name).isEqualTo(GOLDEN.floats(golden));
        } else {
          assertThat(Tensors.toLongs(tensor)).as(name).isEqualTo(GOLDEN.longs(golden));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zip.pt",
        "legacy.pt",
        "protocol4.pth",
        "module.bin",
        "nested.pt",
        "lavis.pth",
        "deepspeed.pt",
        "twice.ckpt",
        "paths.pt",
        "alone.pt",
        "script.pt"
      })
  void everyTensorIsReadAsStored(String file) {
    try (Checkpoint checkpoint = Checkpoint.open(good(file))) {
      holdsExactly(checkpoint, file);
    }
  }

  @Test
  void foldersWithPyTorchFilesAreCheckpoints() throws Exception {
    try (Checkpoint checkpoint = Checkpoint.open(good("sharded"))) {
      holdsExactly(checkpoint, "sharded");
    }
    Files.copy(good("module.bin"), folder.resolve("pytorch_model.bin"));
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      holdsExactly(checkpoint, "module.bin");
    }
    try (Scope scope = Scope.open()) {
      Tensor other = Tensors.ofFloats(new float[] {1}, 1);
      Safetensors.write(folder.resolve("model.safetensors"), Map.of("other", other), Map.of());
    }
    try (Checkpoint checkpoint = Checkpoint.open(folder)) {
      assertThat(checkpoint.names()).containsExactly("other");
    }
  }

  @Test
  void whatStandsBesideTheStateIsMetadata() {
    try (Checkpoint checkpoint = Checkpoint.open(good("nested.pt"))) {
      assertThat(checkpoint.metadata())
          .isEqualTo(Map.of("epoch", "3", "rate", "0.125", "note", "Grüße"));
    }
  }

  @Test
  void aPartCanBeNamed() {
    assertThatThrownBy(() -> Checkpoint.open(good("several.pt")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("under model and module; say which");
    try (Scope scope = Scope.open();
        Checkpoint one = Checkpoint.open(good("several.pt"), "module");
        Checkpoint two = Checkpoint.open(good("several.pt"), "ema.model")) {
      assertThat(one.names()).containsExactly("w");
      float first = Tensors.toFloats(two.get("w"))[0];
      assertThat(Tensors.toFloats(one.get("w"))[0]).isEqualTo(first + 1);
    }
    assertThatThrownBy(() -> Checkpoint.open(good("several.pt"), "ema.teacher"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has no part ema.teacher but model");
  }

  @Test
  void tensorsShareTheirStorage() throws Exception {
    // Whoever wrote zip.pt kept one storage for five tensors.
    assertThat(Files.size(good("zip.pt"))).isLessThan(9000);
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(good("zip.pt"))) {
      Tensor part = checkpoint.get("part");
      checkpoint.close();
      assertThat(Tensors.toFloats(part)).isEqualTo(GOLDEN.floats("zip.pt:part"));
    }
  }

  static Stream<String> hostile() throws IOException {
    try (Stream<Path> files = Files.list(GOLDEN.path("hostile"))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileFilesAreRefused(String file) {
    String says = GOLDEN.json().path("refused").path(file).asText();
    assertThat(says).isNotEmpty();
    assertThatThrownBy(() -> Checkpoint.open(GOLDEN.path("hostile").resolve(file)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file)
        .hasMessageContaining(says)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    assertThat(Path.of("owned")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"legacy.pt", "zip.pt", "nested.pt", "script.pt", "by-hand.pt"})
  void truncatedFilesAreRefused(String file) throws Exception {
    byte[] whole = Files.readAllBytes(good(file));
    for (int length = 0; length < whole.length; length += 1 + whole.length / 150) {
      Path cut = Files.write(folder.resolve(file), java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Checkpoint.open(cut)).isInstanceOf(InputException.class);
    }
  }

  /** Whatever the bytes: the tensors, other tensors, or one refusal; never another failure. */
  @Test
  void changedFilesAreReadOrRefused() throws Exception {
    long seed = 760;
    Random random = new Random(seed);
    List<byte[]> files = new ArrayList<>();
    for (String file : new String[] {"legacy.pt", "zip.pt", "nested.pt", "by-hand.pt"}) {
      files.add(Files.readAllBytes(good(file)));
    }
    Map<String, Integer> outcomes = new TreeMap<>();
    Path file = folder.resolve("changed.pt");
    for (int round = 0; round < 1000; round++) {
      byte[] bytes = files.get(random.nextInt(files.size())).clone();
      int changes = 1 + random.nextInt(4);
      for (int i = 0; i < changes; i++) {
        bytes[random.nextInt(bytes.length)] = (byte) interesting(random);
      }
      Files.write(file, bytes);
      try (Scope scope = Scope.open();
          Checkpoint checkpoint = Checkpoint.open(file)) {
        for (String name : checkpoint.names()) {
          assertThat(checkpoint.get(name).numel()).isEqualTo(checkpoint.info(name).elements());
        }
        outcomes.merge("read", 1, Integer::sum);
      } catch (InputException refused) {
        outcomes.merge("refused", 1, Integer::sum);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
    assertThat(outcomes).as("seed %d", seed).hasSize(2);
    assertThat(outcomes.values()).allMatch(count -> count > 100);
  }

  private static int interesting(Random random) {
    int[] some = {0, 1, 0x7F, 0x80, 0xFF, '(', '}', ']', 'R', 'b', 'Q', 't', 'q', 'h', 'c', '.'};
    return random.nextBoolean() ? some[random.nextInt(some.length)] : random.nextInt(256);
  }

  @Test
  void aZipAboveFourGigabytesIsRead() throws Exception {
    // The long forms of sizes and places, as zipfile and PyTorch write them; sparse on disk.
    long elements = 1_200_000_000L;
    Path file = folder.resolve("large.pt");
    LargeZip.write(file, elements);
    try (RandomAccessFile raw = new RandomAccessFile(file.toFile(), "r");
        Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(file)) {
      assertThat(raw.length()).isGreaterThan(4L << 30);
      assertThat(checkpoint.info("w").shape()).containsExactly(elements);
      Tensor w = checkpoint.get("w");
      assertThat(Tensors.toFloats(w.narrow(0, elements - 2, 2))).containsExactly(0, 1);
    }
  }

  @Test
  void aFileOfAnotherKindHasNoParts() throws Exception {
    Path text = Files.write(folder.resolve("x"), "text".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> Checkpoint.open(text, "model"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("has no parts");
  }
}
