package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pulling from a server on this machine that speaks the hub's protocol, and fails. */
class HubTest {

  private static final String NAME = HubServer.REPOSITORY;
  private static final String CONFIG = "{\"model_type\": \"llama\"}";

  @TempDir Path cache;

  private HubServer server;
  private final List<Duration> pauses = Collections.synchronizedList(new ArrayList<>());
  private final List<Long> progress = Collections.synchronizedList(new ArrayList<>());
  private long planned = -1;
  private long free = Long.MAX_VALUE;

  @BeforeEach
  void open() {
    server = new HubServer();
    server.small.put("config.json", bytes(CONFIG));
    server.large.put("model.safetensors", random(300_000, 1));
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] random(int size, int seed) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private Hub hub(String... environment) {
    Map<String, String> variables =
        new HashMap<>(
            Map.of("HF_ENDPOINT", server.endpoint() + "/", "HF_HUB_CACHE", cache.toString()));
    for (String pair : environment) {
      int sign = pair.indexOf('=');
      variables.put(pair.substring(0, sign), pair.substring(sign + 1));
    }
    return new Hub(HubSettings.of(variables), pauses::add, f -> free);
  }

  private Hub.Pulled pull(Hub hub, String name, String... include) {
    return hub.pull(
        new Hub.Wish(name, List.of(include), List.of(), 4),
        new Hub.Listener() {
          @Override
          public void planned(String commit, int files, long bytesToFetch) {
            planned = bytesToFetch;
          }

          @Override
          public void received(long bytes) {
            progress.add(bytes);
          }
        });
  }

  private Path repository() {
    return cache.resolve("models--acme--tiny-lm");
  }

  private List<String> files(String under) throws IOException {
    Path root = repository().resolve(under);
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    try (Stream<Path> all = Files.walk(root)) {
      return all.filter(Files::isRegularFile)
          .map(f -> root.relativize(f).toString())
          .sorted()
          .collect(Collectors.toList());
    }
  }

  @Test
  void laysTheCacheOutAsPythonDoes() throws IOException {
    byte[] weights = server.large.get("model.safetensors");
    server.small.put("sub folder/ü.json", bytes("{}"));
    Hub.Pulled pulled = pull(hub(), NAME);
    assertThat(pulled.commit()).isEqualTo(HubServer.COMMIT);
    assertThat(pulled.snapshot())
        .isEqualTo(repository().resolve("snapshots").resolve(HubServer.COMMIT));
    assertThat(Files.readString(repository().resolve("refs/main"))).isEqualTo(HubServer.COMMIT);
    assertThat(files("blobs"))
        .containsExactlyInAnyOrder(
            HubServer.sha256(weights),
            HubServer.gitHash(bytes(CONFIG)),
            HubServer.gitHash(bytes("{}")));
    assertThat(Files.readSymbolicLink(pulled.snapshot().resolve("model.safetensors")))
        .isEqualTo(Path.of("../../blobs", HubServer.sha256(weights)));
    assertThat(Files.readSymbolicLink(pulled.snapshot().resolve("sub folder/ü.json")))
        .isEqualTo(Path.of("../../../blobs", HubServer.gitHash(bytes("{}"))));
    assertThat(pulled.snapshot().resolve("model.safetensors")).hasBinaryContent(weights);
    assertThat(pulled.snapshot().resolve("config.json")).hasContent(CONFIG);
    assertThat(pulled.fetchedBytes()).isEqualTo(300_000 + CONFIG.length() + 2);
    assertThat(planned).isEqualTo(pulled.fetchedBytes());
    assertThat(progress.get(progress.size() - 1)).isEqualTo(planned);
    assertThat(hub().find(NAME)).contains(pulled.snapshot());
    assertThat(hub().resolve(NAME + "@" + HubServer.COMMIT)).isEqualTo(pulled.snapshot());
  }

