package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.Benchmark;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette data list}: the data sets that are known by name. */
@Command(
    name = "list",
    description = {
      "Lists the data sets that recipes and --on know by name, with what each split holds.",
      "Where they come from and where they go is told in docs/data. A star marks numbers that were"
          + " counted on the makers' files; the others are from publications."
    },
    footer = {"  lorgnette data list", "  lorgnette data list --json"})
final class DataListCommand implements Runnable {

  @ParentCommand private DataCommand parent;

  @Override
  public void run() {
    Console console = parent.console();
    if (console.json()) {
      ArrayNode all = JsonNodeFactory.instance.arrayNode();
      Benchmark.all().forEach(benchmark -> all.add(json(benchmark)));
      console.result(all);
      return;
    }
    TextTable table = new TextTable();
    table.row("name", "split", "images", "captions", "questions", "title");
    for (Benchmark benchmark : Benchmark.all()) {
      boolean first = true;
      for (Benchmark.Part part : benchmark.parts()) {
        table.row(
            first ? benchmark.name() : "",
            part.split().devName() + (part.counted() ? " *" : ""),
            number(part.images()),
            number(part.captions()),
            number(part.questions()),
            first ? benchmark.title() : "");
        first = false;
      }
    }
    table.lines("").forEach(console::result);
  }

  private static String number(int count) {
    return count == 0 ? "" : Numbers.whole(count);
  }

  private static ObjectNode json(Benchmark benchmark) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", benchmark.name()).put("title", benchmark.title());
    node.put("paper", benchmark.paper()).put("licence", benchmark.licence());
    ArrayNode splits = node.putArray("splits");
    benchmark.parts().forEach(part -> put(splits.addObject(), part));
    return node;
  }

  /** What a split must hold; numbers that are not known are absent. */
  static void put(ObjectNode node, Benchmark.Part part) {
    node.put("split", part.split().devName());
    if (part.images() > 0) {
      node.put("images", part.images());
    }
    if (part.captions() > 0) {
      node.put("captions", part.captions());
    }
    if (part.questions() > 0) {
      node.put("questions", part.questions());
    }
    node.put("counted", part.counted());
  }
}
