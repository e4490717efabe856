package io.lorgnette.cli;

import io.lorgnette.bulk.BulkCaptions;
import io.lorgnette.bulk.BulkPhoto;
import io.lorgnette.bulk.CaptionLine;
import io.lorgnette.bulk.Captioner;
import io.lorgnette.bulk.FailureFile;
import io.lorgnette.bulk.NameSet;
import io.lorgnette.bulk.PhotoInputs;
import io.lorgnette.bulk.StageTimes;
import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/** One run over photos: what it writes, what it tells, how it ends. */
final class CaptionRun implements AutoCloseable {

  /** More failures than these are in the file only. */
  private static final int TOLD = 20;

  /** Photos from which on shares of the time say something. */
  private static final int MANY = 100;

  private final Console console;
  private final PhotoInputs photos;
  private final CaptionOutputs.Opened outputs;
  private final int batch;
  private final NameSet taken = new NameSet();
  private final List<String> reasons = new ArrayList<>();
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean counted;
  private long captioned;
  private long failed;

  CaptionRun(Console console, PhotoInputs photos, CaptionOutputs.Opened outputs, int batch) {
    this.console = console;
    this.photos = photos;
    this.outputs = outputs;
    this.batch = batch;
  }

  /** Photos without a caption, each once. */
  Predicate<String> wanted() {
    return name -> missing(name) && taken.add(name);
  }

  private boolean missing(String name) {
    return outputs.file() == null || !outputs.file().contains(name);
  }

  /** Ends a run that has no photo to caption. */
  int nothingLeft() {
    console.say(
        "All of these photos are in "
            + outputs.path()
            + " already ("
            + Numbers.whole(outputs.file().size())
            + " captions).");
    make();
    return 0;
  }

  /**
   * Captions photos.
   *
   * @param listing of what is {@link #wanted}
   * @param finite whether it ends
   * @return the exit code
   */
  int caption(Captioner captioner, Iterator<BulkPhoto> listing, boolean finite) {
    BulkCaptions bulk = new BulkCaptions(captioner, batch);
    long start = System.nanoTime();
    boolean done;
    try (Progress progress =
            photos.isOnePhoto() ? Progress.SILENT : console.progress("captioning", "photos", 0);
        Interrupt interrupt =
            new Interrupt(() -> console.say("Stopping after the photos in work ..."))) {
      if (finite) {
        count(progress, interrupt);
      }
      done = bulk.run(listing, new Writer(progress, finite), interrupt::requested);
    } finally {
      ended.set(true);
    }
    tell((System.nanoTime() - start) / 1e9, bulk.times());
    if (!done) {
      if (!finite) {
        make();
      }
      console.say(
          outputs.path() == null
              ? "Stopped."
              : "Stopped; the captions are in " + outputs.path() + ". The same command goes on.");
      return Failures.INTERRUPTED;
    }
    make();
    return failed == 0 ? 0 : Failures.FAILED;
  }

  /** Finds out on a thread of its own how many photos there are; listing may take long. */
  private void count(Progress progress, Interrupt interrupt) {
    Thread thread =
        new Thread(
            () -> {
              long total = photos.count(this::missing, () -> ended.get() || interrupt.requested());
              if (total > 0) {
                progress.total(total);
                counted = true;
              }
            },
            "lorgnette-count");
    thread.setDaemon(true);
    thread.start();
  }

  /** Writes what comes. */
  private final class Writer implements BulkCaptions.Listener {

    private final Progress progress;
    private final boolean finite;

    Writer(Progress progress, boolean finite) {
      this.progress = progress;
      this.finite = finite;
    }

    @Override
    public void captioned(CaptionLine line) {
      if (outputs.sidecars() != null) {
        try {
          // Before the line: a line says that all of its photo is done.
          outputs.sidecars().write(line.image(), line.caption());
        } catch (InputException e) {
          failed(line.image(), e.getMessage());
          return;
        }
      }
      if (outputs.file() != null) {
        outputs.file().append(line);
      } else if (console.json()) {
        console.result(line.json());
      } else {
        console.result((photos.isOnePhoto() ? "" : line.image() + "\t") + line.caption());
      }
      captioned++;
      at();
    }

    @Override
    public void failed(String image, String reason) {
      if (outputs.failures() != null) {
        outputs.failures().append(image, reason);
      }
      if (reasons.size() < TOLD) {
        reasons.add(reason);
      }
      failed++;
      at();
    }

    private void at() {
      String listing = finite && !counted ? "still counting photos" : "";
      String bad = failed > 0 ? Numbers.whole(failed) + " failed" : "";
      progress.at(
          captioned + failed, bad + (bad.isEmpty() || listing.isEmpty() ? "" : ", ") + listing);
    }
  }

  private void tell(double seconds, StageTimes times) {
    if (!photos.isOnePhoto()) {
      String rate = String.format(Locale.ROOT, "%.3g", captioned / Math.max(1e-3, seconds));
      console.say(
          Numbers.whole(captioned)
              + " photos captioned in "
              + Duration.text(seconds)
              + " ("
              + rate
              + " photos/s).");
      if (captioned >= MANY) {
        StageTimes.Seconds worked = times.seconds();
        console.say(
            String.format(
                Locale.ROOT,
                "At work and not waiting: reading and resizing %.0f %%, encoder %.0f %%, language"
                    + " model %.0f %%, writing %.0f %%.",
                100 * worked.reading() / times.readers() / seconds,
                100 * worked.seeing() / seconds,
                100 * worked.speaking() / seconds,
                100 * worked.writing() / seconds));
      }
    }
    if (failed > 0) {
      console.say(Numbers.whole(failed) + " failed:");
      reasons.forEach(reason -> console.say("  " + reason));
      if (failed > reasons.size()) {
        console.say("  and " + Numbers.whole(failed - reasons.size()) + " more");
      }
      if (outputs.failures() != null) {
        console.say("All are in " + FailureFile.beside(outputs.path()) + "; a re-run tries again.");
      }
    }
  }

  /** Makes the files that are made from the lines. */
  private void make() {
    outputs
        .made()
        .forEach(
            (file, form) -> {
              form.write(outputs.path(), file);
              console.say("Wrote " + file + ".");
            });
  }

  @Override
  public void close() {
    outputs.close();
  }
}
