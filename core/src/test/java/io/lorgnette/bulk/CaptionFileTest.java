package io.lorgnette.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionFileTest {

  @TempDir Path folder;

  private static CaptionLine line(String image) {
    return new CaptionLine(image, "A \"dög\".", -0.5, 4, true, 80, 60);
  }

  private Path path() {
    return folder.resolve("deeper/captions.jsonl");
  }

  private static List<CaptionLine> read(Path path) {
    List<CaptionLine> lines = new ArrayList<>();
    CaptionFile.forEach(path, lines::add);
    return lines;
  }

  @Test
  void whatWasWrittenIsKnownTheNextTime() {
    try (CaptionFile file = CaptionFile.open(path())) {
      assertThat(file.contains("a.jpg")).isFalse();
      file.append(line("a.jpg"));
      assertThat(read(path())).as("written at once").containsExactly(line("a.jpg"));
    }
    try (CaptionFile file = CaptionFile.open(path())) {
      assertThat(file.contains("a.jpg")).isTrue();
      assertThat(file.size()).isEqualTo(1);
      file.append(line("s.tar!b.jpg"));
    }
    assertThat(read(path())).containsExactly(line("a.jpg"), line("s.tar!b.jpg"));
  }

  @Test
  void aTornLastLineIsMendedWhereverItIsTorn() throws Exception {
    byte[] whole = (line("a.jpg").json() + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] second = (line("b.jpg").json() + "\n").getBytes(StandardCharsets.UTF_8);
    Files.createDirectories(path().getParent());
    for (int cut = 0; cut <= second.length; cut++) {
      byte[] torn = new byte[whole.length + cut];
      System.arraycopy(whole, 0, torn, 0, whole.length);
      System.arraycopy(second, 0, torn, whole.length, cut);
      Files.write(path(), torn);
      try (CaptionFile file = CaptionFile.open(path())) {
        // Without its line end alone the line is whole.
        assertThat(file.contains("b.jpg")).isEqualTo(cut >= second.length - 1);
        if (!file.contains("b.jpg")) {
          file.append(line("b.jpg"));
        }
      }
      assertThat(read(path())).containsExactly(line("a.jpg"), line("b.jpg"));
    }
  }

  @Test
  void otherFilesAreLeftAsTheyAre() throws Exception {
    Path letter = Files.writeString(folder.resolve("letter.jsonl"), "Dear all");
    assertThatThrownBy(() -> CaptionFile.open(letter))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("line 1");
    assertThat(letter).hasContent("Dear all");
    Path broken = folder.resolve("broken.jsonl");
    Files.writeString(broken, line("a").json() + "\n{\"image\": 3}\n" + line("b").json() + "\n");
    assertThatThrownBy(() -> CaptionFile.open(broken)).hasMessageContaining("line 2");
  }

  @Test
  void oneProcessWritesAtATime() {
    try (CaptionFile first = CaptionFile.open(path())) {
      assertThatThrownBy(() -> CaptionFile.open(path()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("another process");
      first.append(line("a"));
    }
  }

  @Test
  void namesAreKnownByTheirHash() {
    NameSet names = new NameSet();
    for (int i = 0; i < 5000; i++) {
      assertThat(names.add("photo " + i)).isTrue();
    }
    for (int i = 0; i < 5000; i++) {
      assertThat(names.add("photo " + i)).isFalse();
      assertThat(names.contains("photo" + i)).isFalse();
    }
    assertThat(names.size()).isEqualTo(5000);
  }

  @Test
  void failuresAreListedAnewByEachRun() throws Exception {
    Path file = FailureFile.beside(path());
    assertThat(file.getFileName()).hasToString("captions.failed.jsonl");
    Files.createDirectories(file.getParent());
    try (FailureFile failures = new FailureFile(file)) {
      failures.append("x.jpg", "is \"broken\"");
      assertThat(file).hasContent("{\"image\":\"x.jpg\",\"reason\":\"is \\\"broken\\\"\"}");
    }
    new FailureFile(file).close();
    assertThat(file).doesNotExist();
  }
}
