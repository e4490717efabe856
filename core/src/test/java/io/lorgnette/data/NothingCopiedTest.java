package io.lorgnette.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/**
 * Photos, captions and questions of the data folder belong to their authors: no file that git
 * tracks holds one. What counts as a copy is said at {@link CopyDetector}.
 */
class NothingCopiedTest {
  private static final List<String> TEXT_FIELDS = List.of("caption", "question", "raw");

  /**
   * Where pages and records show what our own model says of images: in a cell, beside a postcard,
   * as a prediction. Its plain words may be somebody's of another photo, too, without being copied.
   */
  private static final Map<Pattern, Pattern> SAID =
      Map.of(
          Pattern.compile("docs/pocket-report\\.html"),
          Pattern.compile("<td>[^<]*</td>|<span class=\"said\"[^>]*>[^<]*</span>| alt=\"[^\"]*\""),
          Pattern.compile("docs/results/runs/[^/]+/predictions/[^/]+\\.json"),
          Pattern.compile("\"(caption|answer)\" ?: ?\"([^\"\\\\]|\\\\.)*\""));

  /** A file without what our own model says in it. */
  private static byte[] others(String name, byte[] file) {
    byte[] left = file;
    for (Map.Entry<Pattern, Pattern> said : SAID.entrySet()) {
      if (said.getKey().matcher(name).matches()) {
        String text = new String(left, StandardCharsets.UTF_8);
        left = said.getValue().matcher(text).replaceAll("").getBytes(StandardCharsets.UTF_8);
      }
    }
    return left;
  }

  @Test
  void noTrackedFileHoldsAPhotoOrASentenceOfTheData() throws Exception {
    Path data = SharedData.root();
    List<String> tracked = trackedFiles();
    CopyDetector detector = new CopyDetector();
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        addOriginals(detector, file);
      }
    }
    // Sentences of more than 200,000 captions and questions; a guard against reading nothing.
    assertThat(detector.photoCount()).isGreaterThan(8_000);
    assertThat(detector.sentenceCount()).isGreaterThan(200_000);
    assertThat(tracked).contains("pom.xml");

    List<String> copies = new ArrayList<>();
    for (String name : tracked) {
      Path file = SharedData.repository().resolve(name);
      if (Files.isRegularFile(file)) {
        for (String copy : detector.copiesIn(others(name, Files.readAllBytes(file)))) {
          copies.add(name + " holds " + copy);
        }
      }
    }
    assertThat(copies).isEmpty();
  }

  private static void addOriginals(CopyDetector detector, Path file) throws IOException {
    String name = file.getFileName().toString();
    String folder = file.getParent().getFileName().toString();
    if (name.endsWith(".tar")) {
      try (TarShard shard = TarShard.open(file)) {
        shard
            .members()
            .forEach(
                (member, slice) -> {
                  if (member.endsWith(".jpg")) {
                    detector.addPhoto(shard.read(slice));
                  }
                });
      }
    } else if (name.contains("fake")) {
      // Captions of models, not of people; the metrics' reference values are made with them.
      return;
    } else if (name.contains(".json") && !name.contains("annotations")) {
      try (InputStream in = open(file)) {
        addTexts(detector, new ObjectMapper().readTree(in));
      }
    } else if (name.startsWith("Flickr8k.token")
        || name.startsWith("qa.raw")
        || name.endsWith(".tsv.gz")
        || (folder.equals("text") && name.startsWith("captions"))) {
      try (BufferedReader in =
          new BufferedReader(new InputStreamReader(open(file), StandardCharsets.UTF_8))) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          // NAME#N<TAB>caption, or caption<TAB>address, or the sentence alone.
          String[] columns = line.split("\t", -1);
          detector.addSentence(columns[name.startsWith("Flickr8k") ? 1 : 0]);
        }
      }
    }
  }

  private static void addTexts(CopyDetector detector, JsonNode node) {
    for (String field : TEXT_FIELDS) {
      if (node.path(field).isTextual()) {
        detector.addSentence(node.get(field).asText());
      }
    }
    node.forEach(child -> addTexts(detector, child));
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = new FileInputStream(file.toFile());
    return file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
  }

  private static List<String> trackedFiles() throws InterruptedException {
    try {
      Process git =
          new ProcessBuilder("git", "ls-files", "-z")
              .directory(SharedData.repository().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String names = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assumeTrue(git.waitFor() == 0, "this is not a git checkout");
      return List.of(names.split("\0", -1));
    } catch (IOException e) {
      assumeTrue(false, "git is not installed");
      throw new IllegalStateException(e);
    }
  }
}
