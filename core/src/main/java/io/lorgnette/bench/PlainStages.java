package io.lorgnette.bench;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import io.lorgnette.metrics.CaptionScores;
import io.lorgnette.tensor.Workers;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;

/** What is done without the engine: photos become pixels, captions become scores. */
public final class PlainStages {

  private static final int PHOTOS = 24; // each processor has as many
  private static final int IMAGES = 5_000;
  private static final int REFERENCES = 5;

  private PlainStages() {}

  /**
   * Photos of 640 x 480 pixels as JPEG, drawn by seed, decoded and processed on all processors.
   *
   * @param processor of an encoder
   */
  public static Stage pixels(ImageProcessor processor) {
    int threads = Runtime.getRuntime().availableProcessors();
    byte[] photo = photo();
    Callable<Void> one =
        () -> {
          for (int i = 0; i < PHOTOS; i++) {
            processor.process(ImageReader.read(photo, "photo.jpg"));
          }
          return null;
        };
    return new Stage(
        "decode and resize",
        "640 x 480 JPEG of " + photo.length / 1000 + " kB, " + threads + " side by side",
        "images",
        (double) threads * PHOTOS,
        Cost.UNKNOWN,
        null,
        () -> {
          try (Workers workers = new Workers(threads)) {
            workers.all(Collections.nCopies(threads, one));
          }
        });
  }

  /** Shapes, and grain as photos have it, since flat areas are decoded faster. */
  private static byte[] photo() {
    Random random = new Random(1);
    BufferedImage image = new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 60; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(640) - 100,
          random.nextInt(480) - 100,
          20 + random.nextInt(250),
          20 + random.nextInt(250));
    }
    graphics.dispose();
    for (int y = 0; y < 480; y++) {
      for (int x = 0; x < 640; x++) {
        int grain = random.nextInt(16) * 0x010101;
        image.setRGB(x, y, (image.getRGB(x, y) & 0xEFEFEF) + grain);
      }
    }
    try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
      ImageIO.write(image, "jpg", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory alone is written to
    }
  }

  /** Captions of nonsense words as long as people's: PTB tokens, BLEU, ROUGE-L, CIDEr. */
  public static Stage scores() {
    Random random = new Random(1);
    Map<String, List<String>> references = new LinkedHashMap<>();
    Map<String, String> results = new LinkedHashMap<>();
    for (int i = 0; i < IMAGES; i++) {
      List<String> captions = new ArrayList<>();
      for (int k = 0; k < REFERENCES; k++) {
        captions.add(caption(random));
      }
      references.put(Integer.toString(i), captions);
      results.put(Integer.toString(i), caption(random));
    }
    return new Stage(
        "score captions",
        IMAGES + " images, " + REFERENCES + " references each",
        "images",
        IMAGES,
        Cost.UNKNOWN,
        null,
        () -> CaptionScores.of(references, results));
  }

  private static String caption(Random random) {
    return IntStream.range(0, 8 + random.nextInt(6))
        .mapToObj(i -> word(random))
        .collect(Collectors.joining(" ", "A ", "."));
  }

  /** Of a vocabulary of a few thousand, common ones more often. */
  private static String word(Random random) {
    int rank = (int) Math.exp(random.nextDouble() * Math.log(4000));
    return Integer.toString(rank, 36).replaceAll("\\d", "e") + "ing".substring(rank % 3);
  }
}
