package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.error.InputException;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.serve.Limits;
import io.lorgnette.serve.LorgnetteServer;
import io.lorgnette.serve.RequestLog;
import io.lorgnette.serve.ServedModel;
import io.lorgnette.serve.ServedSpace;
import io.lorgnette.serve.ServerConfig;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette serve}: models over HTTP. */
@Command(
    name = "serve",
    description = {
      "Answers over HTTP in the form of OpenAI's interface, and shows a page to try it.",
      "Ctrl-C ends it: requests that run may finish first."
    },
    footer = {
      "  lorgnette serve",
      "  lorgnette serve --model runs/mapl --model long=runs/mapl-long --port 9000",
      "  LORGNETTE_API_KEY=... lorgnette serve --host 0.0.0.0 --tls-keystore my.p12",
    })
final class ServeCommand implements Callable<Integer> {

  private static final String KEY = "LORGNETTE_API_KEY";
  private static final String PASSWORD = "LORGNETTE_TLS_PASSWORD";
  private static final long MIB = 1L << 20;

  @ParentCommand private Lorgnette root;

  @Mixin private PairOptions pair;

  @Option(
      names = "--model",
      paramLabel = "[NAME=]CONNECTOR",
      description =
          "What lorgnette train wrote between the two models: a run folder or a"
              + " connector.safetensors; the name that requests call it by is the folder's. May be"
              + " given several times; the first one answers where a request names none (default:"
              + " the embedded ones for answers, pocket, and for captions, pocket-captions).")
  private List<String> models = new ArrayList<>();

  @Option(
      names = "--joint",
      paramLabel = "MODEL",
      description =
          "Joint space of images and texts for /v1/embeddings: a folder of CLIP or SigLIP, the"
              + " org/name that lorgnette pull fetched, a run of lorgnette train with the method"
              + " clip, or pocket-clip, the embedded one (default: none).")
  private String joint;

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address to listen on (default: ${DEFAULT-VALUE}, this machine alone; others need"
              + " LORGNETTE_API_KEY in the environment).")
  private String host;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port to listen on; 0 for any (default: ${DEFAULT-VALUE}).")
  private int port;

  @Option(
      names = "--tls-keystore",
      paramLabel = "FILE",
      description =
          "Keystore with a key and its certificates, for https; its password is"
              + " LORGNETTE_TLS_PASSWORD in the environment.")
  private Path keystore;

