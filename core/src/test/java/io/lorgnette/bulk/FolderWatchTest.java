package io.lorgnette.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class FolderWatchTest {

  @TempDir Path root;

  private static BulkPhoto next(FolderWatch watch) {
    BulkPhoto photo = watch.next();
    while (photo == null) {
      photo = watch.next();
    }
    return photo;
  }

  @Test
  void newPhotosComeWhenTheyAreWhole() throws Exception {
    Path first = Drawn.file(root.resolve("first.png"), 10);
    NameSet taken = new NameSet();
    PhotoInputs inputs = PhotoInputs.of(List.of(root.toString()));
    try (FolderWatch watch = new FolderWatch(inputs, taken::add, 300)) {
      assertThat(next(watch).name()).isEqualTo(first.toString());
      byte[] png = Drawn.png(64, 0x123456);
      Path growing = root.resolve("growing.png");
      Files.write(growing, Arrays.copyOf(png, png.length / 2));
      Files.writeString(root.resolve("notes.txt"), "no photo");
      watch.next(); // sees the half of it, if anything
      Files.write(
          growing, Arrays.copyOfRange(png, png.length / 2, png.length), StandardOpenOption.APPEND);
      BulkPhoto whole = next(watch);
      assertThat(whole.name()).isEqualTo(growing.toString());
      assertThat(whole.image().get().width()).isEqualTo(64);
      Path deeper = Drawn.file(root.resolve("new/deeper/photo.png"), 33);
      assertThat(next(watch).name()).isEqualTo(deeper.toString());
      Path beside = Drawn.file(root.resolve("new/deeper/second.png"), 34);
      assertThat(next(watch).name()).isEqualTo(beside.toString());
    }
  }

  @Test
  void patternsAreWatchedWithTheirArchives() throws Exception {
    PhotoInputs inputs = PhotoInputs.of(List.of(root + "/*/*.{tar,png}"));
    Files.createDirectories(root.resolve("in/too/deep"));
    NameSet taken = new NameSet();
    try (FolderWatch watch = new FolderWatch(inputs, taken::add, 200)) {
      assertThat(watch.next()).isNull();
      Drawn.file(root.resolve("in/too/deep/no.png"), 5);
      Drawn.file(root.resolve("outside.png"), 5);
      Path tar = Drawn.tar(root.resolve("in/s.tar"), Drawn.entries("k.png", 12));
      assertThat(next(watch).name()).isEqualTo(tar + "!k.png");
    }
  }
}
