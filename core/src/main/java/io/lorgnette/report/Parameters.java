package io.lorgnette.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The parameters of a run's parts. */
record Parameters(List<Entry> parts) {

  /** A part of the system. */
  record Entry(String role, String name, boolean trained, long parameters) {}

  static Parameters of(ReportedRun run) {
    List<Entry> parts = new ArrayList<>();
    for (JsonNode part : run.run().path("parts")) {
      parts.add(
          new Entry(
              part.path("role").asText(),
              part.path("name").asText(),
              part.path("trained").asBoolean(),
              part.path("parameters").asLong()));
    }
    long whole = run.run().path("result").path("parameters").asLong();
    if (parts.isEmpty() && whole > 0) {
      parts.add(new Entry("language model", run.name(), true, whole));
    }
    return new Parameters(parts);
  }

  long total() {
    return parts.stream().mapToLong(Entry::parameters).sum();
  }

  long trained() {
    return parts.stream().filter(Entry::trained).mapToLong(Entry::parameters).sum();
  }

  /** Appends a section with the runs' tables, runs of the same parts sharing one. */
  static void append(Html html, List<ReportedRun> runs) {
    html.open("section", "id", "parameters").leaf("h2", "Parameters");
    List<Parameters> shown = new ArrayList<>();
    for (ReportedRun run : runs) {
      Parameters parameters = of(run);
      if (!parameters.parts.isEmpty() && !shown.contains(parameters)) {
        shown.add(parameters);
        List<String> sharing =
            runs.stream().filter(r -> of(r).equals(parameters)).map(ReportedRun::label).toList();
        parameters.append(html, String.join(", ", sharing));
      }
    }
    if (shown.isEmpty()) {
      html.leaf("p", "The run does not say which parts it has.", "class", "note");
    }
    html.close().line();
  }

  private void append(Html html, String caption) {
    html.open("table", "class", "parameters").leaf("caption", caption);
    html.open("thead").open("tr").leaf("th", "part", "scope", "col").leaf("th", "", "scope", "col");
    html.leaf("th", "parameters", "scope", "col", "class", "number");
    html.leaf("th", "share", "scope", "col", "class", "number").close().close();
    html.open("tbody");
    for (Entry part : parts) {
      html.open("tr").open("th", "scope", "row").text(part.role());
      html.leaf("small", part.name(), "dir", "auto").close();
      state(html, part.trained());
      numbers(html, part.parameters());
      html.close();
    }
    html.close().open("tfoot").open("tr").leaf("th", "trained", "scope", "row").leaf("td", "");
    numbers(html, trained());
    html.close().open("tr").leaf("th", "all", "scope", "row").leaf("td", "");
    numbers(html, total());
    html.close().close().close();
  }

  private static void state(Html html, boolean trained) {
    html.open("td");
    html.leaf("span", trained ? "trained" : "frozen", "class", trained ? "tag on" : "tag");
    html.close();
  }

  private void numbers(Html html, long parameters) {
    html.leaf("td", Numbers.whole(parameters), "class", "number");
    html.leaf("td", Numbers.share(parameters, total()), "class", "number");
  }
}
