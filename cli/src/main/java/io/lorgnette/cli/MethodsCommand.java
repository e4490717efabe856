package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.method.Description;
import io.lorgnette.method.EncoderSpec;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.method.MethodConfig;
import io.lorgnette.method.MethodKind;
import io.lorgnette.method.Pair;
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
    LanguageSpec language = BackboneNames.languageModel(lm);
    List<Description> methods = new ArrayList<>();
    for (MethodKind kind : MethodKind.values()) {
      MethodConfig method = kind.published();
      EncoderSpec encoder = BackboneNames.encoder(vision, method.output());
      methods.add(method.describe(new Pair(encoder, language)));
    }
    Console console = root.console();
    if (console.json()) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      methods.forEach(method -> list.add(MethodParts.json(method)));
      console.result(list);
    } else {
      for (Description method : methods) {
        MethodKind kind = method.method();
        console.result(kind.title() + " (" + kind.id() + "): " + kind.approach());
        MethodParts.print(console, method);
      }
    }
  }
}
