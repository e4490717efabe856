package io.lorgnette.langchain4j;

import dev.langchain4j.data.message.ImageContent;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.pocket.postcards.Postcards;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** The pocket pair and some postcards, loaded once for all tests of this module. */
final class Bench {

  private static Bench one;

  final VisionLanguageModel answers =
      VisionLanguageModel.load(
          Pocket.vision(),
          Pocket.languageModel(),
          Pocket.connector("answers"),
          Numerics.choose(Device.CPU, Numerics.Format.F32, 1));

  final VisionLanguageModel captions = answers.beside(Pocket.connector("captions"));

  final JointEmbedder space =
      JointEmbedder.load("pocket-clip", Pocket.clip(), Dtype.F32, Device.CPU);

  final List<Path> cards = cards();

  private Bench() {}

  /** Not a constant: the postcards are painted by other threads, which would wait for the class. */
  static synchronized Bench get() {
    if (one == null) {
      one = new Bench();
    }
    return one;
  }

  private static List<Path> cards() {
    try {
      Path folder = Files.createTempDirectory("cards");
      Postcards.writeTo(folder, new Postcards.Sizes(0, 6, 0), 3, (done, total) -> {});
      try (Stream<Path> files = Files.walk(folder)) {
        return files
            .filter(file -> file.toString().toLowerCase(Locale.ROOT).endsWith(".jpg"))
            .sorted()
            .toList();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RgbImage image(int number) {
    return ImageReader.read(get().cards.get(number));
  }

  static String base64(int number) {
    try {
      return Base64.getEncoder().encodeToString(Files.readAllBytes(get().cards.get(number)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ImageContent content(int number) {
    return ImageContent.from(base64(number), "image/jpeg");
  }

  static LorgnetteChatModel.Builder chat() {
    return LorgnetteChatModel.builder()
        .model("answers", get().answers)
        .model("captions", get().captions);
  }

  static LorgnetteStreamingChatModel.Builder streaming() {
    return LorgnetteStreamingChatModel.builder()
        .model("answers", get().answers)
        .model("captions", get().captions);
  }
}
