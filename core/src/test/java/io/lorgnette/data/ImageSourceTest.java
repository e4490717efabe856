package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSourceTest {
  @TempDir Path folder;
  private NativeFiles files;
  private DataFiles data;

  @BeforeEach
  void writeThree() {
    files =
        new NativeFiles(folder)
            .photos("photos", "a.jpg")
            .photos("photos/in/ner", "b.jpg")
            .text("secret.jpg", "secret")
            .zip("z.zip", "a.jpg", "photo a.jpg", "in/ner/b.jpg", "photo b.jpg", "in/empty/", "")
            .tar("t.tar", "a.jpg", "photo a.jpg", "in/ner/b.jpg", "photo b.jpg");
    data = new DataFiles("set", folder, Problems.strict());
  }

  @ParameterizedTest
  @ValueSource(strings = {"photos", "z.zip", "t.tar"})
  void folderZipAndTarAnswerAlike(String path) {
    try (ImageSource source = data.images(List.of(path))) {
      assertThat(source.has("a.jpg")).isTrue();
      assertThat(source.read("a.jpg")).asString().isEqualTo("photo a.jpg");
      assertThat(source.read("in/ner/b.jpg")).asString().isEqualTo("photo b.jpg");
      assertThat(source.has("b.jpg")).isFalse();
      assertThat(source.has("in")).isFalse();
      assertThat(source.has("in/ner")).isFalse();
      assertThatThrownBy(() -> source.read("b.jpg"))
          .isInstanceOf(InputException.class)
          .hasMessage("Image b.jpg is not in " + source + ".");
      assertThat(source.toString()).endsWith(folder.resolve(path).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"photos", "z.zip", "t.tar"})
  void namesThatReachOutsideAreNowhere(String path) {
    try (ImageSource source = data.images(List.of(path))) {
      for (String name :
          List.of(
              "../secret.jpg",
              "in/../../secret.jpg",
              "in/../a.jpg",
              "./a.jpg",
              folder.resolve("secret.jpg").toString(),
              "/a.jpg",
              "in\\ner\\b.jpg",
              "..\\secret.jpg",
              "C:/secret.jpg",
              "",
              "in/",
              "in//ner/b.jpg",
              "a.jpg\0",
              "a.jpg\n",
              "x".repeat(2000))) {
        assertThat(source.has(name)).as(name).isFalse();
        assertThatThrownBy(() -> source.read(name)).isInstanceOf(InputException.class);
      }
    }
  }

  @Test
  void membersOfAZipThatReachOutsideAreNowhere() {
    files.zip("slip.zip", "../secret.jpg", "evil", "/abs.jpg", "evil", "a\\b.jpg", "evil");
    try (ImageSource source = data.images(List.of("slip.zip"))) {
      assertThat(List.of("../secret.jpg", "/abs.jpg", "a\\b.jpg")).noneMatch(source::has);
    }
    assertThat(folder.resolve("secret.jpg")).hasContent("secret");
  }

  @Test
  void aBombInAZipStopsAtTheLimit() throws IOException {
    Path bomb = folder.resolve("bomb.zip");
    try (OutputStream out = Files.newOutputStream(bomb);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("a.jpg"));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 51; i++) {
        zip.write(zeros);
      }
    }
    assertThat(Files.size(bomb)).isLessThan(100_000);
    try (ImageSource source = data.images(List.of("bomb.zip"))) {
      assertThatThrownBy(() -> source.read("a.jpg"))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("is longer than 50 MiB");
    }
  }

  @Test
  void aZipThatIsCutOffIsNamed() {
    byte[] whole = files.read("z.zip");
    files.bytes("z.zip", Arrays.copyOf(whole, whole.length - 30));
    assertThatThrownBy(() -> data.images(List.of("z.zip")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("z.zip: not a complete zip file");
  }

  @Test
  void severalSourcesAreSearchedInTheirOrder() {
    files.tar("t-2.tar", "a.jpg", "second a", "c.jpg", "photo c");
    try (ImageSource source = data.images(List.of("t*.tar", "photos"))) {
      // t-2.tar comes before t.tar by name.
      assertThat(source.read("a.jpg")).asString().isEqualTo("second a");
      assertThat(source.read("c.jpg")).asString().isEqualTo("photo c");
      assertThat(source.read("in/ner/b.jpg")).asString().isEqualTo("photo b.jpg");
      assertThatThrownBy(() -> source.read("d.jpg"))
          .hasMessageMatching("Image d.jpg is not in tar file .*t-2.tar, tar file .*, folder .*");
    }
  }

  @Test
  void otherFilesAndMissingOnesAreNamed() {
    assertThatThrownBy(() -> data.images(List.of("secret.jpg")))
        .hasMessageContaining("images are read from folders, .tar and .zip files, but");
    assertThatThrownBy(() -> data.images(List.of("no*.tar")))
        .hasMessage(
            "Data set set: the images are missing; expected at "
                + folder.resolve("no*.tar")
                + "; fetch them, or name another path in the recipe.");
    try (ImageSource none = data.images(List.of())) {
      assertThat(none.has("a.jpg")).isFalse();
      assertThatThrownBy(() -> none.read("a.jpg")).isInstanceOf(InputException.class);
    }
  }
}
