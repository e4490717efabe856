package io.lorgnette.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.image.ImageProcessor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What is at which path. Safe for use by several threads. */
final class Routes {

  static final String JSON_TYPE = "application/json";
  private static final int GONE = 499; // as nginx writes it in its log; nobody reads it
  private static final long POLL_MILLIS = 100;
  private static final String MODEL = "/v1/models/";

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:;"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  /** The page's own. */
  static final List<String> SCRIPTS =
      List.of("page.js", "page-card.js", "page-inside.js", "page-examples.js", "page-server.js");

  /** What is done with a request, and what may be written of it. */
  @FunctionalInterface
  private interface Route {
    void answer(Exchange exchange, Notes notes);
  }

  /** What is written of a request in the log and the measurements. */
  private static final class Notes {
    String operation = "other";
    String model;
    int images;
    Completion completion;
  }

  private final List<ServedModel> models;
  private final ServedModel captioner;
  private final Optional<ServedSpace> space;
  private final Engine engine;
  private final Pictures pictures;
  private final Metrics metrics;
  private final Access access;
  private final Limits limits;
  private final RequestLog log;
  private final long created = Instant.now().getEpochSecond();
  private final Map<String, Map<String, Route>> routes = new LinkedHashMap<>();
  private final Set<String> open = new TreeSet<>(); // paths that need no key
  private final ObjectMapper json;

  Routes(
      List<ServedModel> models,
      ServedModel captioner,
      Optional<ServedSpace> space,
      Engine engine,
      Pictures pictures,
      Metrics metrics,
      ServerConfig config,
      RequestLog log) {
    this.models = models;
    this.captioner = captioner;
    this.space = space;
    this.engine = engine;
    this.pictures = pictures;
    this.metrics = metrics;
    this.access = new Access(config);
    this.limits = config.limits();
    this.log = log;
    int longest = (int) Math.min(limits.bodyBytes(), Integer.MAX_VALUE);
    this.json =
        JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();
    json.getFactory()
        .setStreamReadConstraints(
            StreamReadConstraints.builder().maxStringLength(longest).maxNestingDepth(64).build());
    add("POST", "/v1/chat/completions", this::chat);
    add("POST", "/v1/captions", this::captions);
    add("POST", "/v1/explanations", this::explanations);
    add("POST", "/v1/embeddings", this::embeddings);
    add("GET", "/v1/models", this::models);
    add("GET", "/metrics", this::metrics);
    page("/health", this::health);
    page("/ready", this::ready);
    resource("/openapi.json", "openapi.json", JSON_TYPE);
    resource("/", "page.html", "text/html; charset=utf-8");
    resource("/page.css", "page.css", "text/css; charset=utf-8");
    for (String script : SCRIPTS) {
      resource("/" + script, script, "text/javascript; charset=utf-8");
    }
  }

  private void add(String method, String path, Route route) {
    routes.computeIfAbsent(path, key -> new LinkedHashMap<>()).put(method, route);
  }

  private void page(String path, Route route) {
    add("GET", path, route);
    open.add(path);
  }

  private void resource(String path, String file, String type) {
    byte[] bytes;
    try (InputStream in = Routes.class.getResourceAsStream(file)) {
      bytes = in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("this build is broken: " + file, e);
    }
    page(
        path,
        (exchange, notes) -> {
          exchange.header("Content-Security-Policy", POLICY);
          exchange.header("Referrer-Policy", "no-referrer");
          exchange.answer(200, type, bytes);
        });
  }

  /** The paths, each with its methods. */
  Map<String, Set<String>> paths() {
    Map<String, Set<String>> paths = new LinkedHashMap<>();
    routes.forEach((path, methods) -> paths.put(path, Set.copyOf(methods.keySet())));
    paths.put(MODEL + "{model}", Set.of("GET"));
    return paths;
  }

  /** Answers a request, whatever becomes of it. */
  void answer(Exchange exchange) {
    Notes notes = new Notes();
    String error = null;
    int status;
    try {
      access.checkOrigin(exchange);
      if (!open.contains(exchange.path())) {
        access.checkKey(exchange);
      }
      route(exchange).answer(exchange, notes);
      status = exchange.status();
    } catch (Exchange.GoneException e) {
      status = GONE;
      error = "client_gone";
      metrics.gone();
    } catch (ApiException e) {
      status = e.status();
      error = e.code() == null ? e.type() : e.code();
      if (e.getCause() != null) {
        log.failed(exchange.id(), e.getCause());
      }
      fail(exchange, e);
    } catch (RuntimeException | OutOfMemoryError e) {
      status = 500;
      error = e.getClass().getSimpleName();
      log.failed(exchange.id(), e);
      fail(exchange, ApiException.failed(e));
    }
    write(exchange, notes, status, error);
  }

