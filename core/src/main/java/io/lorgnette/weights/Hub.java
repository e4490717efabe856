package io.lorgnette.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;

/**
 * Models from Hugging Face's hub, in the cache that its own programs use: what one has fetched, the
 * other finds.
 *
 * <p>{@link #find} and {@link #resolve} look into the cache only. {@link #pull} is the one thing in
 * the toolkit that opens a connection, and only when it is called. Thread-safe.
 */
public final class Hub {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LARGEST_LISTING = 64 << 20;
  private static final int MOST_FILES = 20_000;

  private final HubSettings settings;
  private final HubConnection.Pause pause;
  private final ToLongFunction<Path> freeBytes;

  Hub(HubSettings settings, HubConnection.Pause pause, ToLongFunction<Path> freeBytes) {
    this.settings = settings;
    this.pause = pause;
    this.freeBytes = freeBytes;
  }

  /**
   * The hub that environment variables describe: {@code HF_ENDPOINT}, {@code HF_HUB_CACHE}, {@code
   * HF_HOME}, {@code HF_TOKEN} (or the token file), {@code HF_HUB_OFFLINE}.
   *
   * @throws InputException if one of them makes no sense
   */
  public static Hub of(Map<String, String> environment) {
    return new Hub(HubSettings.of(environment), d -> Thread.sleep(d.toMillis()), Hub::usableBytes);
  }

  /** The hub that this process's environment describes. */
  public static Hub ofEnvironment() {
    return of(System.getenv());
  }

  /** As this one with another cache. */
  public Hub withCache(Path cache) {
    HubSettings other =
        new HubSettings(settings.endpoint(), cache, settings.token(), settings.offline());
    return new Hub(other, pause, freeBytes);
  }

  /** As this one at another address. */
  public Hub withEndpoint(String endpoint) {
    HubSettings other =
        new HubSettings(
            HubSettings.endpoint(endpoint), settings.cache(), settings.token(), settings.offline());
    return new Hub(other, pause, freeBytes);
  }

  /** Folder of the cache. */
  public Path cache() {
    return settings.cache();
  }

  /**
   * A repository in the cache; nothing is fetched.
   *
   * @param name "org/name", or "org/name@revision" where it is not the branch "main"
   * @return the folder of its snapshot
   * @throws InputException if the text is no name
   */
  public Optional<Path> find(String name) {
    HubName parsed = HubName.parse(name);
    return new HubCache(settings.cache(), parsed).find(parsed.revision());
  }

  /** Whether a text looks like "org/name", so that it makes sense to look into the cache. */
  public static boolean isName(String text) {
    return HubName.isLikely(text);
  }

  /**
   * As {@link #find}, but absence is an error that says what to do.
   *
   * @throws InputException if the cache does not hold it
   */
  public Path resolve(String name) {
    HubName parsed = HubName.parse(name);
    HubCache cache = new HubCache(settings.cache(), parsed);
    return cache
        .find(parsed.revision())
        .orElseThrow(
            () -> {
              List<String> known = cache.known();
              return new InputException(
                  name
                      + ": is not in the cache "
                      + settings.cache()
                      + (known.isEmpty() ? "" : ", which holds of it only " + known)
                      + "; fetch it with lorgnette pull "
                      + name);
            });
  }

  /** Whether a file had to be fetched. */
  public enum State {
    FETCHED,
    /** Another revision has the same content. */
    SHARED,
    THERE
  }

  /** One file of what was pulled. */
  public record PulledFile(String name, long bytes, String hash, State state) {}

  /**
   * What a pull gave.
   *
   * @param snapshot folder with the files
   * @param commit the exact revision
   */
  public record Pulled(
      String repository, String revision, String commit, Path snapshot, List<PulledFile> files) {

    public Pulled {
      files = List.copyOf(files);
    }

    /** Bytes that came over the network. */
    public long fetchedBytes() {
      return files.stream()
          .filter(f -> f.state() == State.FETCHED)
          .mapToLong(PulledFile::bytes)
          .sum();
    }
  }

  /**
   * What to pull.
   *
   * @param name "org/name", or "org/name@revision"
   * @param include patterns of files; empty for what a model needs: configurations, tokenizer,
   *     weights, those as safetensors where there are such
   * @param exclude patterns of files to leave out
   * @param jobs files fetched at the same time
   */
  public record Wish(String name, List<String> include, List<String> exclude, int jobs) {

