package io.lorgnette.pocket.postcards;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.pocket.postcards.Postcards.Progress;
import io.lorgnette.pocket.postcards.Postcards.Sizes;
import io.lorgnette.pocket.postcards.paint.Jpeg;
import io.lorgnette.pocket.postcards.paint.ScenePainter;
import io.lorgnette.pocket.postcards.scene.Director;
import io.lorgnette.pocket.postcards.scene.Scene;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Writes a data set into a temporary folder beside its place and moves it there when it is
 * finished. If another process was faster, its folder stays and ours goes.
 */
final class PostcardWriter {

  static final String MARKER = "finished.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Sizes sizes;
  private final long seed;
  private final int threads;
  private final Progress listener;
  private int done;

  PostcardWriter(Sizes sizes, long seed, int threads, Progress listener) {
    this.sizes = sizes;
    this.seed = seed;
    this.threads = threads;
    this.listener = listener;
  }

  Path write(Path directory) throws IOException {
    String name =
        String.format(
            Locale.ROOT,
            "postcards-v%d-seed%d-%d-%d-%d",
            Postcards.VERSION,
            seed,
            sizes.train(),
            sizes.val(),
            sizes.test());
    Path target = directory.resolve(name);
    if (Files.exists(target)) {
      return verified(target);
    }
    Files.createDirectories(directory);
    String hidden = "." + name + "-";
    deleteForgotten(directory, hidden);
    Path draft = directory.resolve(hidden + UUID.randomUUID());
    try {
      Files.createDirectory(draft);
      fill(draft);
      return publish(draft, target);
    } finally {
      delete(draft);
    }
  }

  /** Drafts of processes that were killed; a live one is younger. */
  private static void deleteForgotten(Path directory, String prefix) throws IOException {
    Instant yesterday = Instant.now().minus(Duration.ofDays(1));
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().startsWith(prefix)) {
          deleteIfOlder(entry, yesterday);
        }
      }
    }
  }

  private static void deleteIfOlder(Path draft, Instant limit) throws IOException {
    try {
      if (Files.getLastModifiedTime(draft).toInstant().isBefore(limit)) {
        delete(draft);
      }
    } catch (NoSuchFileException | UncheckedIOException e) {
      return; // another process clears it as well
    }
  }

  private Path publish(Path draft, Path target) throws IOException {
    try {
      return Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (Files.exists(target)) {
        return verified(target); // another process was faster
      }
      throw e;
    }
  }

  private Path verified(Path target) throws IOException {
    Path marker = target.resolve(MARKER);
    if (!Files.isRegularFile(marker) || !marker().equals(read(marker))) {
      throw new InputException(
          target + " is not the finished data set it should be; delete this folder and try again.");
    }
    return target;
  }

  private static JsonNode read(Path marker) throws IOException {
    try {
      return JSON.readTree(Files.readAllBytes(marker));
    } catch (JacksonException e) {
      return JSON.nullNode();
    }
  }

  private JsonNode marker() {
    ObjectNode marker = JSON.createObjectNode();
    marker.put("data", "postcards").put("version", Postcards.VERSION).put("seed", seed);
    marker.put("train", sizes.train()).put("val", sizes.val()).put("test", sizes.test());
    try {
      return JSON.readTree(marker.toString()); // numbers of the types that reading gives
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
  }

  private void fill(Path draft) throws IOException {
    for (Split split : Split.values()) {
      Files.createDirectories(Folder.images(draft, split));
    }
    for (Split split : Split.values()) {
      List<Scene> scenes = paint(draft, split);
      AnnotationFiles.write(draft, split, scenes);
    }
    Files.writeString(draft.resolve(MARKER), marker().toPrettyString() + "\n");
  }

  /** Paints all scenes of a split on all threads; each picture depends on nothing but its index. */
  private List<Scene> paint(Path draft, Split split) throws IOException {
    int count = sizes.of(split);
    Scene[] scenes = new Scene[count];
    AtomicInteger next = new AtomicInteger();
    ExecutorService workers = Executors.newFixedThreadPool(threads);
    List<Future<?>> running = new ArrayList<>();
    try {
      for (int worker = 0; worker < threads; worker++) {
        running.add(
            workers.submit(
                () -> {
                  for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
                    scenes[i] = Director.scene(seed, split, i);
                    paint(draft, split, i, scenes[i]);
                  }
                  return null;
                }));
      }
      for (Future<?> worker : running) {
        worker.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while writing postcards");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } finally {
      next.set(count);
      workers.shutdown();
      awaitIdle(workers);
    }
    return List.of(scenes);
  }

  private void paint(Path draft, Split split, int index, Scene scene) throws IOException {
    byte[] jpeg = Jpeg.encode(ScenePainter.paint(scene), scene.seed());
    String name = Folder.imageName(split, Folder.imageId(split, index));
    Files.write(Folder.images(draft, split).resolve(name), jpeg);
    synchronized (this) {
      done++;
      listener.report(done, sizes.total());
    }
  }

  /** So that no worker writes into a folder that is being deleted. */
  private static void awaitIdle(ExecutorService workers) {
    boolean interrupted = false;
    while (true) {
      try {
        if (workers.awaitTermination(1, TimeUnit.MINUTES)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
