package io.lorgnette.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class PhotoInputsTest {

  @TempDir Path root;

  private Path draw(String name) throws Exception {
    return Drawn.file(root.resolve(name), 10);
  }

  /** Names relative to the folder, with the width of what can be read and {@code -} for others. */
  private List<String> list(Object... inputs) {
    List<String> found = new ArrayList<>();
    String[] texts = Arrays.stream(inputs).map(Object::toString).toArray(String[]::new);
    PhotoInputs photos = PhotoInputs.of(List.of(texts));
    try (PhotoListing listing = photos.list(name -> true)) {
      while (listing.hasNext()) {
        BulkPhoto photo = listing.next();
        String name = photo.name().substring(root.toString().length() + 1).replace('\\', '/');
        found.add(name + " " + width(photo));
      }
    }
    assertThat(photos.count(name -> true, () -> false)).isEqualTo(found.size());
    return found;
  }

  private static String width(BulkPhoto photo) {
    try {
      return "" + photo.image().get().width();
    } catch (InputException e) {
      return "-";
    }
  }

  @Test
  void foldersAreReadWithAllBelowInOrder() throws Exception {
    draw("b/2.png");
    draw("b/c/3.JPG");
    draw("a.jpg");
    draw("z.png");
    draw(".hidden/x.png");
    draw("b/._2.png");
    Files.writeString(root.resolve("b/notes.txt"), "no photo");
    Files.writeString(root.resolve("b/backup.zip"), "no archive either");
    assertThat(list(root)).containsExactly("a.jpg 10", "b/2.png 10", "b/c/3.JPG 10", "z.png 10");
  }

  @Test
  void patternsReachAsFarAsTheySay() throws Exception {
    draw("one.jpg");
    draw("a/two.jpg");
    draw("a/b/three.jpg");
    draw("a/b/four.png");
    Drawn.tar(root.resolve("a/s1.tar"), Drawn.entries("five.jpg", 5));
    assertThat(list(root + "/*.jpg")).containsExactly("one.jpg 10");
    assertThat(list(root + "/**/*.jpg"))
        .containsExactly("a/b/three.jpg 10", "a/two.jpg 10", "one.jpg 10");
    assertThat(list(root + "/a/*/*.{jpg,png}"))
        .containsExactly("a/b/four.png 10", "a/b/three.jpg 10");
    assertThat(list(root + "/a/s?.tar")).containsExactly("a/s1.tar!five.jpg 5");
    // A folder that fits stands for all below it, as in a shell.
    assertThat(list(root + "/[a-b]"))
        .containsExactly("a/b/four.png 10", "a/b/three.jpg 10", "a/two.jpg 10");
  }

  @Test
  void whatIsThereByItsNameIsNoPattern() throws Exception {
    draw("odd[1].png");
    draw("odd1.png");
    assertThat(list(root.resolve("odd[1].png"))).containsExactly("odd[1].png 10");
  }

  @Test
  void archivesAreReadWhereTheyLie() throws Exception {
    Path tar =
        Drawn.tar(
            root.resolve("s.tar"),
            Drawn.entries("k1.jpg", 11, "k1.json", 0, "k2.png", 12, "../out.png", 9));
    Path zip =
        Drawn.zip(
            root.resolve("p.ZIP"),
            Drawn.entries("in/1.png", 21, "in/broken.png", 0, "__MACOSX/in/._1.png", 0));
    assertThat(list(tar, zip))
        .containsExactly(
            "s.tar!k1.jpg 11",
            "s.tar!k2.png 12",
            "s.tar!../out.png -",
            "p.ZIP!in/1.png 21",
            "p.ZIP!in/broken.png -");
  }

  @Test
  void anArchiveThatIsBrokenOrEmptyIsToldAmongOthers() throws Exception {
    Path broken = Files.writeString(root.resolve("broken.tar"), "no tar");
    Path empty = Drawn.zip(root.resolve("empty.zip"), Drawn.entries("a.txt", 0));
    Path good = draw("good.png");
    assertThat(list(broken, empty, good))
        .containsExactly("broken.tar -", "empty.zip -", "good.png 10");
  }

  @Test
  void manyEntriesOfAFolderAreNotHeldAtOnce() throws Exception {
    for (int i = 0; i < 50; i++) {
      Files.createFile(root.resolve("n" + (100 + i * 37 % 50)));
    }
    SortedFolder folder = new SortedFolder(root, 7);
    List<String> names = new ArrayList<>();
    folder.forEachRemaining(path -> names.add(path.getFileName().toString()));
    assertThat(names).hasSize(50).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aFileThatWasAskedForBeforeIsPassedOver() throws Exception {
    Path a = draw("a.png");
    Path b = draw("b.png");
    NameSet taken = new NameSet();
    PhotoInputs photos = PhotoInputs.of(List.of(root.toString(), b.toString(), root + "/*.png"));
    try (PhotoListing listing = photos.list(taken::add)) {
      assertThat(listing.next().name()).isEqualTo(a.toString());
      assertThat(listing.next().name()).isEqualTo(b.toString());
      assertThat(listing.hasNext()).isFalse();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void archivesAreClosedWhenTheirPhotosAreRead() throws Exception {
    List<String> tars = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      tars.add(Drawn.tar(root.resolve(i + ".tar"), Drawn.entries("a.png", 5)).toString());
    }
    long before = open();
    try (PhotoListing listing = PhotoInputs.of(tars).list(name -> true)) {
      while (listing.hasNext()) {
        assertThat(listing.next().image().get().width()).isEqualTo(5);
        assertThat(open()).isLessThan(before + 5);
      }
    }
  }

  private long open() throws Exception {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.filter(file -> isBelowRoot(file)).count();
    }
  }

  private boolean isBelowRoot(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).startsWith(root.toRealPath());
    } catch (java.io.IOException e) {
      return false; // closed meanwhile
    }
  }

  @Test
  void wrongInputsAreOneSentence() throws Exception {
    Files.createDirectories(root.resolve("empty"));
    Files.writeString(root.resolve("a.tar.gz"), "packed");
    Files.writeString(root.resolve("b.zip"), "no zip");
    for (String[] wrong :
        List.of(
            new String[] {root + "/no.jpg", "does not exist"},
            new String[] {root + "/none/*.jpg", "does not exist"},
            new String[] {root + "/*.jpg", "fits no photo"},
            new String[] {root + "/[", "pattern"},
            new String[] {root + "/empty", "holds no photos"},
            new String[] {root + "/a.tar.gz", "unpack it"},
            new String[] {root + "/b.zip", "not a complete zip file"})) {
      assertThatThrownBy(() -> PhotoInputs.of(List.of(wrong[0])).requirePhotos())
          .as(wrong[0])
          .isInstanceOf(InputException.class)
          .hasMessageContaining(wrong[1]);
    }
  }
}