    public Wish {
      include = List.copyOf(include);
      exclude = List.copyOf(exclude);
      if (jobs < 1 || jobs > 64) {
        throw new IllegalArgumentException("1 to 64 files at the same time, not " + jobs);
      }
    }
  }

  /** Told how far a pull has come; calls come one after another, from several threads. */
  public interface Listener {

    /** What will be done, once it is known. */
    void planned(String commit, int files, long bytesToFetch);

    /** Bytes of those planned that are there now; can go back where some must come again. */
    void received(long bytes);
  }

  /**
   * Fetches a repository into the cache. A file appears there only when it is whole and its hash is
   * right; what has arrived of others is kept for the next time.
   *
   * @throws InputException if the name is wrong, the hub refuses, or nothing may be fetched
   * @throws UncheckedIOException if network or disk fail
   */
  public Pulled pull(Wish wish, Listener listener) {
    HubName name = HubName.parse(wish.name());
    if (settings.offline()) {
      throw new InputException(
          name + ": HF_HUB_OFFLINE is set, so nothing is fetched; unset it to pull");
    }
    boolean open = "http".equals(settings.endpoint().getScheme());
    String host = settings.endpoint().getHost().toLowerCase(Locale.ROOT);
    boolean near = Set.of("localhost", "127.0.0.1", "[::1]").contains(host);
    if (open && !near && settings.token().isPresent()) {
      throw new InputException(
          settings.endpoint() + ": is not encrypted, and your token would be seen; use https");
    }
    HubConnection connection = new HubConnection(settings, pause);
    JsonNode listing = listing(connection, name);
    String commit = listing.path("sha").asText();
    if (!HubName.isCommit(commit)) {
      throw new InputException(name + ": the hub names no commit for it; is HF_ENDPOINT a hub?");
    }
    List<String> chosen = choose(wish, name, listing);
    HubCache cache = new HubCache(settings.cache(), name);
    return new Pull(connection, name, commit, cache, listener).run(chosen, wish.jobs());
  }

  private static List<String> choose(Wish wish, HubName name, JsonNode listing) {
    List<String> names = new ArrayList<>();
    for (JsonNode sibling : listing.path("siblings")) {
      names.add(HubFile.checked(sibling.path("rfilename").asText(), name.repository()));
    }
    if (names.size() > MOST_FILES) {
      throw new InputException(
          name
              + ": has "
              + names.size()
              + " files, more than the "
              + MOST_FILES
              + " that are read");
    }
    List<String> chosen = HubSelection.of(wish.include(), wish.exclude()).choose(names);
    if (chosen.isEmpty()) {
      throw new InputException(
          name
              + ": none of its "
              + names.size()
              + " files is chosen, such as "
              + names.subList(0, Math.min(5, names.size()))
              + "; change the patterns of --include and --exclude");
    }
    return chosen;
  }

  private JsonNode listing(HubConnection connection, HubName name) {
    URI address =
        URI.create(
            settings.endpoint()
                + "/api/models/"
                + name.repository()
                + "/revision/"
                + encoded(name.revision()));
    HttpResponse<InputStream> answer =
        connection.ask(
            new HubConnection.Question("GET", address, 0), name, HubConnection.LISTING, false);
    try (InputStream body = answer.body()) {
      byte[] json = body.readNBytes(LARGEST_LISTING + 1);
      if (answer.statusCode() == 200 && json.length <= LARGEST_LISTING) {
        return JSON.readTree(json);
      }
    } catch (JsonProcessingException e) {
      // Told below: a page for people, for instance.
    } catch (IOException e) {
      throw HubConnection.lost(name, HubConnection.LISTING, e);
    }
    throw new InputException(
        name + ": " + settings.endpoint() + " gives no list of files; is HF_ENDPOINT a hub?");
  }

  private URI address(HubName name, String commit, String file) {
    return URI.create(
        settings.endpoint()
            + "/"
            + name.repository()
            + "/resolve/"
            + commit
            + "/"
            + encoded(file).replace("%2F", "/"));
  }

