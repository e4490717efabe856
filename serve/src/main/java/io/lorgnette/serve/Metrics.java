package io.lorgnette.serve;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * Measurements of a server, under the names of OpenTelemetry for generative AI where it has one.
 * Tags are few and never come from the content of a request.
 */
final class Metrics {

  /** The format of {@link #text}. */
  static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofSeconds(60),
    Duration.ofSeconds(120)
  };

  /** A stretch of the way from image to words. */
  enum Stage {
    /** Bytes of a file to pixels. */
    DECODE,
    /** Pixels to what the language model is given. */
    SEE,
    /** Prompts are run, which gives the first tokens. */
    PREFILL,
    /** A token for every answer. */
    STEP,
    /** A step of an explanation. */
    EXPLAIN
  }

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** A number that is asked for when somebody looks. */
  void gauge(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).register(registry);
  }

  /** As {@link #gauge}, in bytes. */
  void bytes(String name, String description, Supplier<Number> value) {
    Gauge.builder(name, value).description(description).baseUnit("bytes").register(registry);
  }

  private Timer timer(String name, String description, String... tags) {
    return Timer.builder(name)
        .description(description)
        .tags(tags)
        .serviceLevelObjectives(BUCKETS)
        .register(registry);
  }

  /** A request that was answered, or was not. */
  void request(String operation, String model, int status, long nanos) {
    timer(
            "gen_ai.server.request.duration",
            "Time from a request's arrival to the end of its answer",
            "gen_ai.operation.name",
            operation,
            "gen_ai.request.model",
            model,
            "http.response.status_code",
            Integer.toString(status))
        .record(Duration.ofNanos(nanos));
  }

  /** An answer has begun. */
  void firstToken(String model, long nanos) {
    timer(
            "gen_ai.server.time_to_first_token",
            "Time from a request's arrival to its first token",
            "gen_ai.request.model",
            model)
        .record(Duration.ofNanos(nanos));
  }

  /** An answer has ended: the mean time of its tokens behind the first. */
  void perToken(String model, long nanos) {
    timer(
            "gen_ai.server.time_per_output_token",
            "Time of each token behind the first",
            "gen_ai.request.model",
            model)
        .record(Duration.ofNanos(nanos));
  }

  /** Tokens of a request. */
  void tokens(String model, int input, int output) {
    usage(model, "input").record(input);
    usage(model, "output").record(output);
  }

  private DistributionSummary usage(String model, String type) {
    return DistributionSummary.builder("gen_ai.client.token.usage")
        .description("Tokens of requests and of their answers")
        .tags("gen_ai.request.model", model, "gen_ai.token.type", type)
        .register(registry);
  }

  void stage(Stage stage, long nanos) {
    timer(
            "lorgnette.stage.duration",
            "Time of a stage; the work of several requests may be in one",
            "stage",
            switch (stage) {
              case DECODE -> "decode";
              case SEE -> "see";
              case PREFILL -> "prefill";
              case STEP -> "step";
              case EXPLAIN -> "explain";
            })
        .record(Duration.ofNanos(nanos));
  }

  /** Images that were looked up among those already seen. */
  void images(boolean hit, int count) {
    registry.counter("lorgnette.image.cache", "result", hit ? "hit" : "miss").increment(count);
  }

  /** Tokens of prompts, of which some had been run for another request. */
  void prompt(int known, int run) {
    registry.counter("lorgnette.prefix.cache.tokens", "result", "hit").increment(known);
    registry.counter("lorgnette.prefix.cache.tokens", "result", "miss").increment(run);
  }

  /** A client went away before it had its answer. */
  void gone() {
    registry.counter("lorgnette.requests.cancelled").increment();
  }

  /** All of it, as Prometheus reads it. */
  String text() {
    return registry.scrape();
  }
}
