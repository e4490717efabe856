package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jsoup.Jsoup;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code caption} on many photos and {@code alt-text} on a site, with the embedded models. */
class BulkCommandsTest {

  @TempDir static Path root;
  private static Path photos;

  @TempDir Path own;

  @BeforeAll
  static void draw() throws Exception {
    photos = root.resolve("photos");
    for (int i = 0; i < 11; i++) {
      Pictures.draw(photos.resolve("p" + (10 + i) + ".png"), i);
    }
  }

  private static Object[] caption(Object... more) {
    Object[] base = {
      "caption", "--beams", "2", "--max-tokens", "8", "--threads", "1", "--format", "f32"
    };
    return Stream.concat(Stream.of(base), Stream.of(more)).toArray();
  }

  private static List<String> values(Path jsonl, String field) throws Exception {
    List<String> values = new ArrayList<>();
    for (String line : Files.readAllLines(jsonl)) {
      values.add(new ObjectMapper().readTree(line).path(field).asText());
    }
    return values;
  }

  @Test
  void aPhotoHasTheSameCaptionAloneAndAmongOthers() throws Exception {
    Path out = own.resolve("captions.jsonl");
    assertThat(Cli.run(caption(photos, "--out", out)).code()).isZero();
    for (int i : new int[] {0, 5, 10}) {
      Cli alone = Cli.run(caption(photos.resolve("p" + (10 + i) + ".png")));
      assertThat(alone.out().strip()).isEqualTo(values(out, "caption").get(i));
    }
  }

  @Test
  void aRunGoesOnWhereAnotherWasKilledAndEndsAlike() throws Exception {
    Path zip = own.resolve("more.zip");
    try (ZipOutputStream packed = new ZipOutputStream(Files.newOutputStream(zip))) {
      packed.putNextEntry(new ZipEntry("in/one.png"));
      packed.write(Files.readAllBytes(photos.resolve("p10.png")));
    }
    Path broken = Files.writeString(own.resolve("broken.jpg"), "no photo");
    Path whole = own.resolve("whole.jsonl");
    Object[] inputs = {photos + "/*.png", zip, broken, "--out"};
    Cli first = Cli.run(caption(concat(inputs, whole)));
    assertThat(first.code()).isEqualTo(Failures.FAILED);
    assertThat(first.err()).contains("12 photos captioned", "1 failed", "broken.jpg is a text");
    assertThat(values(whole, "image")).hasSize(12).contains(zip + "!in/one.png");
    assertThat(values(own.resolve("whole.failed.jsonl"), "image"))
        .containsExactly(broken.toString());

    // A kill leaves whole lines and a torn one.
    Path torn = own.resolve("torn.jsonl");
    String text = Files.readString(whole);
    Files.writeString(torn, text.substring(0, text.length() / 2));
    Files.delete(broken);
    Pictures.draw(own.resolve("broken.jpg"), 3);
    Path html = own.resolve("gallery.html");
    Path table = own.resolve("table.csv");
    Cli second =
        Cli.run(caption(concat(inputs, torn, "--out", html, "--out", table, "--sidecars", own)));
    assertThat(second.code()).as(second.err()).isZero();
    // Scores may differ in their last digits, since the batches are others.
    assertThat(values(torn, "caption").subList(0, 12)).isEqualTo(values(whole, "caption"));
    assertThat(values(torn, "image").subList(0, 12)).isEqualTo(values(whole, "image"));
    assertThat(values(torn, "image")).hasSize(13).doesNotHaveDuplicates();
    assertThat(own.resolve("torn.failed.jsonl")).doesNotExist();
    assertThat(Jsoup.parse(html.toFile()).select("img")).hasSize(13);
    assertThat(Files.readAllLines(table)).hasSize(14);
    try (Stream<Path> tree = Files.walk(own)) {
      assertThat(tree.filter(file -> file.toString().endsWith(".xmp"))).hasSize(13);
    }
    Cli third = Cli.run(caption(concat(inputs, torn)));
    assertThat(third.err()).contains("already (13 captions)");
  }

  private static Object[] concat(Object[] first, Object... second) {
    return Stream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
  }

  @Test
  void wrongUseIsToldOf() throws Exception {
    Path photo = photos.resolve("p10.png");
    Path zip = Files.writeString(own.resolve("a.zip"), "x");
    for (Object[] wrong :
        List.of(
            new Object[] {"does not say by its ending", photo, "--out", own.resolve("captions")},
            new Object[] {"two files of JSON lines", photo, "--out", "a.jsonl", "--out", "b.jsonl"},
            new Object[] {"--as is of use with --out", photo, "--as", "csv"},
            new Object[] {"needs a folder or a pattern", photo, "--watch"},
            new Object[] {"--batch must be at least 1", photo, "--batch", "0"},
            new Object[] {"give --sidecars DIR", photo, zip, "--xmp"},
            new Object[] {"not a complete zip file", zip})) {
      Cli cli = Cli.run(caption(Arrays.copyOfRange(wrong, 1, wrong.length)));
      assertThat(cli.code()).as(cli.err()).isEqualTo(Failures.WRONG_USE);
      assertThat(cli.err()).contains((String) wrong[0]).hasLineCount(1);
    }
  }