  @Test
  void whatIsThereIsNotFetchedAgain() throws IOException {
    pull(hub(), NAME);
    server.requests.clear();
    Hub.Pulled again = pull(hub(), NAME);
    assertThat(again.files()).allMatch(f -> f.state() == Hub.State.THERE);
    assertThat(again.fetchedBytes()).isZero();
    assertThat(planned).isZero();
    assertThat(server.requests("storage", "GET")).isEmpty();
    assertThat(server.requests("hub", "GET")).hasSize(1);
    // Another revision with the same content needs no bytes either.
    Hub.Pulled branch = pull(hub(), NAME + "@refs/pr/1");
    assertThat(branch.fetchedBytes()).isZero();
    assertThat(Files.readString(repository().resolve("refs/refs/pr/1")))
        .isEqualTo(HubServer.COMMIT);
    assertThat(hub().find(NAME + "@refs/pr/1")).contains(again.snapshot());
  }

  @Test
  void sameContentIsFetchedOnce() {
    server.large.put("copy.safetensors", server.large.get("model.safetensors"));
    Hub.Pulled pulled = pull(hub(), NAME);
    assertThat(server.requests("storage", "GET")).hasSize(1);
    assertThat(planned).isEqualTo(300_000 + CONFIG.length());
    assertThat(pulled.files().stream().map(Hub.PulledFile::state))
        .containsOnlyOnce(Hub.State.SHARED);
    assertThat(pulled.snapshot().resolve("copy.safetensors"))
        .hasBinaryContent(server.large.get("copy.safetensors"));
  }

  @Test
  void droppedConnectionsAreResumed() throws IOException {
    server.breaks.addAll(List.of(100_000, 1, 50_000));
    Hub.Pulled pulled = pull(hub(), NAME);
    assertThat(pulled.snapshot().resolve("model.safetensors"))
        .hasBinaryContent(server.large.get("model.safetensors"));
    List<String> ranges =
        server.requests("storage", "GET").stream()
            .map(r -> String.valueOf(r.range()))
            .collect(Collectors.toList());
    assertThat(ranges).hasSizeGreaterThanOrEqualTo(4).startsWith("null");
    // What was on its way when a connection broke may be lost with it.
    String last = ranges.get(ranges.size() - 1);
    assertThat(last).matches("bytes=[1-9]\\d*-");
    assertThat(Integer.parseInt(last.replaceAll("\\D", ""))).isLessThanOrEqualTo(150_001);
    assertThat(pauses).hasSizeBetween(1, 3);
    assertThat(files("blobs")).noneMatch(f -> f.endsWith(".incomplete"));
  }

  @Test
  void aServerThatAlwaysDropsIsGivenUpAndWhatCameIsKept() throws IOException {
    server.breaks.add(120_000);
    // More than tries: the client asks again by itself where not even a header came.
    server.breaks.addAll(Collections.nCopies(100, 0));
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(NAME + ": model.safetensors can not be fetched (")
        .hasMessageEndingWith("check the network, then pull again: what has arrived is kept");
    String part = HubServer.sha256(server.large.get("model.safetensors")) + ".incomplete";
    // What was on its way when the connection broke may be lost with it.
    long kept = Files.size(repository().resolve("blobs").resolve(part));
    assertThat(kept).isBetween(1L, 120_000L);
    assertThat(files("snapshots")).doesNotContain(HubServer.COMMIT + "/model.safetensors");
    assertThat(repository().resolve("refs/main")).doesNotExist();
    assertThat(hub().find(NAME)).isEmpty();
    server.breaks.clear();
    server.requests.clear();
    progress.clear();
    assertThat(pull(hub(), NAME).snapshot().resolve("model.safetensors"))
        .hasBinaryContent(server.large.get("model.safetensors"));
    assertThat(server.requests("storage", "GET").get(0).range()).isEqualTo("bytes=" + kept + "-");
    assertThat(progress.get(progress.size() - 1)).isEqualTo(planned);
  }

  @Test
  void aServerWithoutRangesStartsAgain() {
    server.ranges = false;
    server.breaks.add(100_000);
    assertThat(pull(hub(), NAME).snapshot().resolve("model.safetensors"))
        .hasBinaryContent(server.large.get("model.safetensors"));
    assertThat(progress.get(progress.size() - 1)).isEqualTo(planned);
  }

