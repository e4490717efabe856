package io.lorgnette.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** A server over the pocket pair, and a client of it. */
final class Bench implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  final VisionLanguageModel answers;
  final VisionLanguageModel captions;
  final List<Path> photos;
  final List<RequestLog.Line> log = Collections.synchronizedList(new ArrayList<>());
  final HttpClient client = HttpClient.newHttpClient();
  private LorgnetteServer server;

  Bench(Path folder) {
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    answers =
        VisionLanguageModel.load(
            Pocket.vision(), Pocket.languageModel(), Pocket.connector("answers"), numerics);
    captions = answers.beside(Pocket.connector("captions"));
    try {
      Path cards = Postcards.writeTo(folder, new Postcards.Sizes(0, 6, 0), 3, (done, total) -> {});
      try (Stream<Path> files = Files.walk(cards)) {
        photos =
            files
                .filter(f -> f.toString().toLowerCase(Locale.ROOT).endsWith(".jpg"))
                .sorted()
                .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  LorgnetteServer start(ServerConfig config) {
    stop();
    ServedModel first = new ServedModel("answers", answers);
    ServedModel second = new ServedModel("captions", captions);
    server =
        LorgnetteServer.start(
            List.of(first, second), second, Optional.empty(), config, null, log::add);
    return server;
  }

  /** A server of one model. */
  void start(ServedModel model) {
    stop();
    server = LorgnetteServer.start(List.of(model), ServerConfig.local(0), log::add);
  }

  void stop() {
    if (server != null) {
      server.close();
      server = null;
    }
  }

  LorgnetteServer server() {
    return server;
  }

  URI uri(String path) {
    return server.uri().resolve(path);
  }

  RgbImage image(int number) {
    return ImageReader.read(photos.get(number));
  }

  /** A photo as a data URL. */
  String url(int number) {
    try {
      byte[] bytes = Files.readAllBytes(photos.get(number));
      return "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A message of the user with a photo. */
  String user(int photo, String text) {
    return "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\""
        + url(photo)
        + "\"}},{\"type\":\"text\",\"text\":\""
        + text
        + "\"}]}";
  }

  static String said(String role, String text) {
    return "{\"role\":\"" + role + "\",\"content\":\"" + text + "\"}";
  }

  static String chat(String more, String... messages) {
    return "{\"messages\":[" + String.join(",", messages) + "]" + more + "}";
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(uri(path)).timeout(Duration.ofSeconds(60));
  }

  HttpRequest post(String path, String body) {
    return post(server, path, body);
  }

  /** A request to a server that is not the bench's own. */
  static HttpRequest post(LorgnetteServer to, String path, String body) {
    return HttpRequest.newBuilder(to.uri().resolve(path))
        .timeout(Duration.ofSeconds(60))
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body))
        .build();
  }

  HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(request(path).build());
  }

  /** What is answered, which must be good. */
  JsonNode ask(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> response = send(post(path, body));
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + ": " + response.body());
    }
    return JSON.readTree(response.body());
  }

  JsonNode chatted(String body) throws IOException, InterruptedException {
    return ask("/v1/chat/completions", body);
  }

  static String content(JsonNode completion) {
    return completion.path("choices").path(0).path("message").path("content").textValue();
  }

  /** The data of all events of a stream. */
  List<String> events(String body) throws IOException, InterruptedException {
    HttpResponse<String> response = send(post("/v1/chat/completions", body));
    if (response.statusCode() != 200) {
      throw new AssertionError(response.statusCode() + ": " + response.body());
    }
    List<String> events = new ArrayList<>();
    for (String event : response.body().split("\n\n", -1)) {
      if (!event.isEmpty()) {
        events.add(event.substring("data: ".length()));
      }
    }
    return events;
  }

  @Override
  public void close() {
    stop();
    captions.close();
    answers.close();
  }
}