  @Test
  @Timeout(120)
  void watchingGoesOnUntilItIsStopped() throws Exception {
    Path inbox = Files.createDirectories(own.resolve("inbox"));
    Path out = own.resolve("captions.jsonl");
    StringWriter err = new StringWriter();
    CommandLine line =
        Main.commandLine(new PrintWriter(new StringWriter()), new PrintWriter(err, true));
    AtomicInteger code = new AtomicInteger(-1);
    String[] arguments =
        Arrays.stream(caption(inbox, "--watch", "--out", out, "--out", own.resolve("t.csv")))
            .map(Object::toString)
            .toArray(String[]::new);
    Thread thread = new Thread(() -> code.set(line.execute(arguments)));
    thread.start();
    Pictures.draw(inbox.resolve("first.png"), 1);
    await(out, 1, thread);
    Pictures.draw(inbox.resolve("later/second.png"), 2);
    await(out, 2, thread);
    thread.interrupt();
    thread.join();
    assertThat(code).hasValue(Failures.INTERRUPTED);
    assertThat(values(out, "image"))
        .containsExactly(
            inbox.resolve("first.png").toString(), inbox.resolve("later/second.png").toString());
    assertThat(own.resolve("t.csv")).exists();
  }

  private static void await(Path file, int lines, Thread thread) throws Exception {
    while (thread.isAlive() && (!Files.exists(file) || Files.readAllLines(file).size() < lines)) {
      Thread.sleep(50);
    }
  }

  @Test
  void aSiteGetsTheTextsThatAPersonHasAgreedTo() throws Exception {
    Path site = own.resolve("site");
    Pictures.draw(site.resolve("img/a.png"), 1);
    Pictures.draw(site.resolve("img/b.png"), 2);
    Files.writeString(site.resolve("img/c.png"), "no image");
    Path page = site.resolve("index.html");
    String before =
        "<h1>Häuser</h1>\r\n<img src=\"img/a.png\"><img src='/img/b.png'><img src=img/a.png alt=''>"
            + "<img src=img/a.png><img src=img/c.png><img src=https://x.example/d.png>";
    Files.writeString(page, before);
    Path out = own.resolve("review");
    Object[] propose = {
      "alt-text", site, "--out", out, "--beams", "1", "--max-tokens", "6", "--threads", "1"
    };
    Cli cli = Cli.run(propose);
    assertThat(cli.code()).as(cli.err()).isEqualTo(Failures.FAILED);
    assertThat(cli.err())
        .contains("1 pages, 0 images with a text, 1 decorative, 4 without a text, 1 passed over")
        .contains("another host", "c.png is a text file");
    assertThat(Files.readString(page)).isEqualTo(before);
    Path proposals = out.resolve("proposals.jsonl");
    List<String> alts = values(proposals, "alt");
    assertThat(alts).hasSize(3);
    assertThat(alts.get(0)).isEqualTo(alts.get(2)).matches("\\p{Lu}.*[.…]");
    assertThat(Jsoup.parse(out.resolve("review.html").toFile()).select("img")).hasSize(3);

    // A person edits one line and deletes another; proposing again keeps the edit.
    List<String> lines = new ArrayList<>(Files.readAllLines(proposals));
    lines.set(0, lines.get(0).replaceFirst("\"alt\":.*", "\"alt\":\"Our house.\"}"));
    Files.write(proposals, lines);
    Files.delete(site.resolve("img/c.png"));
    assertThat(Cli.run(propose).code()).isZero();
    assertThat(values(proposals, "alt").get(0)).isEqualTo("Our house.");
    lines = new ArrayList<>(Files.readAllLines(proposals));
    lines.remove(1);
    Files.write(proposals, lines);
    Cli applied = Cli.run("alt-text", site, "--out", out, "--apply");
    assertThat(applied.code()).as(applied.err()).isZero();
    String after =
        before
            .replace("<img src=\"img", "<img alt=\"Our house.\" src=\"img")
            .replace("''><img src=img/a", "''><img alt=\"" + alts.get(2) + "\" src=img/a");
    assertThat(Files.readString(page)).isEqualTo(after);
    Cli again = Cli.run("alt-text", site, "--out", out, "--apply");
    assertThat(again.err()).contains("0 alternative texts written, 2 were there already");
    assertThat(Files.readString(page)).isEqualTo(after);

    Cli early = Cli.run("alt-text", site, "--out", own.resolve("none"), "--apply");
    assertThat(early.code()).isEqualTo(Failures.WRONG_USE);
    assertThat(early.err()).contains("first and review it");
  }
}
