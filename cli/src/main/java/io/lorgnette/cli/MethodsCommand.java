package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.error.InputException;
import io.lorgnette.method.Description;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Pair;
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
    LanguageSpec language = BackboneNames.languageModel(lm);
    Console console = root.console();
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (MethodKind kind : MethodKind.values()) {
      MethodConfig method = kind.published();
      EncoderSpec encoder = BackboneNames.encoder(vision, method.output());
      try {
        show(console, list, method.describe(new Pair(encoder, language)));
      } catch (InputException | IllegalArgumentException e) {
        unfit(console, list, kind, e.getMessage());
      }
    }
    WordSystems.show(console, list, language);
    if (console.json()) {
      console.result(list);
    }
  }

  private static void show(Console console, ArrayNode list, Description description) {
    if (console.json()) {
      list.add(MethodParts.json(description));
    } else {
      heading(console, description.method());
      MethodParts.print(console, description);
    }
  }

  /** A method whose published sizes do not fit these models: a short one, say. */
  private static void unfit(Console console, ArrayNode list, MethodKind kind, String why) {
    if (console.json()) {
      list.addObject()
          .put("method", kind.id())
          .put("title", kind.title())
          .put("approach", kind.approach())
          .put("unfit", why);
    } else {
      heading(console, kind);
      console.result("  does not fit with its published sizes: " + why);
    }
  }

  private static void heading(Console console, MethodKind kind) {
    console.result(kind.title() + " (" + kind.id() + "): " + kind.approach());
  }
}