  /** Every byte of UTF-8 that is not a letter, a digit or one of {@code -._~} as %XX. */
  private static String encoded(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = (b >= '0' && b <= '9') || (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z');
      if (plain || "-._~".indexOf(b) >= 0) {
        out.append((char) b);
      } else {
        out.append(String.format(Locale.ROOT, "%%%02X", b & 0xFF));
      }
    }
    return out.toString();
  }

  private static void closeQuietly(InputStream body) {
    try {
      body.close();
    } catch (IOException e) {
      // An answer without a body has been read already.
    }
  }

  private static long usableBytes(Path folder) {
    try {
      return Files.getFileStore(folder).getUsableSpace();
    } catch (IOException e) {
      return Long.MAX_VALUE; // A file system that does not tell; writing will.
    }
  }

  /** One pull: first all sizes and hashes, then the files. */
  private final class Pull {

    private final HubConnection connection;
    private final HubName name;
    private final String commit;
    private final HubCache cache;
    private final Listener listener;
    private final Map<String, Object> busy = new ConcurrentHashMap<>();
    private long received;

    Pull(HubConnection connection, HubName name, String commit, HubCache cache, Listener listener) {
      this.connection = connection;
      this.name = name;
      this.commit = commit;
      this.cache = cache;
      this.listener = listener;
    }

    Pulled run(List<String> names, int jobs) {
      List<HubFile> files = Parallel.map(names, jobs, this::metadata);
      cache.create();
      long missing = 0;
      Set<String> counted = new HashSet<>();
      for (HubFile file : files) {
        boolean there = cache.has(commit, file) || Files.isRegularFile(cache.blob(file.hash()));
        missing += there || !counted.add(file.hash()) ? 0 : file.bytes();
      }
      checkSpace(missing, files);
      listener.planned(commit, files.size(), missing);
      List<PulledFile> pulled = Parallel.map(files, jobs, this::fetch);
      cache.writeRef(name.revision(), commit);
      return new Pulled(name.repository(), name.revision(), commit, cache.snapshot(commit), pulled);
    }

    private void checkSpace(long missing, List<HubFile> files) {
      long arrived = 0;
      for (HubFile file : files) {
        arrived += cache.incomplete(file.hash()).toFile().length();
      }
      long free = freeBytes.applyAsLong(cache.folder());
      if (missing - arrived > free) {
        throw new UncheckedIOException(
            name
                + ": needs "
                + (missing - arrived)
                + " bytes, but "
                + cache.folder()
                + " has room for "
                + free
                + "; free some space, or name another folder by HF_HUB_CACHE",
            new IOException("disk full"));
      }
    }

    private HubFile metadata(String file) {
      HttpResponse<InputStream> answer =
          connection.ask(
              new HubConnection.Question("HEAD", address(name, commit, file), 0),
              name,
              "file " + file,
              false);
      closeQuietly(answer.body());
      String tag =
          answer
              .headers()
              .firstValue("X-Linked-Etag")
              .or(() -> answer.headers().firstValue("ETag"))
              .orElse("");
      String length =
          answer
              .headers()
              .firstValue("X-Linked-Size")
              .or(() -> answer.headers().firstValue("Content-Length"))
              .orElse("");
      String at = answer.headers().firstValue("X-Repo-Commit").orElse(commit);
      if (!length.matches("\\d{1,15}") || !at.equals(commit)) {
        throw new InputException(
            name
                + ": the hub gives no length of "
                + file
                + ", or that of another commit; is HF_ENDPOINT a hub?");
      }
      return new HubFile(file, HubFile.hash(tag, name.repository(), file), Long.parseLong(length));
    }

    private PulledFile fetch(HubFile file) {
      State state = State.THERE;
      if (!cache.has(commit, file)) {
        // Files with the same content share a blob; the second waits for the first.
        synchronized (busy.computeIfAbsent(file.hash(), h -> new Object())) {
          state = State.SHARED;
          if (!Files.isRegularFile(cache.blob(file.hash()))) {
            new HubDownload(connection, name, cache, this::received)
                .fetch(file, address(name, commit, file.name()));
            state = State.FETCHED;
          }
          cache.link(commit, file);
        }
      }
      return new PulledFile(file.name(), file.bytes(), file.hash(), state);
    }

    private synchronized void received(long bytes) {
      received += bytes;
      listener.received(received);
    }
  }
}
