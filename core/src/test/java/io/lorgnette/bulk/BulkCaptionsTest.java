package io.lorgnette.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.method.Utterance;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BulkCaptionsTest {

  /** Says how light each photo is, and counts what it holds. */
  private static final class Lightness implements Captioner {

    private final AtomicInteger held = new AtomicInteger();
    private final List<Integer> batches = new ArrayList<>();

    @Override
    public ImageProcessor processor() {
      return ImageProcessor.blip(4);
    }

    @Override
    public Seen see(float[] pixels, int count) {
      batches.add(count);
      assertThat(pixels).hasSize(count * 3 * 4 * 4);
      held.incrementAndGet();
      return new Seen() {
        @Override
        public List<Utterance> say() {
          return IntStream.range(0, count)
              .mapToObj(i -> new Utterance("light " + Math.round(pixels[i * 48]), -1, 2, true))
              .toList();
        }

        @Override
        public void close() {
          held.decrementAndGet();
        }
      };
    }
  }

  /** What was told, in its order. */
  private static class Told implements BulkCaptions.Listener {

    final List<String> lines = new ArrayList<>();

    @Override
    public void captioned(CaptionLine line) {
      lines.add(line.image() + " " + line.width());
    }

    @Override
    public void failed(String image, String reason) {
      lines.add(image + " failed: " + reason);
    }
  }

  private static BulkPhoto photo(int number) {
    return number % 10 == 3
        ? BulkPhoto.broken("p" + number, "broken " + number)
        : new BulkPhoto("p" + number, () -> Drawn.image(number + 1));
  }

  private static String line(int number) {
    return "p" + number + (number % 10 == 3 ? " failed: broken " + number : " " + (number + 1));
  }

  @Test
  void theOrderOfTheCaptionsIsThatOfThePhotos() {
    Lightness captioner = new Lightness();
    Told told = new Told();
    boolean done =
        new BulkCaptions(captioner, 4, 3)
            .run(IntStream.range(0, 101).mapToObj(i -> photo(i)).iterator(), told, () -> false);
    assertThat(done).isTrue();
    assertThat(told.lines)
        .containsExactlyElementsOf(IntStream.range(0, 101).mapToObj(i -> line(i)).toList());
    assertThat(captioner.held).hasValue(0);
    assertThat(captioner.batches.subList(0, captioner.batches.size() - 1)).containsOnly(4);
  }

  @Test
  void countsTheWorkOfEachStage() {
    BulkCaptions bulk = new BulkCaptions(new Lightness(), 4, 2);
    bulk.run(IntStream.range(0, 20).mapToObj(i -> photo(i)).iterator(), new Told(), () -> false);
    StageTimes.Seconds worked = bulk.times().seconds();
    assertThat(bulk.times().readers()).isEqualTo(2);
    assertThat(List.of(worked.reading(), worked.seeing(), worked.speaking(), worked.writing()))
        .allMatch(seconds -> seconds > 0);
  }

  @Test
  void nothingAndOnlyBrokenPhotosEndToo() {
    Told told = new Told();
    BulkCaptions bulk = new BulkCaptions(new Lightness(), 4, 1);
    assertThat(bulk.run(List.<BulkPhoto>of().iterator(), told, () -> false)).isTrue();
    Iterator<BulkPhoto> broken =
        IntStream.range(0, 40).mapToObj(i -> BulkPhoto.broken("b" + i, "no")).iterator();
    assertThat(bulk.run(broken, told, () -> false)).isTrue();
    assertThat(told.lines).hasSize(40);
  }

  @Test
  void soManyPhotosAreAliveAndNoMore() {
    BulkCaptions bulk = new BulkCaptions(new Lightness(), 4, 2);
    AtomicInteger listed = new AtomicInteger();
    AtomicInteger told = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Iterator<BulkPhoto> photos =
        IntStream.range(0, 2000)
            .mapToObj(
                i ->
                    new BulkPhoto(
                        "p" + i,
                        () -> {
                          int alive = listed.incrementAndGet() - told.get();
                          most.accumulateAndGet(alive, Math::max);
                          return Drawn.image(8);
                        }))
            .iterator();
    bulk.run(
        photos,
        new BulkCaptions.Listener() {
          @Override
          public void captioned(CaptionLine line) {
            told.incrementAndGet();
          }

          @Override
          public void failed(String image, String reason) {
            throw new AssertionError(reason);
          }
        },
        () -> false);
    assertThat(told).hasValue(2000);
    // The listener hears of a batch before its places are given back.
    assertThat(most.get()).isBetween(2, bulk.most());
  }

  @Test
  void aPauseHasWhatWaitsCaptioned() {
    Told told = new Told();
    Iterator<BulkPhoto> photos =
        new Iterator<>() {
          private int asked;

          @Override
          public boolean hasNext() {
            return true;
          }

          @Override
          public BulkPhoto next() {
            Thread.onSpinWait();
            return asked++ == 0 ? photo(0) : null;
          }
        };
    boolean done =
        new BulkCaptions(new Lightness(), 4, 1).run(photos, told, () -> !told.lines.isEmpty());
    assertThat(done).isFalse();
    assertThat(told.lines).containsExactly("p0 1");
  }

  @Test
  void stoppingLeavesNothingHeld() {
    Lightness captioner = new Lightness();
    Told told = new Told();
    boolean done =
        new BulkCaptions(captioner, 4, 2)
            .run(
                IntStream.iterate(0, i -> i + 1).mapToObj(i -> photo(i)).iterator(),
                told,
                () -> told.lines.size() >= 20);
    assertThat(done).isFalse();
    assertThat(told.lines)
        .startsWith(line(0), line(1), line(2), line(3))
        .hasSizeBetween(20, 27)
        .doesNotHaveDuplicates();
    assertThat(captioner.held).hasValue(0);
  }

  @Test
  void aDefectInAPhotoIsToldAndOneInTheModelEndsTheRun() {
    Told told = new Told();
    BulkPhoto bad =
        new BulkPhoto(
            "bad",
            () -> {
              throw new ArrayIndexOutOfBoundsException(7);
            });
    BulkPhoto large =
        new BulkPhoto(
            "large",
            () -> {
              throw new OutOfMemoryError("Java heap space");
            });
    BulkCaptions bulk = new BulkCaptions(new Lightness(), 4, 1);
    bulk.run(List.of(bad, large, photo(1)).iterator(), told, () -> false);
    assertThat(told.lines.get(0)).startsWith("bad failed: bad can not be decoded");
    assertThat(told.lines.get(1)).startsWith("large failed: large needs more memory");
    assertThat(told.lines.get(2)).isEqualTo("p1 2");

    Captioner broken =
        new Captioner() {
          @Override
          public ImageProcessor processor() {
            return ImageProcessor.blip(4);
          }

          @Override
          public Seen see(float[] pixels, int count) {
            throw new InputException("no memory for this");
          }
        };
    assertThatThrownBy(
            () ->
                new BulkCaptions(broken, 2, 1)
                    .run(
                        IntStream.range(0, 99).mapToObj(i -> photo(i)).iterator(),
                        told,
                        () -> false))
        .hasMessage("no memory for this");
    Iterator<BulkPhoto> failing =
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            throw new IllegalStateException("the list is broken");
          }

          @Override
          public BulkPhoto next() {
            return null;
          }
        };
    assertThatThrownBy(() -> bulk.run(failing, told, () -> false)).hasMessage("the list is broken");
  }
}