  private void fail(Exchange exchange, ApiException e) {
    try {
      if (exchange.committed()) {
        exchange.event(ErrorJson.of(e).toString());
        exchange.end();
        return;
      }
      if (e.status() == 401) {
        exchange.header("WWW-Authenticate", "Bearer");
      } else if (e.status() == 429 || e.status() == 503) {
        exchange.header("Retry-After", "1");
      }
      exchange.answer(e.status(), JSON_TYPE, ErrorJson.bytes(e));
    } catch (Exchange.GoneException gone) {
      metrics.gone();
    }
  }

  private void write(Exchange exchange, Notes notes, int status, String error) {
    Completion completion = notes.completion;
    Event.Begun prompt = completion == null ? null : completion.prompt();
    String model = notes.model == null ? "none" : notes.model;
    if (!notes.operation.equals("other")) {
      metrics.request(notes.operation, model, status, exchange.nanos());
    }
    if (prompt != null && completion.firstToken() >= 0) {
      metrics.firstToken(model, completion.firstToken());
      metrics.tokens(model, prompt.promptTokens(), completion.tokens());
      if (completion.perToken() >= 0) {
        metrics.perToken(model, completion.perToken());
      }
    }
    log.ended(
        new RequestLog.Line(
            Instant.now(),
            exchange.id(),
            exchange.method(),
            routeName(exchange.path()),
            exchange.client(),
            status,
            exchange.nanos() / 1_000_000,
            completion == null || completion.firstToken() < 0
                ? -1
                : completion.firstToken() / 1_000_000,
            notes.model,
            notes.images,
            prompt == null ? 0 : prompt.promptTokens(),
            prompt == null ? 0 : prompt.known(),
            completion == null ? 0 : completion.tokens(),
            error));
  }

  private String routeName(String path) {
    if (routes.containsKey(path)) {
      return path;
    }
    return path.startsWith(MODEL) ? MODEL + "{model}" : "other";
  }

  private Route route(Exchange exchange) {
    String path = exchange.path();
    if (path.startsWith(MODEL) && exchange.method().equals("GET")) {
      return (some, notes) -> model(some, path.substring(MODEL.length()));
    }
    Map<String, Route> methods = routes.get(path);
    if (methods == null) {
      throw ApiException.notFound(
          null, null, "there is nothing at this path; GET /openapi.json says what there is");
    }
    String method = exchange.method().equals("HEAD") ? "GET" : exchange.method();
    Route route = methods.get(method);
    if (route == null) {
      exchange.header("Allow", String.join(", ", methods.keySet()));
      throw ApiException.methodNotAllowed("this path wants " + String.join(", ", methods.keySet()));
    }
    return route;
  }

  private JsonNode body(Exchange exchange) {
    String type = exchange.header("Content-Type");
    // A page of another site can send anything but this without asking the browser first.
    if (type == null || !type.toLowerCase(Locale.ROOT).startsWith(JSON_TYPE)) {
      throw ApiException.mediaType("send Content-Type: application/json");
    }
    try {
      JsonNode node = json.readTree(exchange.body(limits.bodyBytes()));
      if (node == null || node.isMissingNode()) {
        throw ApiException.wrong(null, "the request is empty; send a JSON object");
      }
      return node;
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      throw ApiException.wrong(null, "the request is not valid JSON (line " + line + ")");
    } catch (IOException e) {
      throw new Exchange.GoneException();
    }
  }

  private static void json(Exchange exchange, int status, JsonNode node) {
    exchange.answer(status, JSON_TYPE, node.toString().getBytes(StandardCharsets.UTF_8));
  }

  private ServedModel named(String name, ServedModel absent) {
    if (name == null) {
      return absent;
    }
    return models.stream()
        .filter(model -> model.id().equals(name))
        .findFirst()
        .orElseThrow(() -> noModel(name));
  }

  private ApiException noModel(String name) {
    String known = models.stream().map(ServedModel::id).collect(Collectors.joining(", "));
    return ApiException.notFound(
        "model", "model_not_found", "there is no model " + name + " here; there are " + known);
  }

  private void chat(Exchange exchange, Notes notes) {
    notes.operation = "chat";
    ChatJson.Asked asked =
        ChatJson.read(body(exchange), limits, pictures, name -> named(name, models.get(0)));
    Question.Chat chat = asked.chat();
    notes.model = chat.model().id();
    notes.images = chat.pictures().size();
    prepare(chat);
    Completion completion = new Completion(asked, exchange.id(), Instant.now().getEpochSecond());
    notes.completion = completion;
    ask(
        exchange,
        chat,
        events -> {
          if (asked.stream()) {
            completion.stream(events, exchange);
          } else {
            json(exchange, 200, completion.whole(events, exchange));
          }
        });
  }

