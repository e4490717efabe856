package io.lorgnette.verbal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference's files, whole and broken. */
class ReferenceFilesTest {

  @TempDir Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** As numpy.save writes it. */
  private Path npy(String name, int version, String header, ByteBuffer values) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
    byte[] text = (header + "\n").getBytes(StandardCharsets.UTF_8);
    ByteBuffer length = ByteBuffer.allocate(version == 1 ? 2 : 4).order(ByteOrder.LITTLE_ENDIAN);
    out.writeBytes(
        version == 1
            ? length.putShort((short) text.length).array()
            : length.putInt(text.length).array());
    out.writeBytes(text);
    byte[] numbers = new byte[values.capacity()];
    values.rewind().get(numbers);
    out.writeBytes(numbers);
    return Files.write(folder.resolve(name), out.toByteArray());
  }

  private static String header(String type, String shape) {
    return "{'descr': '" + type + "', 'fortran_order': False, 'shape': " + shape + ", }";
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer;
  }

  @Test
  void matricesOfThreeKinds() throws Exception {
    Rows single = NpyFile.read(npy("a.npy", 1, header("<f4", "(2, 3)"), floats(1, 2, 3, 4, 5, 6)));
    assertThat(single.width()).isEqualTo(3);
    assertThat(single.values()).containsExactly(1, 2, 3, 4, 5, 6);
    ByteBuffer wide = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);
    wide.putDouble(0.5).putDouble(-2);
    assertThat(NpyFile.read(npy("b.npy", 2, header("<f8", "(1, 2)"), wide)).values())
        .containsExactly(0.5f, -2);
    ByteBuffer half = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits : new int[] {0x3C00, 0xC000, 0x3555, 0x0001, 0x8000, 0x7BFF}) {
      half.putShort((short) bits);
    }
    assertThat(NpyFile.read(npy("c.npy", 3, header("<f2", "(6, 1)"), half)).values())
        .containsExactly(1, -2, 0.33325195f, 0x1p-24f, -0f, 65504);
  }

  @Test
  void brokenMatricesAreNamed() throws Exception {
    ByteBuffer six = floats(1, 2, 3, 4, 5, 6);
    List<Path> broken =
        List.of(
            npy("short.npy", 1, header("<f4", "(2, 4)"), six),
            npy("long.npy", 1, header("<f4", "(1, 3)"), six),
            npy("huge.npy", 1, header("<f4", "(999999999, 999999999)"), six),
            npy("line.npy", 1, header("<f4", "(6,)"), six),
            npy("whole.npy", 1, header("<i4", "(2, 3)"), six),
            npy("objects.npy", 1, header("|O", "(2, 3)"), six),
            npy("nothing.npy", 1, header("<f4", "(3, 0)"), six),
            npy("version.npy", 9, header("<f4", "(2, 3)"), six),
            npy(
                "columns.npy",
                1,
                "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }",
                six),
            write("text.npy", "no numbers at all"),
            Files.write(
                folder.resolve("cut.npy"), new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'}),
            folder.resolve("absent.npy"));
    for (Path file : broken) {
      assertThatThrownBy(() -> NpyFile.read(file))
          .as(file.getFileName().toString())
          .isInstanceOf(InputException.class)
          .hasMessageContaining(file.getFileName().toString());
    }
  }

  @Test
  void rowsAreFoundByImageAndQuestion() throws Exception {
    Path features = npy("q.npy", 1, header("<f4", "(3, 2)"), floats(1, 2, 3, 4, 5, 6));
    Path samples = write("q.json", "{\"0\": \"42<->420\", \"2\": \"7<->71\", \"1\": \"7<->70\"}");
    FeatureFile file = new FeatureFile(features, samples);
    assertThat(file.line("COCO_val2014_000000000007", "71")).isEqualTo(2);
    assertThat(file.rows(List.of(2, 0)).values()).containsExactly(5, 6, 1, 2);
    assertThatThrownBy(() -> file.line("42", "421"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("question 421");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "not JSON",
        "{\"0\": \"1<->2\"}",
        "{\"0\": \"1<->2\", \"1\": \"3\", \"2\": \"1<->4\"}",
        "{\"0\": \"1<->2\", \"1\": \"1<->3\", \"3\": \"1<->4\"}",
        "{\"0\": \"1<->2\", \"1\": \"1<->3\", \"-1\": \"1<->4\"}"
      })
  void brokenNamesOfRows(String json) throws Exception {
    Path features = npy("q.npy", 1, header("<f4", "(3, 2)"), floats(1, 2, 3, 4, 5, 6));
    Path samples = write("q.json", json);
    assertThatThrownBy(() -> new FeatureFile(features, samples))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("q.json");
  }

  @Test
  void captionsAndTags() throws Exception {
    Path captions =
        write(
            "captions.tsv",
            """
            42\t[{"caption": "a cat on a mat", "conf": 0.7}]
            7\t[{"caption": "say \\"hi\\"", "conf": 0.7}]
            """);
    Path tags =
        write(
            "tags.tsv",
            "42\t[{\"class\": \"cat\", \"conf\": 0.9, \"rect\": [1, 2]}, {\"class\": \"mat\"}]\n");
    ToldFiles files = new ToldFiles(List.of(captions), List.of(tags));
    assertThat(files.of("000000000042").orElseThrow().text()).isEqualTo("a cat on a mat. cat, mat");
    assertThat(files.of("COCO_val2014_000000000007").orElseThrow().text()).isEqualTo("say \"hi\"");
    assertThat(files.of("8")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "42 [{\"caption\": \"a\"}]",
        "\t[{\"caption\": \"a\"}]",
        "42\tnot JSON",
        "42\t{\"caption\": \"a\"}",
        "42\t[{\"class\": \"a\"}]",
        "42\t[{\"caption\": 3}]"
      })
  void brokenLinesAreNamed(String line) throws Exception {
    Path file = write("bad.tsv", "41\t[{\"caption\": \"fine\"}]\n" + line + "\n");
    assertThatThrownBy(() -> new ToldFiles(List.of(file), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("bad.tsv, line 2");
  }

  @Test
  void whatIsNoTextIsSaid() throws Exception {
    byte[] noise = new byte[64];
    Arrays.fill(noise, (byte) 0xFE);
    Path file = Files.write(folder.resolve("noise.tsv"), noise);
    assertThatThrownBy(() -> new ToldFiles(List.of(file), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("noise.tsv");
  }
}
