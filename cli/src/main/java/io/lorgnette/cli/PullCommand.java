package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.weights.Hub;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette pull}: a model from the hub into the cache. */
@Command(
    name = "pull",
    description = {
      "Fetches a model from Hugging Face's hub into the cache that its own programs use.",
      "Afterwards --vision NAME and --language NAME find it there. Fetches only what is missing, and"
          + " goes on where an earlier try ended."
    },
    footer = {
      "  lorgnette pull openai/clip-vit-large-patch14",
      "  lorgnette pull facebook/opt-125m --revision main --exclude '*.bin'",
      "  lorgnette pull acme/model --include '*.gguf' --cache models --json",
      "",
      "Environment:",
      "  HF_HOME, HF_HUB_CACHE  where the cache is",
      "  HF_TOKEN               for private and gated models",
      "  HF_ENDPOINT            address of another hub",
      "  HF_HUB_OFFLINE=1       fetch nothing"
    })
final class PullCommand implements Runnable {

  private static final int MOST_JOBS = 64;

  @ParentCommand private Lorgnette root;

  @Parameters(paramLabel = "NAME", description = "org/name, or org/name@revision.")
  private String name;

  @Option(
      names = "--revision",
      paramLabel = "REVISION",
      description = "A branch, a tag or a commit (default: main).")
  private String revision;

  @Option(
      names = "--include",
      paramLabel = "GLOB",
      description =
          "Files to fetch; may be given often (default: configurations, tokenizer, and weights, as"
              + " safetensors where there are such).")
  private List<String> include = new ArrayList<>();

  @Option(
      names = "--exclude",
      paramLabel = "GLOB",
      description = "Files to leave out; may be given often.")
  private List<String> exclude = new ArrayList<>();

  @Option(
      names = "--jobs",
      paramLabel = "N",
      defaultValue = "8",
      description = "Files fetched at the same time (default: ${DEFAULT-VALUE}).")
  private int jobs;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "Another cache than that of HF_HUB_CACHE or HF_HOME.")
  private Path cache;

  @Option(
      names = "--endpoint",
      paramLabel = "URL",
      description = "Another hub than that of HF_ENDPOINT.")
  private String endpoint;

  @Override
  public void run() {
    if (jobs < 1 || jobs > MOST_JOBS) {
      throw new InputException("--jobs is " + jobs + "; expected 1 to " + MOST_JOBS);
    }
    if (revision != null && name.contains("@")) {
      throw new InputException(name + " names a revision, and so does --revision; give one");
    }
    Hub hub = Hub.ofEnvironment();
    hub = cache == null ? hub : hub.withCache(cache);
    hub = endpoint == null ? hub : hub.withEndpoint(endpoint);
    String whole = revision == null ? name : name + "@" + revision;
    try (View view = new View(root.console())) {
      Hub.Pulled pulled = hub.pull(new Hub.Wish(whole, include, exclude, jobs), view);
      view.close();
      print(pulled);
    }
  }

  private void print(Hub.Pulled pulled) {
    Console console = root.console();
    if (console.json()) {
      console.result(json(pulled));
      return;
    }
    console.say(
        pulled.files().size()
            + " files, "
            + Numbers.bytes(pulled.files().stream().mapToLong(Hub.PulledFile::bytes).sum())
            + ", of which "
            + Numbers.bytes(pulled.fetchedBytes())
            + " were fetched; commit "
            + pulled.commit());
    console.result(pulled.snapshot().toString());
  }

  private static ObjectNode json(Hub.Pulled pulled) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("repository", pulled.repository())
            .put("revision", pulled.revision())
            .put("commit", pulled.commit())
            .put("folder", pulled.snapshot().toString())
            .put("fetchedBytes", pulled.fetchedBytes());
    ArrayNode files = node.putArray("files");
    for (Hub.PulledFile file : pulled.files()) {
      files
          .addObject()
          .put("name", file.name())
          .put("bytes", file.bytes())
          .put("hash", file.hash())
          .put("state", file.state().name().toLowerCase(Locale.ROOT));
    }
    return node;
  }

  /** Progress in whole megabytes, which people can read at any size. */
  private static final class View implements Hub.Listener, AutoCloseable {

    private static final long UNIT = 1_000_000;

    private final Console console;
    private Progress progress = Progress.SILENT;

    View(Console console) {
      this.console = console;
    }

    @Override
    public void planned(String commit, int files, long bytesToFetch) {
      if (bytesToFetch > 0) {
        progress = console.progress("fetching", "MB", (bytesToFetch + UNIT - 1) / UNIT);
        progress.at(0, "");
      }
    }

    @Override
    public void received(long bytes) {
      progress.at(bytes / UNIT, "");
    }

    @Override
    public void close() {
      progress.close();
      progress = Progress.SILENT;
    }
  }
}
