package io.lorgnette.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.rag.content.Content;
import dev.langchain4j.rag.query.Query;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageReader;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples at work, on postcards. */
class ExamplesTest {

  private static final String QUESTION = "How many people are there?";

  @TempDir static Path folder;

  private static VisionLanguageModel answers;
  private static VisionLanguageModel captions;
  private static List<Path> cards;

  @BeforeAll
  static void load() throws IOException {
    answers =
        VisionLanguageModel.load(
            Pocket.vision(),
            Pocket.languageModel(),
            Pocket.connector("answers"),
            Numerics.choose(Device.CPU, Numerics.Format.F32, 1));
    captions = answers.beside(Pocket.connector("captions"));
    Path set = Postcards.writeTo(folder, new Postcards.Sizes(0, 6, 0), 3, (done, total) -> {});
    try (Stream<Path> files = Files.walk(set)) {
      cards =
          files
              .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jpg"))
              .sorted()
              .toList();
    }
  }

  @AfterAll
  static void close() {
    captions.close();
    answers.close();
  }

  @Test
  void tenLinesPrintACaption() {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      TenLines.main(new String[] {cards.get(0).toString()});
    } finally {
      System.setOut(before);
    }
    assertThat(printed.toString(StandardCharsets.UTF_8)).matches("(?s)[A-Z][^\\n]+\\.\\s+");
  }

  @Test
  void theAssistantDescribesAndAnswers() throws IOException {
    PhotoAssistant assistant = new PhotoAssistant(captions, answers);
    List<String> described = new ArrayList<>();
    for (Path card : cards) {
      byte[] upload = Files.readAllBytes(card);
      described.add(assistant.describe(upload, "image/jpeg"));
      assertThat(assistant.ask(upload, "image/jpeg", QUESTION))
          .isEqualTo(
              answers
                  .answer(ImageReader.read(card), QUESTION, List.of(), GenerationConfig.greedy(128))
                  .text());
    }
    assertThat(described.stream().distinct().count()).isGreaterThan(3);
  }

  @Test
  void wordsFindThePhotosThatAreNearest() {
    try (JointEmbedder space =
        JointEmbedder.load("pocket-clip", Pocket.clip(), Dtype.F32, Device.CPU)) {
      PhotoSearch search = new PhotoSearch(captions, space);
      search.add(cards);
      List<Path> found = new ArrayList<>();
      List<String> questions = new ArrayList<>(List.of("A dog in the snow.", "Two people."));
      cards.forEach(card -> questions.add(captions.caption(ImageReader.read(card)).text()));
      for (String words : questions) {
        List<Path> best = search.find(words, 2);
        assertThat(best).hasSize(2);
        assertThat(best.get(0)).isEqualTo(nearest(space, words));
        found.add(best.get(0));
      }
      assertThat(found.stream().distinct().count()).isGreaterThan(1);
      List<Content> content = search.retriever(1).retrieve(Query.from("A dog in the snow."));
      assertThat(content).hasSize(1);
      assertThat(content.get(0).textSegment().text())
          .isEqualTo(captions.caption(ImageReader.read(found.get(0))).text());
    }
  }

  private static Path nearest(JointEmbedder space, String words) {
    float[] asked = space.texts(List.of(words))[0];
    float[][] places = space.images(cards.stream().map(ImageReader::read).toList());
    int best = 0;
    for (int i = 1; i < places.length; i++) {
      best = dot(places[i], asked) > dot(places[best], asked) ? i : best;
    }
    return cards.get(best);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
