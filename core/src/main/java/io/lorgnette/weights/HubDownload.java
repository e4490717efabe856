package io.lorgnette.weights;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/**
 * Brings one file to its blob: goes on where an earlier try ended, checks the hash, and only then
 * gives it its name.
 */
final class HubDownload {

  /** A server that sends nothing for this long has gone. */
  private static final Duration STALLED = Duration.ofSeconds(30);

  private static final int BUFFER = 1 << 16;

  private final HubConnection connection;
  private final HubName name;
  private final HubCache cache;
  private final LongConsumer received;

  /**
   * A download.
   *
   * @param received told the bytes that have arrived; negative where some have to come again
   */
  HubDownload(HubConnection connection, HubName name, HubCache cache, LongConsumer received) {
    this.connection = connection;
    this.name = name;
    this.cache = cache;
    this.received = received;
  }

  void fetch(HubFile file, URI address) {
    Path part = cache.incomplete(file.hash());
    try (FileChannel out =
            FileChannel.open(
                part,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.READ);
        FileLock lock = lock(out, file)) {
      if (Files.isRegularFile(cache.blob(file.hash()))) {
        return; // Another program was faster.
      }
      resume(file, address, out, lock);
    } catch (IOException e) {
      throw HubCache.unwritable(part, e);
    }
    try {
      Files.move(part, cache.blob(file.hash()), StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw HubCache.unwritable(cache.blob(file.hash()), e);
    }
  }

  private FileLock lock(FileChannel out, HubFile file) throws IOException {
    FileLock lock;
    try {
      lock = out.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    }
    if (lock == null) {
      throw new UncheckedIOException(
          name + ": " + file.name() + " is being fetched by another program; wait for it",
          new IOException("locked"));
    }
    return lock;
  }

  private void resume(HubFile file, URI address, FileChannel out, FileLock lock)
      throws IOException {
    if (!lock.isValid()) {
      throw new IOException("the lock was lost");
    }
    if (out.size() > file.bytes()) {
      out.truncate(0);
    }
    received.accept(out.size());
    boolean resumed = out.size() > 0;
    all(file, address, out);
    String hash = hash(file, out);
    if (!hash.equals(file.hash()) && resumed) {
      // What an earlier try left may have been damaged; a whole new copy tells.
      restart(out);
      all(file, address, out);
      hash = hash(file, out);
    }
    if (!hash.equals(file.hash())) {
      restart(out);
      throw new UncheckedIOException(
          name
              + ": "
              + file.name()
              + " arrived damaged (hash "
              + hash
              + ", the hub says "
              + file.hash()
              + "); pull again",
          new IOException("wrong hash"));
    }
    out.force(true);
  }

  private void restart(FileChannel out) throws IOException {
    received.accept(-out.size());
    out.truncate(0);
  }

  /** Fetches what is missing; a try that brought something does not count as failed. */
  private void all(HubFile file, URI address, FileChannel out) throws IOException {
    int failed = 0;
    while (out.size() < file.bytes()) {
      long before = out.size();
      IOException cause = some(file, address, out);
      if (out.size() == file.bytes()) {
        return;
      }
      failed = out.size() > before ? 0 : failed + 1;
      if (failed == HubConnection.TRIES || Thread.currentThread().isInterrupted()) {
        throw HubConnection.lost(name, file.name(), cause);
      }
      connection.rest(Duration.ofSeconds(1L << failed));
    }
  }

  /** One request; gives the reason where it did not bring everything. */
  private IOException some(HubFile file, URI address, FileChannel out) throws IOException {
    HttpResponse<InputStream> answer =
        connection.ask(
            new HubConnection.Question("GET", address, out.size()), name, file.name(), true);
    if (answer.statusCode() == 416 || (answer.statusCode() == 200 && out.size() > 0)) {
      restart(out);
    }
    if (answer.statusCode() != 200 && answer.statusCode() != 206) {
      answer.body().close();
      return new IOException("the hub answers with status " + answer.statusCode());
    }
    String range = answer.headers().firstValue("Content-Range").orElse("");
    if (answer.statusCode() == 206 && !range.startsWith("bytes " + out.size() + "-")) {
      answer.body().close();
      restart(out);
      return new IOException("the hub sends another part than was asked for");
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    try (InputStream body = answer.body();
        StallGuard guard = new StallGuard(body, STALLED)) {
      while (true) {
        int count;
        try {
          count = body.read(buffer.array());
        } catch (IOException e) {
          return guard.stalled() ? new IOException("the hub has stopped sending", e) : e;
        }
        if (count < 0) {
          return new IOException("the connection ended early");
        }
        guard.moved();
        if (out.size() + count > file.bytes()) {
          restart(out);
          return new IOException("the hub sends more than " + file.bytes() + " bytes");
        }
        buffer.clear().limit(count);
        out.position(out.size());
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        received.accept(count);
        if (out.size() == file.bytes()) {
          return null;
        }
        if (Thread.currentThread().isInterrupted()) {
          return new IOException("it was interrupted");
        }
      }
    }
  }

  private static String hash(HubFile file, FileChannel in) throws IOException {
    MessageDigest digest = digest(file.isLarge() ? "SHA-256" : "SHA-1");
    if (!file.isLarge()) {
      digest.update(("blob " + file.bytes() + "\0").getBytes(StandardCharsets.UTF_8));
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
    in.position(0);
    while (in.read(buffer) >= 0) {
      digest.update(buffer.flip());
      buffer.clear();
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has " + algorithm, e);
    }
  }
}
