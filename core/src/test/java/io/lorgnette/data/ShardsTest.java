package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.data.Problem.Kind;
import io.lorgnette.error.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tar shards with texts in them, and what can be wrong with a tar file. */
class ShardsTest {
  private static final String SPEC = "{kind: webdataset, images: ['s-*.tar'], split: val}";

  @TempDir Path folder;
  private final Problems problems = Problems.collecting();
  private NativeFiles files;

  @BeforeEach
  void writeShards() {
    files =
        new NativeFiles(folder)
            .tar(
                "s-1.tar",
                "d/k.jpg",
                "photo k",
                "d/k.json",
                "{\"image_id\": 3, \"split\": \"dev\", \"captions\": [\"a frog\", \"ö\"]}",
                "m.x.png",
                "photo m",
                "m.txt",
                " a kite \n",
                "t.jpg",
                "photo t",
                "t.json",
                "{\"split\": \"train\", \"caption\": \"not here\"}")
            .tar(
                "s-0.tar",
                "q.json",
                "{\"questions\": [{\"question\": \"Why ?\", \"answer\": \"x_y\","
                    + " \"answer_set\": [\"x y\", \"z\"]}]}",
                "q.webp",
                "photo q");
  }

  @Test
  void readsShardsInTheOrderOfTheirNames() {
    try (Dataset data = files.open(SPEC, Problems.strict())) {
      assertThat(data.examples().map(Example::id)).containsExactly("q", "3", "m");
      assertThat(data.example(1).captions()).containsExactly("a frog", "ö");
      assertThat(data.example(2).captions()).containsExactly("a kite");
      assertThat(data.example(0).questions())
          .containsExactly(new Question("q#0", "Why ?", "", "", List.of("x y, z")));
      assertThat(data.examples().map(e -> new String(e.image().bytes(), StandardCharsets.UTF_8)))
          .containsExactly("photo q", "photo k", "photo m");
      assertThat(data.fingerprint().files().keySet()).containsExactly("s-0.tar", "s-1.tar");
    }
  }

  @Test
  void theFingerprintIsOfTheTextsAndNotOfThePhotos() {
    String before = fingerprint();
    files.tar("s-0.tar", "q.json", "{\"caption\": \"x\"}", "q.jpg", "photo");
    String after = fingerprint();
    files.tar("s-0.tar", "q.json", "{\"caption\": \"x\"}", "q.jpg", "another photo");
    assertThat(fingerprint()).isEqualTo(after).isNotEqualTo(before);
  }

  private String fingerprint() {
    try (Dataset data = files.open(SPEC, problems)) {
      return data.fingerprint().sha256();
    }
  }

  @Test
  void brokenSamplesAreLeftOut() {
    files.tar(
        "s-2.tar",
        "a.jpg",
        "photo",
        "a.json",
        "{\"caption\": ",
        "b.json",
        "{\"caption\": \"no photo\"}",
        "c.jpg",
        "photo",
        "c.txt",
        "...",
        "d.jpg",
        "photo",
        "d.json",
        "{\"image_id\": 3, \"caption\": \"the id of another shard\"}",
        "e.jpg",
        "photo",
        "e.json",
        "{\"captions\": [\"ok\", \"?\"]}",
        "no-ending",
        "x");
    try (Dataset data = files.open(SPEC, problems)) {
      assertThat(data.examples().map(Example::id)).containsExactly("q", "3", "m", "e");
    }
    assertThat(problems.kept())
        .extracting(Problem::kind)
        .containsExactly(
            Kind.BROKEN_RECORD, Kind.MISSING_IMAGE, Kind.NO_TEXT, Kind.DUPLICATE, Kind.NO_TEXT);
  }

  @Test
  void membersThatReachOutsideAreNoMembers() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(bytes, "UTF-8")) {
      for (String name : List.of("../up.jpg", "/abs.jpg", "a/../../b.jpg", "ok.jpg", "ok.jpg")) {
        TarArchiveEntry entry = new TarArchiveEntry(name, true);
        entry.setSize(5);
        tar.putArchiveEntry(entry);
        tar.write("photo".getBytes(StandardCharsets.UTF_8));
        tar.closeArchiveEntry();
      }
      TarArchiveEntry link = new TarArchiveEntry("link.jpg", TarConstants.LF_SYMLINK);
      link.setLinkName("/etc/hostname");
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
    }
    files.bytes("x.tar", bytes.toByteArray());
    try (TarShard shard = TarShard.open(folder.resolve("x.tar"))) {
      assertThat(shard.members()).containsOnlyKeys("ok.jpg");
      assertThat(shard.refused())
          .containsExactlyInAnyOrder(
              "../up.jpg", "/abs.jpg", "a/../../b.jpg", "ok.jpg", "link.jpg");
    }
  }

  @Test
  void longAndForeignNamesAreFound() {
    String name = "ordner/".repeat(30) + "grün.jpg";
    files.tar("x.tar", name, "photo");
    try (TarShard shard = TarShard.open(folder.resolve("x.tar"))) {
      assertThat(shard.read(shard.members().get(name))).asString().isEqualTo("photo");
    }
  }

  @Test
  void tarFilesThatAreCutOffStopTheRunAtEveryLength() {
    byte[] whole = files.read("s-1.tar");
    // Six members, each a block of header and a block of content, then the end marker.
    for (int length = 1; length < 13 * 512; length += 73) {
      files.bytes("s-1.tar", Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> files.open(SPEC, problems))
          .as("cut to %s bytes", length)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("s-1.tar: not a complete uncompressed tar file");
    }
  }

  @Test
  void otherFilesAreNoTarFiles() {
    byte[] whole = files.read("s-1.tar");
    for (byte[] bytes :
        List.of(
            NativeFiles.gzip(whole),
            new byte[0],
            new byte[3000],
            "not a tar file, but longer than a header. "
                .repeat(40)
                .getBytes(StandardCharsets.UTF_8))) {
      files.bytes("s-1.tar", bytes);
      assertThatThrownBy(() -> files.open(SPEC, problems))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("s-1.tar: not a complete uncompressed tar file");
    }
  }
}