  private void captions(Exchange exchange, Notes notes) {
    notes.operation = "captions";
    Question.Captions asked =
        CaptionsJson.read(body(exchange), limits, pictures, name -> named(name, captioner));
    notes.model = asked.model().id();
    notes.images = asked.pictures().size();
    prepare(asked);
    ask(
        exchange,
        asked,
        events -> {
          Event.Captioned captioned = (Event.Captioned) events.get();
          int imageTokens = asked.model().model().method().imageLength();
          json(
              exchange,
              200,
              CaptionsJson.write(asked.model().id(), imageTokens, captioned.captions()));
        });
  }

  private void explanations(Exchange exchange, Notes notes) {
    notes.operation = "explanations";
    Question.Explain asked =
        ExplanationsJson.read(
            body(exchange),
            limits,
            pictures,
            (name, question) -> named(name, question ? models.get(0) : captioner));
    notes.model = asked.model().id();
    notes.images = 1;
    long decoding = pictures.decode(asked.picture());
    ask(
        exchange,
        asked,
        events -> {
          Event.Explained explained = (Event.Explained) events.get();
          json(
              exchange,
              200,
              ExplanationsJson.write(asked.model().id(), explained.explanation(), decoding));
        });
  }

  private void embeddings(Exchange exchange, Notes notes) {
    notes.operation = "embeddings";
    ServedSpace served =
        space.orElseThrow(
            () ->
                ApiException.notFound(
                    "model",
                    "model_not_found",
                    "this server has no joint space for embeddings; start it with --joint"));
    notes.model = served.id();
    EmbeddingsJson.Asked asked = EmbeddingsJson.read(body(exchange), served, limits, pictures);
    ImageProcessor processor = served.towers().images().processor();
    for (Question.Item item : asked.embed().items()) {
      if (item.picture() != null) {
        notes.images++;
        pictures.prepare(item.picture(), processor);
      }
    }
    ask(
        exchange,
        asked.embed(),
        events ->
            json(
                exchange,
                200,
                EmbeddingsJson.write(served.id(), (Event.Embedded) events.get(), asked.base64())));
  }

  /** Makes the pixels of images that the model has not seen, on the request's thread. */
  private void prepare(Question.Seeing asked) {
    for (Picture picture : asked.pictures()) {
      if (!engine.knows(asked.model(), picture.key())) {
        pictures.prepare(picture, asked.model().model().processor());
      }
    }
  }

  /** What is done with the engine's events. */
  @FunctionalInterface
  private interface Hearing {
    void hear(Supplier<Event> events);
  }

  private void ask(Exchange exchange, Question question, Hearing hearing) {
    Job job = new Job(question, exchange.client(), limits.deadline().toNanos());
    engine.submit(job);
    try {
      hearing.hear(() -> next(job, exchange));
    } finally {
      job.cancel();
    }
  }

  /** The engine's next event; leaves if the client does. */
  private static Event next(Job job, Exchange exchange) {
    try {
      Event event = null;
      while (event == null) {
        // Also while tokens come: nothing of an answer that is collected is written before its end.
        if (exchange.gone()) {
          throw new Exchange.GoneException();
        }
        event = job.await(POLL_MILLIS);
      }
      if (event instanceof Event.Failed failed) {
        throw failed.reason();
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ApiException.stopping();
    }
  }

  private void models(Exchange exchange, Notes notes) {
    json(exchange, 200, ModelsJson.list(models, captioner, space, created));
  }

  private void model(Exchange exchange, String name) {
    ObjectNode node =
        space
            .filter(served -> served.id().equals(name))
            .map(served -> ModelsJson.one(served, created))
            .orElseGet(() -> ModelsJson.one(named(name, null), captioner, created));
    json(exchange, 200, node);
  }

  private void metrics(Exchange exchange, Notes notes) {
    exchange.answer(200, Metrics.CONTENT_TYPE, metrics.text().getBytes(StandardCharsets.UTF_8));
  }

  private void health(Exchange exchange, Notes notes) {
    status(exchange, engine.alive(), "ok", "the engine has ended; start the server again");
  }

  private void ready(Exchange exchange, Notes notes) {
    status(exchange, engine.accepting(), "ready", "the server is shutting down");
  }

  private static void status(Exchange exchange, boolean good, String yes, String no) {
    ObjectNode node = JsonNodeFactory.instance.objectNode().put("status", good ? yes : no);
    json(exchange, good ? 200 : 503, node);
  }
}
