package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.mapper.MaplConfig;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Pair;
import io.lorgnette.method.Part;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette methods}: what each method trains and what it leaves frozen. */
@Command(
    name = "methods",
    description =
        "Lists the methods with their trained and frozen parameters, computed from sizes without"
            + " weights.",
    footer = {
      "  lorgnette methods",
      "  lorgnette methods --vision openai/clip-vit-base-patch32 --lm gpt2",
      "  lorgnette methods --vision models/clip --lm models/llama --json"
    })
final class MethodsCommand implements Runnable {

  @ParentCommand private Lorgnette root;

  @Option(
      names = "--vision",
      paramLabel = "NAME",
      defaultValue = "openai/clip-vit-large-patch14",
      description =
          "Vision encoder: a published or pulled name, the folder of a model, or pocket (default:"
              + " ${DEFAULT-VALUE}).")
  private String vision;

  @Option(
      names = {"--language", "--lm"},
      paramLabel = "NAME",
      defaultValue = "EleutherAI/gpt-j-6b",
      description =
          "Language model: a published or pulled name, the folder or GGUF file of a model, or pocket"
              + " (default: ${DEFAULT-VALUE}).")
  private String lm;

  @Override
  public void run() {
    Pair pair = new Pair(BackboneNames.encoder(vision), BackboneNames.languageModel(lm));
    MaplConfig mapper = MaplConfig.between(pair.encoder().width(), pair.language().width());
    List<MethodKind.Description> methods = new ArrayList<>();
    for (MethodKind kind : MethodKind.values()) {
      methods.add(kind.describe(pair, mapper));
    }
    Console console = root.console();
    if (console.json()) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      methods.forEach(method -> list.add(json(method)));
      console.result(list);
    } else {
      methods.forEach(method -> print(console, method));
    }
  }

  private static ObjectNode json(MethodKind.Description description) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("method", description.method().id());
    node.put("title", description.method().title());
    node.put("approach", description.method().approach());
    ArrayNode trained = node.putArray("trained");
    ArrayNode parts = node.putArray("parts");
    for (Part part : description.parts()) {
      if (part.trained()) {
        trained.add(part.role().toString());
      }
      parts
          .addObject()
          .put("role", part.role().toString())
          .put("name", part.name())
          .put("trained", part.trained())
          .put("parameters", part.parameters());
    }
    node.put("trainedParameters", description.trainedParameters());
    node.put("frozenParameters", description.frozenParameters());
    return node;
  }

  private static void print(Console console, MethodKind.Description description) {
    MethodKind method = description.method();
    console.result(method.title() + " (" + method.id() + "): " + method.approach());
    TextTable table = new TextTable();
    for (Part part : description.parts()) {
      table.row(
          part.role().toString(),
          part.name(),
          part.trained() ? "trained" : "frozen",
          Numbers.whole(part.parameters()));
    }
    table.lines("  ").forEach(console::result);
    long trained = description.trainedParameters();
    long all = trained + description.frozenParameters();
    console.result(
        "  trained "
            + Numbers.whole(trained)
            + " of "
            + Numbers.whole(all)
            + " parameters ("
            + Numbers.percent((double) trained / all)
            + ")");
  }
}
