package io.lorgnette.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.VisionLanguageModel.Message;
import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.explain.Explanation;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.method.Dialogue.Role;
import io.lorgnette.serve.Limits;
import io.lorgnette.serve.LorgnetteServer;
import io.lorgnette.serve.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What the page does, and that it does what the models do. */
class PageWorkTest {

  private static final String QUESTION = "What is in the picture?";
  private static final GenerationConfig GREEDY = GenerationConfig.greedy(64);

  @TempDir static Path folder;

  private static ServedPage served;
  private static Browser browser;

  @BeforeAll
  static void start() {
    served = new ServedPage(folder);
    browser = served.browser;
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  @BeforeEach
  void open() {
    browser.open();
  }

  @AfterEach
  void nothingIsComplainedOf() {
    assertThat(browser.complaints()).isEmpty();
    browser.assertNobodyElseIsAsked();
  }

  private static void drop(int photo) {
    browser.bring("drop", "card" + photo + ".jpg", "image/jpeg", served.base64(photo));
    browser.awaitCaption();
  }

  private static String caption(VisionLanguageModel model, int photo) {
    Message shown = new Message(Role.USER, List.of(served.image(photo)), "");
    return model.chat(List.of(shown), GREEDY).text();
  }

  private static void ask(String question) {
    int before = browser.all(".answers dd .facts").size();
    browser.one(".ask input").sendKeys(question);
    browser.one(".ask button").click();
    browser.await(() -> browser.all(".answers dd .facts").size() > before);
  }

  @Test
  void aPostcardThatIsDroppedIsDescribedWordByWord() {
    browser.run(
        """
        window.grown = [];
        new MutationObserver(() => {
          const text = document.querySelector(".said .text");
          if (text && grown.at(-1) !== text.textContent) grown.push(text.textContent);
        }).observe(document.body, { subtree: true, childList: true, characterData: true });
        """);
    drop(0);
    String expected = caption(served.captions, 0);
    assertThat(browser.text(".said .text")).isEqualTo(expected);
    assertThat(browser.one(".photo").getDomAttribute("alt")).isEqualTo(expected);
    assertThat(browser.text(".said .facts")).contains("tokens read", "of photos", "first word");
    assertThat(browser.list("return grown")).hasSizeGreaterThan(3);
    browser.one(".copy").click();
    browser.await(() -> browser.text("#status").equals("Copied: " + expected));
  }

  @Test
  void photosArePickedAndPasted() {
    String files = served.photos.get(1) + "\n" + served.photos.get(2);
    browser.one("#files").sendKeys(files);
    browser.await(() -> browser.all(".said .facts").size() == 2);
    browser.bring("paste", "", "image/jpeg", served.base64(3));
    browser.await(() -> browser.all(".said .facts").size() == 3);
    assertThat(browser.all(".card h3").stream().map(WebElement::getText))
        .contains(served.photos.get(1).getFileName().toString(), "pasted image");
    assertThat(browser.all(".said .text").stream().map(WebElement::getText))
        .contains(caption(served.captions, 1), caption(served.captions, 2));
    browser.one(".card .remove").click();
    assertThat(browser.all(".card")).hasSize(2);
    browser.bring("drop", "notes.txt", "text/plain", "aGVsbG8=");
    browser.await(() -> browser.text("#status").equals("notes.txt is no image."));
  }

  @Test
  void aCaptionMayBeSearched() {
    browser.one("#search").click();
    drop(4);
    assertThat(browser.text(".said .text"))
        .isEqualTo(served.captions.caption(served.image(4)).text());
  }

  @Test
  void questionsAreAnswered() {
    drop(0);
    ask(QUESTION);
    assertThat(browser.text(".answers dt")).isEqualTo(QUESTION);
    Message asked = new Message(Role.USER, List.of(served.image(0)), QUESTION);
    assertThat(browser.text(".answers .text"))
        .isEqualTo(served.answers.chat(List.of(asked), GREEDY).text());
  }

  @Test
  void examplesAreShownBeforeTheQuestion() {
    browser.one("#example-file").sendKeys(served.photos.get(5).toString());
    browser.one("#example-question").sendKeys(QUESTION);
    browser.one("#example-answer").sendKeys("a postcard");
    browser.one("#example-form button").click();
    browser.await(() -> browser.all("#examples li").size() == 1);
    drop(0);
    ask(QUESTION);
    String first = browser.text(".answers .text");
    List<Message> messages =
        List.of(
            new Message(Role.USER, List.of(served.image(5)), QUESTION),
            Message.of(Role.ASSISTANT, "a postcard"),
            new Message(Role.USER, List.of(served.image(0)), QUESTION));
    assertThat(first).isEqualTo(served.answers.chat(messages, GREEDY).text());
    assertThat(browser.text(".answers .facts")).contains("(64 of photos)");

    browser.all(".answers button").get(0).click();
    assertThat(browser.all("#examples li")).hasSize(2);
    browser.all("#examples li button").forEach(WebElement::click);
    assertThat(browser.all("#examples li")).isEmpty();
    ask(QUESTION);
    assertThat(browser.all(".answers .facts").get(1).getText()).contains("(32 of photos)");
  }

  @Test
  void twoConnectorsAreCompared() {
    browser.choose("other", ServedPage.ANSWERS);
    drop(0);
    browser.await(() -> browser.all(".said .facts").size() == 2);
    assertThat(browser.all(".said .model").stream().map(WebElement::getText))
        .containsExactly(ServedPage.CAPTIONS, ServedPage.ANSWERS);
    assertThat(browser.all(".said .text").stream().map(WebElement::getText))
        .containsExactly(caption(served.captions, 0), caption(served.answers, 0));
    List<WebElement> both = browser.all(".said li");
    assertThat(both.get(0).getLocation().getY()).isEqualTo(both.get(1).getLocation().getY());
    browser.choose("other", ServedPage.CAPTIONS);
    ask(QUESTION);
    browser.await(() -> browser.all(".answers .facts").size() == 2);
  }

  @Test
  void itShowsWhatTheModelSawAndWhereItLooked() {
    drop(0);
    String said = browser.text(".said .text");
    browser.one(".look").click();
    browser.await(() -> !browser.all(".word").isEmpty());
    Explanation own =
        served.captions.explain(served.image(0), ExplainOptions.CAPTION.withText(said).with(3, 7));
    assertThat(browser.text(".inside h4")).isEqualTo("Inside pocket-captions: " + said);
    assertThat(browser.text(".blind")).isEqualTo("Without the photo it says: " + own.blind());
    assertThat(browser.text(".inside .facts"))
        .contains("224 \u00d7 224 pixels", "49 visual tokens", "32 embeddings");
    List<String> names = browser.all(".word").stream().map(WebElement::getText).toList();
    List<String> words =
        own.words().stream().map(Explanation.Word::text).filter(word -> !word.equals(".")).toList();
    assertThat(names).startsWith("all words").endsWith("attention of the prefix");
    assertThat(names.subList(1, names.size() - 1)).isEqualTo(words);

    WebElement word = browser.all(".word").get(2);
    word.click();
    assertThat(word.getDomAttribute("aria-pressed")).isEqualTo("true");
    assertThat(browser.all(".word[aria-pressed=true]")).hasSize(1);
    assertThat(browser.text(".told")).startsWith("\u201c" + words.get(1) + "\u201d: ");
    List<Object> opacities =
        browser.list(
            """
            const canvas = document.querySelector(".frame canvas");
            const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return Array.from(pixels.data.filter((_, i) => i % 4 === 3));
            """);
    assertThat(opacities).hasSize(49).contains(215L);
    assertThat(browser.run("return document.querySelector('.frame img').naturalWidth"))
        .isEqualTo(224L);
    browser.all(".inside summary").forEach(WebElement::click);
    assertThat(browser.all(".inside tbody tr")).hasSize(own.words().size());
    assertThat(browser.all(".near li")).hasSize(32);
    assertThat(browser.text(".times")).contains("encoder", "connector", "ms");
  }

  @Test
  void aKeyIsAskedForWhereOneIsWanted() {
    ServerConfig config =
        new ServerConfig(
            "127.0.0.1", 0, Optional.of("sesame"), Optional.empty(), Set.of(), Limits.DEFAULT);
    try (LorgnetteServer locked = served.start(config)) {
      browser.open(locked.uri());
      browser.await(() -> browser.one("#key").isDisplayed());
      assertThat(browser.complaints()).singleElement().asString().contains("401");
      assertThat(browser.text("#status")).isNotBlank();
      browser.press("sesame", Keys.ENTER);
      browser.await(() -> !browser.all("#answerer option").isEmpty());
      drop(0);
      assertThat(browser.text(".said .text")).isEqualTo(caption(served.captions, 0));
    }
  }

  @Test
  void resultsAreDownloaded() throws IOException {
    drop(0);
    ask("Is this a \"postcard\"?");
    browser.one("#download-json").click();
    browser.one("#download-csv").click();
    Path json = browser.downloads.resolve("lorgnette.json");
    Path csv = browser.downloads.resolve("lorgnette.csv");
    browser.await(() -> Files.exists(json) && Files.exists(csv));
    String caption = browser.text(".said .text");
    assertThat(Files.readString(json)).contains("\"image\": \"card0.jpg\"", caption);
    List<String> lines = Files.readAllLines(csv);
    assertThat(lines.get(0)).isEqualTo("\"image\",\"question\",\"model\",\"text\"");
    assertThat(lines.get(1))
        .isEqualTo("\"card0.jpg\",\"\",\"pocket-captions\",\"" + caption + "\"");
    assertThat(lines.stream().skip(2).collect(Collectors.joining()))
        .startsWith("\"card0.jpg\",\"Is this a \"\"postcard\"\"?\",\"pocket\",");
  }
}
