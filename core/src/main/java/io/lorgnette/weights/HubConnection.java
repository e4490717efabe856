package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/**
 * Requests to the hub: redirects, patience with a busy or failing server, and who gets the token.
 */
final class HubConnection {

  /** How long to wait; tests do not. */
  @FunctionalInterface
  interface Pause {
    void take(Duration duration) throws InterruptedException;
  }

  /** What the first request asks for. */
  static final String LISTING = "its list of files";

  static final int TRIES = 5;
  private static final int MOST_REDIRECTS = 5;
  private static final Duration CONNECT = Duration.ofSeconds(15);
  private static final Duration ANSWER = Duration.ofMinutes(1);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(2);

  private final HubSettings settings;
  private final Pause pause;
  private final HttpClient client =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  HubConnection(HubSettings settings, Pause pause) {
    this.settings = settings;
    this.pause = pause;
  }

  /** What is asked for: by HEAD or GET, from some byte on. */
  record Question(String method, URI address, long from) {}

  /**
   * Asks until there is an answer that is neither a redirect to follow nor a server's passing
   * weakness.
   *
   * @param what the thing, for messages
   * @param everywhere whether redirects to other hosts are followed; otherwise they are the answer
   */
  HttpResponse<InputStream> ask(Question question, HubName name, String what, boolean everywhere) {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<InputStream> answer = follow(question, name, everywhere);
        int status = answer.statusCode();
        if (status != 429 && status < 500) {
          return refusing(answer, name, what);
        }
        answer.body().close();
        if (attempt == TRIES) {
          throw new IOException("the hub answers with status " + status);
        }
        rest(wait(answer, attempt));
      } catch (InterruptedIOException | TooBusy e) {
        throw lost(name, what, e);
      } catch (IOException e) {
        if (attempt == TRIES) {
          throw lost(name, what, e);
        }
        rest(Duration.ofSeconds(1L << (attempt - 1)));
      }
    }
  }

  private HttpResponse<InputStream> follow(Question question, HubName name, boolean everywhere)
      throws IOException {
    URI address = question.address();
    for (int hop = 0; ; hop++) {
      HttpResponse<InputStream> answer = once(question, address);
      Optional<URI> next = redirect(answer, address);
      boolean tells = answer.headers().firstValue("X-Linked-Etag").isPresent();
      if (next.isEmpty() || (!everywhere && (tells || !settings.isHub(next.get())))) {
        return answer;
      }
      answer.body().close();
      if (hop == MOST_REDIRECTS) {
        throw new IOException("it redirects without end");
      }
      boolean web = "https".equals(next.get().getScheme()) || "http".equals(next.get().getScheme());
      boolean weaker =
          "https".equals(address.getScheme()) && !"https".equals(next.get().getScheme());
      if (!web || weaker || next.get().getHost() == null) {
        throw new InputException(
            name + ": the hub redirects to " + next.get() + ", which is not followed");
      }
      address = next.get();
    }
  }

  private static Optional<URI> redirect(HttpResponse<?> answer, URI from) throws IOException {
    int status = answer.statusCode();
    boolean redirects =
        status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
    if (!redirects) {
      return Optional.empty();
    }
    String location =
        answer
            .headers()
            .firstValue("Location")
            .orElseThrow(() -> new IOException("a redirect leads nowhere"));
    try {
      return Optional.of(from.resolve(location));
    } catch (IllegalArgumentException e) {
      throw new IOException("a redirect leads to no address", e);
    }
  }

  private HttpResponse<InputStream> once(Question question, URI address) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(address)
            .timeout(ANSWER)
            .header("User-Agent", "lorgnette")
            .header("Accept-Encoding", "identity")
            .method(question.method(), HttpRequest.BodyPublishers.noBody());
    if (question.from() > 0) {
      request.header("Range", "bytes=" + question.from() + "-");
    }
    if (settings.isHub(address)) {
      settings.token().ifPresent(t -> request.header("Authorization", "Bearer " + t));
    }
    try {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("it was interrupted").initCause(e);
    }
  }

  /** How long the server asks to wait, or longer each time. */
  private static Duration wait(HttpResponse<?> answer, int attempt) throws IOException {
    String asked = answer.headers().firstValue("Retry-After").orElse("");
    if (!asked.matches("\\d{1,9}")) {
      return Duration.ofSeconds(1L << (attempt - 1));
    }
    Duration wait = Duration.ofSeconds(Long.parseLong(asked));
    if (wait.compareTo(LONGEST_PAUSE) > 0) {
      throw new TooBusy(asked);
    }
    return wait;
  }

  /** The server wants more patience than a program should have. */
  private static final class TooBusy extends IOException {
    private static final long serialVersionUID = 1;

    TooBusy(String seconds) {
      super("the hub is busy and asks to come back in " + seconds + " seconds");
    }
  }

  void rest(Duration duration) {
    try {
      pause.take(duration);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UncheckedIOException("it was interrupted", new InterruptedIOException());
    }
  }

  private HttpResponse<InputStream> refusing(
      HttpResponse<InputStream> answer, HubName name, String what) throws IOException {
    int status = answer.statusCode();
    if (status < 400 || status == 416) {
      return answer;
    }
    answer.body().close();
    String code = answer.headers().firstValue("X-Error-Code").orElse("");
    String proof =
        settings.token().isPresent()
            ? "check the name, and that your token may read it"
            : "check the name, and set HF_TOKEN if it is private or gated";
    if (code.equals("GatedRepo") || status == 403) {
      throw new InputException(
          name
              + ": access is restricted; accept its terms on its page on the hub, and set HF_TOKEN"
              + " to a token of that account");
    }
    if (code.equals("RevisionNotFound")) {
      throw new InputException(
          name.repository() + ": has no revision " + name.revision() + "; check --revision");
    }
    if (status == 401) {
      throw new InputException(name + ": the hub does not show it to you (status 401); " + proof);
    }
    if (status == 404) {
      String thing = what.equals(LISTING) ? "such repository" : what;
      throw new InputException(name + ": the hub has no " + thing + " (status 404); " + proof);
    }
    throw new InputException(
        name + ": the hub refuses to give " + what + " (status " + status + "); " + proof);
  }

  static UncheckedIOException lost(HubName name, String what, IOException cause) {
    String why = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
    return new UncheckedIOException(
        name
            + ": "
            + what
            + " can not be fetched ("
            + why
            + "); check the network, then pull again: what has arrived is kept",
        cause);
  }
}