  @Test
  void aDamagedBeginningIsFetchedAnew() throws IOException {
    byte[] weights = server.large.get("model.safetensors");
    Path part = repository().resolve("blobs").resolve(HubServer.sha256(weights) + ".incomplete");
    Files.createDirectories(part.getParent());
    for (int size : new int[] {1000, weights.length, weights.length + 5}) {
      Files.deleteIfExists(repository().resolve("blobs").resolve(HubServer.sha256(weights)));
      Files.deleteIfExists(
          repository().resolve("snapshots/" + HubServer.COMMIT + "/model.safetensors"));
      Files.write(part, new byte[size]);
      assertThat(pull(hub(), NAME).snapshot().resolve("model.safetensors"))
          .hasBinaryContent(weights);
      assertThat(part).doesNotExist();
    }
  }

  @Test
  void aWrongHashIsOneSentenceAndNothingIsLeft() throws IOException {
    server.lies = true;
    String hash = HubServer.sha256(server.large.get("model.safetensors"));
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(NAME + ": model.safetensors arrived damaged (hash ")
        .hasMessageContaining("the hub says " + hash + "); pull again");
    assertThat(repository().resolve("blobs").resolve(hash)).doesNotExist();
    assertThat(repository().resolve("blobs").resolve(hash + ".incomplete")).isEmptyFile();
    assertThat(repository().resolve("refs/main")).doesNotExist();
    assertThat(files("snapshots")).doesNotContain(HubServer.COMMIT + "/model.safetensors");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | acme/tiny-lm: the hub does not show it to you (status 401); check the name, and set"
            + " HF_TOKEN if it is private or gated",
        "403 | acme/tiny-lm: access is restricted; accept its terms",
        "404 | acme/tiny-lm: the hub has no such repository (status 404); check the name",
        "410 | acme/tiny-lm: the hub refuses to give its list of files (status 410)"
      })
  void refusalsAreOneSentence(int status, String message) {
    server.statuses.put("/api/models/" + NAME + "/revision/main", new ArrayList<>(List.of(status)));
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(message);
    assertThat(repository()).doesNotExist();
    assertThat(pauses).isEmpty();
  }

  @Test
  void anUnknownRevisionOrFileIsSaid() {
    assertThatThrownBy(() -> pull(hub(), NAME + "@v9"))
        .isInstanceOf(InputException.class)
        .hasMessage(NAME + ": has no revision v9; check --revision");
    server.listing =
        "{\"sha\": \"" + HubServer.COMMIT + "\", \"siblings\": [{\"rfilename\": \"a.json\"}]}";
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the hub has no file a.json (status 404)");
  }

  @Test
  void aBusyHubIsWaitedFor() {
    server.headers.put("Retry-After", "7");
    server.statuses.put(
        "/api/models/" + NAME + "/revision/main", new ArrayList<>(List.of(429, 503)));
    pull(hub(), NAME);
    assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
    pauses.clear();
    server.headers.put("Retry-After", "3600");
    server.statuses.put("/api/models/" + NAME + "/revision/main", new ArrayList<>(List.of(429)));
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the hub is busy and asks to come back in 3600 seconds");
    server.headers.clear();
    server.statuses.put(
        "/api/models/" + NAME + "/revision/main",
        new ArrayList<>(Collections.nCopies(HubConnection.TRIES, 500)));
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("the hub answers with status 500");
    assertThat(pauses).hasSize(HubConnection.TRIES - 1);
  }

  @Test
  void noHubAtAllIsOneSentence() {
    Hub gone = hub("HF_ENDPOINT=http://127.0.0.1:1");
    assertThatThrownBy(() -> pull(gone, NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith(NAME + ": its list of files can not be fetched (");
    server.listing = "<html>";
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("gives no list of files; is HF_ENDPOINT a hub?");
    server.listing = "{\"sha\": \"main\"}";
    assertThatThrownBy(() -> pull(hub(), NAME)).hasMessageContaining("names no commit");
  }

  @Test
  void theTokenGoesToTheHubOnly() throws IOException {
    server.token = "hf_secret";
    assertThatThrownBy(() -> pull(hub(), NAME)).hasMessageContaining("status 401");
    server.requests.clear();
    pull(hub("HF_TOKEN= hf_secret\n"), NAME);
    assertThat(server.requests("hub", "GET"))
        .allMatch(r -> "Bearer hf_secret".equals(r.authorization()));
    assertThat(server.requests("storage", "GET")).hasSize(1);
    assertThat(server.requests("storage", "GET")).allMatch(r -> r.authorization() == null);
    Path home = Files.createDirectories(cache.resolve("home"));
    Files.writeString(home.resolve("token"), "hf_secret\n");
    assertThat(pull(hub("HF_HOME=" + home), NAME).files()).hasSize(2);
    assertThatThrownBy(() -> hub("HF_TOKEN=hf_secret and more"))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("HF_TOKEN: what it holds is no token")
        .hasMessageNotContaining("hf_secret");
    assertThatThrownBy(
            () -> pull(hub("HF_TOKEN=hf_secret", "HF_ENDPOINT=http://hub.example.test"), NAME))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not encrypted");
    assertThat(HubSettings.of(Map.of("HF_TOKEN", "hf_secret")).toString())
        .doesNotContain("hf_secret");
  }

  @Test
  void offlineNothingIsFetchedButWhatIsThereIsFound() throws IOException {
    pull(hub(), NAME);
    server.requests.clear();
    Hub offline = hub("HF_HUB_OFFLINE=YES");
    assertThat(offline.find(NAME)).isPresent();
    assertThatThrownBy(() -> pull(offline, NAME))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("HF_HUB_OFFLINE is set");
    assertThatThrownBy(() -> offline.resolve("acme/other"))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "acme/other: is not in the cache "
                + cache
                + "; fetch it with lorgnette pull acme/other");
    assertThatThrownBy(() -> offline.resolve(NAME + "@v2"))
        .hasMessageContaining("which holds of it only [main, " + HubServer.COMMIT + "]");
    assertThat(server.requests).isEmpty();
  }

  @Test
  void hostileListingsAreRefused() {
    for (String file :
        List.of("../evil", "/etc/passwd", "a/../../b", "a\\\\b", "", "a//b", "C:x", "a\\u0007")) {
      server.listing =
          "{\"sha\": \""
              + HubServer.COMMIT
              + "\", \"siblings\": [{\"rfilename\": \""
              + file
              + "\"}]}";
      assertThatThrownBy(() -> pull(hub(), NAME, "*"))
          .as(file)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("which no repository should have");
    }
    assertThat(repository()).doesNotExist();
    server.listing = "";
    server.small.clear();
    assertThatThrownBy(() -> pull(hub(), NAME, "*.h5"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none of its 1 files is chosen");
    for (String name : List.of("a/b/c", "../x", "a b/c", "a/b@", "a/b@../c", "", "a/..")) {
      assertThatThrownBy(() -> pull(hub(), name)).as(name).isInstanceOf(InputException.class);
    }
  }

  @Test
  void disksThatAreFullOrForbiddenAreSaid() throws IOException {
    free = 1000;
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("needs " + (300_000 + CONFIG.length()) + " bytes, but ")
        .hasMessageContaining("has room for 1000; free some space");
    assertThat(files("blobs")).isEmpty();
    free = Long.MAX_VALUE;
    Path file = Files.writeString(cache.resolve("file"), "");
    assertThatThrownBy(() -> pull(hub("HF_HUB_CACHE=" + file), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("can not be written (")
        .hasMessageEndingWith("check the disk, or name another folder by HF_HUB_CACHE");
    // A disk that fails in the middle: the part can not be opened.
    String part = HubServer.sha256(server.large.get("model.safetensors")) + ".incomplete";
    Files.createDirectories(repository().resolve("blobs").resolve(part));
    assertThatThrownBy(() -> pull(hub(), NAME))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(part + ": can not be written (");
  }

  @Test
  void manyFilesAtOnce() {
    for (int i = 0; i < 40; i++) {
      server.large.put("model-" + i + ".safetensors", random(10_000 + i, i));
    }
    server.breaks.addAll(Collections.nCopies(20, 5_000));
    Hub.Pulled pulled = pull(hub(), NAME);
    assertThat(pulled.files()).hasSize(42);
    for (int i = 0; i < 40; i++) {
      assertThat(pulled.snapshot().resolve("model-" + i + ".safetensors"))
          .hasBinaryContent(random(10_000 + i, i));
    }
    assertThat(progress.get(progress.size() - 1)).isEqualTo(planned);
  }

  @Test
  void copiesStandInForLinks() throws IOException {
    Path blob = Files.writeString(cache.resolve("blob"), "content");
    HubCache.copy(blob, cache.resolve("name"));
    HubCache.copy(blob, cache.resolve("name"));
    assertThat(cache.resolve("name")).hasContent("content");
    assertThat(cache.resolve("name.incomplete")).doesNotExist();
    // A cache that was copied without its links is used as it lies.
    Path snapshot = pull(hub(), NAME).snapshot();
    Path config = snapshot.resolve("config.json");
    byte[] content = Files.readAllBytes(config);
    Files.delete(config);
    Files.write(config, content);
    Files.delete(repository().resolve("blobs").resolve(HubServer.gitHash(content)));
    assertThat(pull(hub(), NAME).fetchedBytes()).isZero();
  }

  @Test
  void whatAModelNeedsIsChosen() {
    List<String> names =
        List.of(
            ".gitattributes",
            "README.md",
            "config.json",
            "chat_template.jinja",
            "consolidated.safetensors",
            "flax_model.msgpack",
            "merges.txt",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "onnx/model.onnx",
            "onnx/config.json",
            "original/consolidated.00.pth",
            "pytorch_model-00001-of-00002.bin",
            "pytorch_model.bin.index.json",
            "qformer/pytorch_model.bin",
            "tf_model.h5",
            "tokenizer.json",
            "tokenizer.model",
            "training_args.bin",
            "weights.gguf");
    assertThat(HubSelection.of(List.of(), List.of("*.txt")).choose(names))
        .containsExactly(
            "config.json",
            "chat_template.jinja",
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "qformer/pytorch_model.bin",
            "tokenizer.json",
            "tokenizer.model");
    assertThat(HubSelection.of(List.of("*.gguf", "onnx/"), List.of("*.json")).choose(names))
        .containsExactly("onnx/model.onnx", "weights.gguf");
    assertThat(HubSelection.of(List.of(), List.of()).choose(List.of("pytorch_model.bin", "a.pt")))
        .containsExactly("pytorch_model.bin", "a.pt");
  }

  @ParameterizedTest
  @CsvSource({
    "*.json,a/b.json,true",
    "*.json,a.jsonl,false",
    "model-?.bin,model-1.bin,true",
    "model-?.bin,model-12.bin,false",
    "m[ab].txt,mb.txt,true",
    "m[!ab].txt,mb.txt,false",
    "a.b,axb,false",
    "x(1)+,x(1)+,true",
    "[,[,true"
  })
  void globsAreThoseOfPython(String glob, String name, boolean matches) {
    assertThat(new FileGlob(glob).matches(name)).isEqualTo(matches);
  }

  @Test
  void environmentVariablesSayWhere() {
    assertThat(HubSettings.of(Map.of("HOME", "/home/ada")).cache())
        .isEqualTo(Path.of("/home/ada/.cache/huggingface/hub"));
    assertThat(HubSettings.of(Map.of("HF_HOME", "~/hf", "HOME", "/home/ada")).cache())
        .isEqualTo(Path.of("/home/ada/hf/hub"));
    assertThat(HubSettings.of(Map.of("XDG_CACHE_HOME", "/c")).cache())
        .isEqualTo(Path.of("/c/huggingface/hub"));
    assertThat(HubSettings.of(Map.of("HF_HOME", "/a", "HF_HUB_CACHE", "/b")).cache())
        .isEqualTo(Path.of("/b"));
    assertThat(HubSettings.of(Map.of()).endpoint().toString()).isEqualTo("https://huggingface.co");
    for (String bad : List.of("ftp://x", "nonsense", "https://", "https://u:p@x", "http://x?y=1")) {
      assertThatThrownBy(() -> HubSettings.of(Map.of("HF_ENDPOINT", bad)))
          .as(bad)
          .isInstanceOf(InputException.class)
          .hasMessageContaining("HF_ENDPOINT is one like");
    }
    assertThat(
            Arrays.asList(
                Hub.isName("a/b"), Hub.isName("a"), Hub.isName("./a/b"), Hub.isName("/a")))
        .containsExactly(true, false, false, false);
  }
}