  @Option(
      names = "--allow-image-host",
      paramLabel = "HOST",
      description =
          "Fetch images of https URLs from this host (or host:port) too; may be given several"
              + " times (default: images come in the request alone).")
  private List<String> imageHosts = new ArrayList<>();

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "32",
      description = "Answers written at the same time at most (default: ${DEFAULT-VALUE}).")
  private int parallel;

  @Option(
      names = "--queue",
      paramLabel = "N",
      defaultValue = "128",
      description =
          "Requests that wait at most, half of them of one client (default: ${DEFAULT-VALUE}).")
  private int queue;

  @Option(
      names = "--deadline",
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "Time of a request at most (default: ${DEFAULT-VALUE}).")
  private int deadline;

  @Option(
      names = "--grace",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "Time that requests have to finish when the server is to end (default:"
              + " ${DEFAULT-VALUE}).")
  private int grace;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      defaultValue = "1024",
      description = "Tokens of an answer that a request may ask for (default: ${DEFAULT-VALUE}).")
  private int maxTokens;

  @Option(
      names = "--cache",
      paramLabel = "MIB",
      defaultValue = "256",
      description =
          "Memory for images already seen, and as much for prompts already read, of each model"
              + " (default: ${DEFAULT-VALUE}).")
  private int cache;

  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  @Override
  public Integer call() {
    Console console = root.console();
    ServerConfig config = config(System.getenv());
    Map<String, Path> connectors = connectors();
    Numerics numerics = engine.choose();
    List<AutoCloseable> loaded = new ArrayList<>();
    try {
      List<ServedModel> served = load(connectors, numerics, loaded);
      Optional<ServedSpace> space = space(numerics, loaded);
      serve(console, config, served, space, numerics);
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Failures.INTERRUPTED;
    } finally {
      close(loaded);
    }
  }

  private void serve(
      Console console,
      ServerConfig config,
      List<ServedModel> served,
      Optional<ServedSpace> space,
      Numerics numerics)
      throws InterruptedException {
    ServedModel captioner =
        served.stream()
            .filter(model -> model.id().equals("pocket-captions"))
            .findFirst()
            .orElse(served.get(0));
    CountDownLatch end = new CountDownLatch(1);
    try (Interrupt interrupt =
            new Interrupt(
                () -> {
                  console.say("Finishing what runs; Ctrl-C again ends at once.");
                  end.countDown();
                });
        LorgnetteServer server =
            LorgnetteServer.start(
                served, captioner, space, config, numerics, new Log(console, root.stackTrace()))) {
      String names = String.join(", ", served.stream().map(ServedModel::id).toList());
      if (console.json()) {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        node.put("url", server.uri().toString());
        served.forEach(model -> node.withArray("models").add(model.id()));
        console.result(node.toString());
      } else {
        console.result("Serving " + names + " at " + server.uri());
      }
      end.await();
    }
  }

  /** Writes to standard error. */
  private record Log(Console console, boolean stackTrace) implements RequestLog {

    @Override
    public void ended(Line line) {
      console.say(json(line));
    }

    @Override
    public void failed(String id, Throwable failure) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      node.put("id", id)
          .put("failure", failure.getClass().getSimpleName() + ": " + Engine.firstLine(failure));
      console.say(node.toString());
      if (stackTrace) {
        failure.printStackTrace(console.err());
        console.err().flush();
      }
    }
  }

  /** A line of the log, without content. */
  private static String json(RequestLog.Line line) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("time", line.time().toString())
        .put("id", line.id())
        .put("client", line.client())
        .put("method", line.method())
        .put("route", line.route())
        .put("status", line.status())
        .put("ms", line.millis());
    if (line.model() != null) {
      node.put("model", line.model()).put("images", line.images());
    }
    if (line.promptTokens() > 0) {
      node.put("promptTokens", line.promptTokens())
          .put("cachedTokens", line.cachedTokens())
          .put("completionTokens", line.completionTokens())
          .put("firstTokenMs", line.firstTokenMillis());
    }
    if (line.error() != null) {
      node.put("error", line.error());
    }
    return node.toString();
  }

  private ServerConfig config(Map<String, String> environment) {
    Limits usual = Limits.DEFAULT;
    if (parallel < 1 || queue < 1 || deadline < 1 || grace < 0 || maxTokens < 1 || cache < 0) {
      throw new InputException(
          "--parallel, --queue, --deadline and --max-tokens must be at least 1, --grace and"
              + " --cache at least 0");
    }
    Limits limits =
        new Limits(
            usual.bodyBytes(),
            usual.images(),
            usual.imagePixels(),
            maxTokens,
            Math.min(maxTokens, usual.defaultTokens()),
            usual.answers(),
            parallel,
            queue,
            Math.max(1, queue / 2),
            Duration.ofSeconds(deadline),
            Duration.ofSeconds(grace),
            cache * MIB,
            cache * MIB);
    Optional<ServerConfig.Tls> tls = Optional.empty();
    if (keystore != null) {
      String password = environment.get(PASSWORD);
      if (password == null) {
        throw new InputException(PASSWORD + " is not set in the environment; it opens " + keystore);
      }
      tls = Optional.of(new ServerConfig.Tls(keystore, password));
    }
    return new ServerConfig(
        host, port, Optional.ofNullable(environment.get(KEY)), tls, Set.copyOf(imageHosts), limits);
  }

  /** Files of connectors by the names that requests call them by. */
  private Map<String, Path> connectors() {
    Map<String, Path> all = new LinkedHashMap<>();
    if (models.isEmpty()) {
      if (!pair.embedded()) {
        throw new InputException(
            "--model is missing; models of your own need a connector that was trained between"
                + " them");
      }
      all.put("pocket", Pocket.connector("answers"));
      all.put("pocket-captions", Pocket.connector("captions"));
      return all;
    }
    for (String model : models) {
      int equals = model.indexOf('=');
      Path named = Path.of(model.substring(equals + 1));
      String name = equals >= 0 ? model.substring(0, equals) : name(named);
      if (name.isBlank()) {
        throw new InputException("--model " + model + " has no name; give NAME=CONNECTOR");
      }
      if (all.put(name, ModelOptions.connectorFile("--model", named)) != null) {
        throw new InputException("two models are called " + name + "; give NAME=CONNECTOR");
      }
    }
    return all;
  }

  private static String name(Path connector) {
    Path path = connector.toAbsolutePath().normalize();
    Path folder = Files.isDirectory(path) ? path : path.getParent();
    return String.valueOf(folder.getFileName());
  }

  /** The models of all connectors between one pair, which is loaded once. */
  private List<ServedModel> load(
      Map<String, Path> connectors, Numerics numerics, List<AutoCloseable> loaded) {
    List<ServedModel> served = new ArrayList<>();
    for (Map.Entry<String, Path> one : connectors.entrySet()) {
      VisionLanguageModel model =
          served.isEmpty()
              ? VisionLanguageModel.load(
                  pair.vision(),
                  pair.language(),
                  one.getValue(),
                  numerics,
                  weights.precision(numerics))
              : served.get(0).model().beside(one.getValue());
      loaded.add(model);
      served.add(new ServedModel(one.getKey(), model));
    }
    return served;
  }

  private Optional<ServedSpace> space(Numerics numerics, List<AutoCloseable> loaded) {
    if (joint == null) {
      return Optional.empty();
    }
    Path folder = JointModels.folder(joint, Path.of(""));
    DualEncoder towers = DualEncoder.load(folder, Dtype.F32, numerics.device());
    loaded.add(towers);
    Tokenizer tokenizer = Tokenizer.load(folder);
    loaded.add(tokenizer);
    return Optional.of(new ServedSpace(name(Path.of(joint)), towers, tokenizer));
  }

  /** Those that were loaded last first: they may share what the first one owns. */
  private static void close(List<AutoCloseable> loaded) {
    for (int i = loaded.size() - 1; i >= 0; i--) {
      try {
        loaded.get(i).close();
      } catch (Exception e) {
        throw new IllegalStateException("a model can not be closed", e);
      }
    }
  }
}
