package io.lorgnette.feature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.image.View;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import javax.imageio.ImageIO;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FeatureExtractorTest {

  private static final ImageReader.Options READING = ImageReader.Options.DEFAULT;

  @TempDir private Path dir;
  private VisionEncoder encoder;

  /** Keeps what it hears. */
  private static final class Heard implements ExtractionListener {
    final Map<String, FeatureKey> done = new HashMap<>();
    final Map<String, InputException> broken = new HashMap<>();
    final List<ExtractionCounts> progress = new ArrayList<>();

    @Override
    public void done(String name, FeatureKey key) {
      assertThat(done.put(name, key)).isNull();
    }

    @Override
    public void broken(String name, InputException why) {
      broken.put(name, why);
    }

    @Override
    public void progress(ExtractionCounts soFar) {
      progress.add(soFar);
    }
  }

  @BeforeEach
  void load() {
    encoder =
        VisionEncoders.load(
            Golden.resource("goldens/clip-vision/checkpoint"),
            ImageProcessor.clip(30),
            Dtype.F32,
            Device.CPU);
  }

  @AfterEach
  void close() {
    encoder.close();
  }

  private FeatureCache openCache(Dtype stored) {
    return FeatureExtractor.openCache(dir, encoder, READING, stored, 1 << 24);
  }

  private FeatureExtractor extractor(FeatureCache cache) {
    return new FeatureExtractor(encoder, cache, READING, 4, 3);
  }

  private static byte[] drawn(int seed) {
    Random random = new Random(seed);
    BufferedImage image =
        new BufferedImage(
            40 + random.nextInt(30), 40 + random.nextInt(30), BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 12; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(40), random.nextInt(40), 5 + random.nextInt(30), 5 + random.nextInt(30));
    }
    graphics.dispose();
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      ImageIO.write(image, "png", out);
      return out.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Photo> photos(int from, int to) {
    List<Photo> photos = new ArrayList<>();
    for (int i = from; i < to; i++) {
      photos.add(Photo.of("photo" + i, drawn(i)));
    }
    return photos;
  }

  /** What the encoder says of one image alone. */
  private float[] fresh(int seed) {
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      float[] pixels = encoder.processor().process(ImageReader.read(drawn(seed), "drawn"));
      return Tensors.toFloats(encoder.encode(Tensors.ofFloats(pixels, 1, 3, 30, 30)));
    }
  }

  @Test
  void cachedFeaturesEqualFreshOnes() {
    for (Dtype stored : List.of(Dtype.F32, Dtype.F16, Dtype.BF16)) {
      double rounding = stored == Dtype.F32 ? 0 : stored == Dtype.F16 ? 0x1p-11 : 0x1p-8;
      Heard heard = new Heard();
      try (Scope scope = Scope.open();
          FeatureCache cache = openCache(stored)) {
        ExtractionCounts counts = extractor(cache).extract(photos(0, 11).iterator(), 0, heard);
        assertThat(counts).isEqualTo(new ExtractionCounts(11, 0, 0));
        assertThat(heard.done).hasSize(11);
        assertThat(heard.progress).last().isEqualTo(counts);
        for (int i = 0; i < 11; i++) {
          Tensor read = cache.get(List.of(heard.done.get("photo" + i)));
          assertThat(Tensors.dtype(read)).isEqualTo(stored);
          float[] cached = Tensors.toFloats(read);
          float[] expected = fresh(i);
          for (int k = 0; k < cached.length; k++) {
            double tolerance = rounding * Math.abs(expected[k]) + 1e-5;
            assertThat((double) cached[k]).isCloseTo(expected[k], within(tolerance));
          }
        }
      }
    }
  }

  @Test
  void viewsLieBesideTheImageUnderTheirOwnKeys() {
    View view = new View(20, 0, 10, 40, true);
    Photo seen = new Photo("view", () -> drawn(3), view);
    Heard heard = new Heard();
    try (Scope scope = Scope.open();
        FeatureCache cache = openCache(Dtype.F32)) {
      extractor(cache).extract(List.of(photos(3, 4).get(0), seen).iterator(), 0, heard);
      FeatureKey plain = heard.done.get("photo3");
      FeatureKey varied = heard.done.get("view");
      assertThat(varied).isEqualTo(plain.withView(view.number())).isNotEqualTo(plain);
      RgbImage part = view.apply(ImageReader.read(drawn(3), "drawn"), 30);
      float[] pixels = encoder.processor().process(part);
      float[] expected =
          Tensors.toFloats(encoder.encode(Tensors.ofFloats(pixels, 1, 3, 30, 30)).detach());
      float[] cached = Tensors.toFloats(cache.get(List.of(varied)));
      float[] whole = Tensors.toFloats(cache.get(List.of(plain)));
      assertThat(cached).usingComparatorWithPrecision(1e-4f).containsExactly(expected);
      assertThat(whole).usingComparatorWithPrecision(1e-4f).containsExactly(fresh(3));
      assertThat(cached).isNotEqualTo(whole);
    }
    try (FeatureCache cache = openCache(Dtype.F32)) {
      Heard again = new Heard();
      ExtractionCounts counts = extractor(cache).extract(List.of(seen).iterator(), 0, again);
      assertThat(counts).isEqualTo(new ExtractionCounts(0, 1, 0));
      assertThat(again.done).containsEntry("view", heard.done.get("view"));
    }
  }

  @Test
  void whatIsThereIsNotComputedAgain() {
    try (FeatureCache cache = openCache(Dtype.F16)) {
      extractor(cache).extract(photos(0, 5).iterator(), 0, ExtractionListener.NONE);
    }
    try (FeatureCache cache = openCache(Dtype.F16)) {
      Heard heard = new Heard();
      ExtractionCounts counts = extractor(cache).extract(photos(2, 9).iterator(), 0, heard);
      assertThat(counts).isEqualTo(new ExtractionCounts(4, 3, 0));
      assertThat(counts.total()).isEqualTo(7);
      assertThat(cache.size()).isEqualTo(9);
      assertThat(heard.done).hasSize(7);
    }
  }

  @Test
  void equalImagesAreComputedOnce() {
    List<Photo> photos = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      photos.add(Photo.of("copy" + i, drawn(i % 3)));
    }
    Heard heard = new Heard();
    try (FeatureCache cache = openCache(Dtype.F32)) {
      ExtractionCounts counts = extractor(cache).extract(photos.iterator(), 0, heard);
      assertThat(counts).isEqualTo(new ExtractionCounts(3, 7, 0));
      assertThat(heard.done).hasSize(10);
      Set<FeatureKey> keys = new HashSet<>(heard.done.values());
      assertThat(keys).hasSize(3);
      assertThat(heard.done.get("copy0")).isEqualTo(heard.done.get("copy9"));
    }
  }

  @Test
  void brokenImagesAreToldAndPassedOver() {
    List<Photo> photos = new ArrayList<>(photos(0, 3));
    photos.add(1, Photo.of("text", "no image".getBytes(StandardCharsets.UTF_8)));
    byte[] whole = drawn(5);
    photos.add(2, Photo.of("half", java.util.Arrays.copyOf(whole, whole.length / 2)));
    photos.add(
        new Photo(
            "gone",
            () -> {
              throw new InputException("gone is not there; look for it");
            }));
    Heard heard = new Heard();
    try (FeatureCache cache = openCache(Dtype.F32)) {
      ExtractionCounts counts = extractor(cache).extract(photos.iterator(), 0, heard);
      assertThat(counts).isEqualTo(new ExtractionCounts(3, 0, 3));
      assertThat(heard.done.keySet()).containsExactlyInAnyOrder("photo0", "photo1", "photo2");
      assertThat(heard.broken.keySet()).containsExactlyInAnyOrder("text", "half", "gone");
      assertThat(heard.broken.get("text")).hasMessageContaining("text");
    }
  }

  @Test
  void anErrorOfTheProgramIsNoBrokenImage() {
    List<Photo> photos =
        List.of(
            new Photo(
                "odd",
                () -> {
                  throw new ArithmeticException("a mistake");
                }));
    try (FeatureCache cache = openCache(Dtype.F32)) {
      FeatureExtractor extractor = extractor(cache);
      assertThatThrownBy(() -> extractor.extract(photos.iterator(), 0, ExtractionListener.NONE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("odd")
          .hasRootCauseInstanceOf(ArithmeticException.class);
      // The cache is free again.
      assertThat(extractor.extract(photos(0, 1).iterator(), 0, ExtractionListener.NONE).encoded())
          .isEqualTo(1);
    }
  }

  @Test
  void imagesAreReadAsTheyAreNeeded() {
    int[] read = {0};
    Iterator<Photo> endless =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public Photo next() {
            int seed = read[0]++;
            return Photo.of("photo" + seed, drawn(seed));
          }
        };
    ExtractionListener stopping =
        new ExtractionListener() {
          @Override
          public void progress(ExtractionCounts soFar) {
            if (soFar.encoded() >= 12) {
              Thread.currentThread().interrupt();
            }
          }
        };
    try (FeatureCache cache = openCache(Dtype.F32)) {
      assertThatThrownBy(() -> extractor(cache).extract(endless, 0, stopping))
          .isInstanceOf(CancellationException.class);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read[0]).isLessThan(40);
      assertThat(cache.size()).isEqualTo(12);
    }
    try (FeatureCache again = openCache(Dtype.F32)) {
      assertThat(again.size()).isEqualTo(12);
    }
  }

  @Test
  void theBoundStopsWithASentenceAndKeepsWhatIsThere() {
    long record = (long) encoder.tokens() * encoder.width() * 2;
    try (FeatureCache cache =
        FeatureExtractor.openCache(dir, encoder, READING, Dtype.F16, 6 * record)) {
      assertThatThrownBy(
              () -> extractor(cache).extract(photos(0, 20).iterator(), 0, ExtractionListener.NONE))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("bound");
      assertThat(cache.size()).isEqualTo(4);
    }
  }

  @Test
  void anotherWayOfReadingOrComputingHasItsOwnRecords() {
    try (FeatureCache cache = openCache(Dtype.F32);
        FeatureCache lying =
            FeatureExtractor.openCache(
                dir, encoder, READING.withUpright(false), Dtype.F32, 1 << 24);
        VisionEncoder half =
            VisionEncoders.load(
                Golden.resource("goldens/clip-vision/checkpoint"),
                ImageProcessor.clip(30),
                Dtype.BF16,
                Device.CPU);
        FeatureCache halfCache =
            FeatureExtractor.openCache(dir, half, READING, Dtype.F32, 1 << 24)) {
      extractor(cache).extract(photos(0, 2).iterator(), 0, ExtractionListener.NONE);
      FeatureKey key = FeatureKey.of(drawn(0), 0);
      assertThat(cache.contains(key)).isTrue();
      lying.refresh();
      halfCache.refresh();
      assertThatThrownBy(() -> extractor(lying))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("upright=false");
      assertThat(lying.contains(key)).isFalse();
      assertThat(halfCache.contains(key)).isFalse();
    }
  }
}
