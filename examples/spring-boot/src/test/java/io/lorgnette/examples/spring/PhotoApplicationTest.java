package io.lorgnette.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.image.ImageReader;
import io.lorgnette.pocket.postcards.Postcards;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application, started for real. */
class PhotoApplicationTest {

  private static final String BORDER = "a-border-that-no-photo-has";
  private static final String QUESTION = "How many people are there?";

  private final HttpClient client = HttpClient.newHttpClient();
  private URI base;

  @Test
  void captionsAnswersAndStops(@TempDir Path folder) throws Exception {
    Path card = card(folder);
    VisionLanguageModel answers;
    VisionLanguageModel captions;
    try (ConfigurableApplicationContext application =
        SpringApplication.run(
            PhotoApplication.class,
            "--server.port=0",
            "--spring.main.banner-mode=off",
            "--logging.level.root=warn")) {
      base =
          URI.create(
              "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port"));
      answers = application.getBean("answers", VisionLanguageModel.class);
      captions = application.getBean("captions", VisionLanguageModel.class);

      assertThat(get("/").body()).contains("What is on the photo?");
      byte[] photo = Files.readAllBytes(card);
      HttpResponse<String> caption = post("/caption", photo, null);
      assertThat(caption.statusCode()).isEqualTo(200);
      assertThat(caption.body())
          .isEqualTo("{\"text\":\"" + captions.caption(ImageReader.read(card)).text() + "\"}");
      HttpResponse<String> answer = post("/ask", photo, QUESTION);
      assertThat(answer.body())
          .isEqualTo(
              "{\"text\":\""
                  + answers.answer(ImageReader.read(card), QUESTION, List.of()).text()
                  + "\"}");
      HttpResponse<String> wrong =
          post("/caption", "no photo".getBytes(StandardCharsets.UTF_8), null);
      assertThat(wrong.statusCode()).isEqualTo(400);
      assertThat(wrong.body()).contains("the photo").contains("detail");
      HttpResponse<String> health = get("/actuator/health");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("\"lorgnette\":{\"status\":\"UP\"}");
    }
    assertThat(answers.isOpen()).isFalse();
    assertThat(captions.isOpen()).isFalse();
  }

  private static Path card(Path folder) throws IOException {
    Path set = Postcards.writeTo(folder, new Postcards.Sizes(0, 1, 0), 3, (done, total) -> {});
    try (Stream<Path> files = Files.walk(set)) {
      return files
          .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jpg"))
          .findFirst()
          .orElseThrow();
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return client.send(HttpRequest.newBuilder(base.resolve(path)).build(), BodyHandlers.ofString());
  }

  /** Sends a form as a browser does. */
  private HttpResponse<String> post(String path, byte[] photo, String question)
      throws IOException, InterruptedException {
    ByteArrayOutputStream form = new ByteArrayOutputStream();
    part(form, "name=\"photo\"; filename=\"card.jpg\"\r\nContent-Type: image/jpeg", photo);
    if (question != null) {
      part(form, "name=\"question\"", question.getBytes(StandardCharsets.UTF_8));
    }
    form.writeBytes(("--" + BORDER + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return client.send(
        HttpRequest.newBuilder(base.resolve(path))
            .header("Content-Type", "multipart/form-data; boundary=" + BORDER)
            .POST(BodyPublishers.ofByteArray(form.toByteArray()))
            .build(),
        BodyHandlers.ofString());
  }

  private static void part(ByteArrayOutputStream form, String head, byte[] content) {
    String start = "--" + BORDER + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n";
    form.writeBytes(start.getBytes(StandardCharsets.UTF_8));
    form.writeBytes(content);
    form.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
  }
}
