package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.StreamSupport;

/** How the runs were made: what a reader needs to make them again. */
final class Provenance {

  private static final Set<String> SHOWN_ELSEWHERE =
      Set.of("sessions", "data", "parts", "result", "command", "corpus");

  private Provenance() {}

  static void append(Html html, List<ReportedRun> runs) {
    html.open("section", "id", "provenance").leaf("h2", "How it was made");
    for (ReportedRun run : runs) {
      String label = run.label() + ", folder " + run.name();
      if (run.number() == 0) {
        html.open("details", "class", "run", "open", "");
      } else {
        html.open("details", "class", "run");
      }
      html.leaf("summary", label);
      append(html, run);
      html.close();
    }
    html.close().line();
  }

  private static void append(Html html, ReportedRun run) {
    html.open("dl");
    row(html, "command", run.run().path("command").asText());
    result(html, run);
    run.run()
        .properties()
        .forEach(
            field -> {
              if (!SHOWN_ELSEWHERE.contains(field.getKey())) {
                row(html, words(field.getKey()), plain(field.getValue()));
              }
            });
    data(html, run.run());
    int number = 1;
    JsonNode sessions = run.run().path("sessions");
    for (JsonNode session : sessions) {
      session(html, session, sessions.size() > 1 ? "session " + number + ", " : "");
      number++;
    }
    html.close();
    if (Files.exists(run.folder().path().resolve("recipe.yaml"))) {
      html.open("details").leaf("summary", "Recipe, with every default");
      html.leaf("pre", run.folder().readText("recipe.yaml")).close();
    }
  }

  private static void result(Html html, ReportedRun run) {
    run.run()
        .path("result")
        .properties()
        .forEach(
            field -> {
              JsonNode value = field.getValue();
              boolean count = value.isIntegralNumber();
              String text = count ? Numbers.whole(value.asLong()) : plain(value);
              row(html, words(field.getKey()), text);
            });
    double seconds =
        run.steps().stream().mapToDouble(line -> line.path("seconds").asDouble()).sum();
    if (seconds > 0) {
      row(html, "time in steps", Numbers.duration(seconds));
    }
    run.evaluations()
        .forEach(
            record ->
                row(
                    html,
                    "evaluation " + record.name(),
                    Numbers.fill(
                        "%s, %s a second",
                        Numbers.duration(record.scores().path("seconds").asDouble()),
                        Numbers.fixed(record.scores().path("itemsPerSecond").asDouble(), 1))));
  }

  private static void data(Html html, JsonNode run) {
    run.path("data")
        .properties()
        .forEach(
            use -> {
              for (JsonNode set : use.getValue().path("sets")) {
                String counts =
                    Numbers.fill(
                        "%s: %s, %s, %s",
                        set.path("dataset").asText(),
                        Numbers.count(set.path("examples").asLong(), "image"),
                        Numbers.count(set.path("captions").asLong(), "caption"),
                        Numbers.count(set.path("questions").asLong(), "question"));
                row(html, use.getKey() + " data", counts);
                row(html, use.getKey() + " data SHA-256", set.path("sha256").asText());
              }
            });
    JsonNode corpus = run.path("corpus");
    corpus
        .path("tokens")
        .properties()
        .forEach(
            source ->
                row(
                    html,
                    "text " + source.getKey(),
                    Numbers.count(source.getValue().asLong(), "token")));
    row(html, "text SHA-256", corpus.path("identity").asText());
    row(html, "tokenizer SHA-256", corpus.path("tokenizer").asText());
  }

  private static void session(Html html, JsonNode session, String prefix) {
    List<String> arguments = new ArrayList<>();
    session.path("commandLine").forEach(argument -> arguments.add(quoted(argument.asText())));
    row(html, prefix + "command line", "lorgnette " + String.join(" ", arguments));
    row(html, prefix + "time", time(session));
    row(
        html,
        prefix + "program",
        Numbers.fill(
            "Lorgnette %s, commit %s; libtorch %s; Java %s",
            session.path("version").asText("unknown"),
            session.path("commit").asText("unknown"),
            session.path("libtorch").asText("unknown"),
            session.path("java").asText("unknown")));
    row(
        html,
        prefix + "machine",
        Numbers.fill(
            "%s; processor %s, %s threads",
            session.path("system").asText("unknown"),
            session.path("processor").asText("unknown"),
            Numbers.whole(session.path("processors").asLong())));
  }

  private static String time(JsonNode session) {
    String started = session.path("started").asText("unknown");
    String ended = session.path("ended").asText();
    if (ended.isEmpty()) {
      return "from " + started + ", not ended";
    }
    try {
      Duration duration = Duration.between(Instant.parse(started), Instant.parse(ended));
      return Numbers.fill(
          "from %s to %s, %s", started, ended, Numbers.duration(duration.toMillis() / 1e3));
    } catch (DateTimeParseException e) {
      return "from " + started + " to " + ended;
    }
  }

  private static String quoted(String argument) {
    return argument.matches("[\\w@%+=:,./-]+")
        ? argument
        : "'" + argument.replace("'", "'\\''") + "'";
  }

  private static void row(Html html, String name, String value) {
    if (!value.isBlank()) {
      html.leaf("dt", name).leaf("dd", value, "dir", "auto");
    }
  }

  /** {@code bestStep} as {@code best step}, {@code recipeSha256} as {@code recipe SHA-256}. */
  private static String words(String key) {
    boolean hash = key.endsWith("Sha256");
    String name = hash ? key.substring(0, key.length() - "Sha256".length()) : key;
    String words = name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    return hash ? words + " SHA-256" : words;
  }

  private static String plain(JsonNode node) {
    if (node.isObject()) {
      List<String> parts = new ArrayList<>();
      node.properties()
          .forEach(field -> parts.add(words(field.getKey()) + " " + plain(field.getValue())));
      return String.join(", ", parts);
    }
    if (node.isArray()) {
      return String.join(
          ", ", StreamSupport.stream(node.spliterator(), false).map(Provenance::plain).toList());
    }
    if (node.isIntegralNumber()) {
      return node.asText();
    }
    return node.isNumber() ? Numbers.fixed(node.asDouble(), 4) : node.asText();
  }
}
