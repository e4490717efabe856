package io.lorgnette.browser;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.serve.LorgnetteServer;
import io.lorgnette.serve.RequestLog;
import io.lorgnette.serve.ServedModel;
import io.lorgnette.serve.ServerConfig;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The server over the embedded pair, with postcards to show to it, and a browser at its page. */
final class ServedPage implements AutoCloseable {

  static final String ANSWERS = "pocket";
  static final String CAPTIONS = "pocket-captions";

  final VisionLanguageModel answers;
  final VisionLanguageModel captions;
  final Browser browser;
  final List<Path> photos;
  private LorgnetteServer server;

  /**
   * Starts all of it.
   *
   * @param folder for postcards and downloads
   */
  ServedPage(Path folder) {
    photos = postcards(folder);
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.F32, 1);
    answers =
        VisionLanguageModel.load(
            Pocket.vision(), Pocket.languageModel(), Pocket.connector("answers"), numerics);
    captions = answers.beside(Pocket.connector("captions"));
    server = start(ServerConfig.local(0));
    browser = new Browser(server.uri(), folder.resolve("downloads"));
  }

  /** Another server over the same models, whose owner closes it. */
  LorgnetteServer start(ServerConfig config) {
    ServedModel first = new ServedModel(ANSWERS, answers);
    ServedModel second = new ServedModel(CAPTIONS, captions);
    return LorgnetteServer.start(
        List.of(first, second), second, Optional.empty(), config, null, RequestLog.NONE);
  }

  private static List<Path> postcards(Path folder) {
    try {
      Path cards = Postcards.writeTo(folder, new Postcards.Sizes(6, 0, 0), 3, (done, total) -> {});
      try (Stream<Path> files = Files.list(cards.resolve("train"))) {
        return files.sorted().toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RgbImage image(int number) {
    return ImageReader.read(photos.get(number));
  }

  /** A photo's file in base64. */
  String base64(int number) {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(photos.get(number)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    browser.close();
    server.close();
    captions.close();
    answers.close();
  }
}
