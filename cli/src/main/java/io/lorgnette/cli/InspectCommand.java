package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.GgufModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette inspect}: what a file or folder holds. */
@Command(
    name = "inspect",
    description = {
      "Tells what is in a checkpoint, a model's folder, a run, a recipe or a tokenizer.",
      "Reads headers and configurations only, so large models take no time."
    },
    footer = {
      "  lorgnette inspect runs/mapl/connector.safetensors",
      "  lorgnette inspect models/gpt2 --tensors",
      "  lorgnette inspect recipes/mapl-postcards.yaml"
    })
final class InspectCommand implements Runnable {

  private static final String TOKENIZER = "tokenizer.json";
  private static final List<String> WEIGHTS =
      List.of(".safetensors", ".bin", ".pt", ".pth", ".ckpt", ".gguf");
  private static final List<String> MODELS =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  @ParentCommand private Lorgnette root;

  @Parameters(paramLabel = "PATH", description = "A file or folder.")
  private Path path;

  @Option(names = "--tensors", description = "List every tensor of a checkpoint.")
  private boolean tensors;

  @Override
  public void run() {
    Inspection inspection = inspection();
    Console console = root.console();
    if (console.json()) {
      console.result(inspection.json());
    } else {
      inspection.lines().forEach(console::result);
    }
  }

  private Inspection inspection() {
    if (!Files.exists(path)) {
      throw new InputException(path + " does not exist; give a file or folder");
    }
    if (Files.isDirectory(path)) {
      return ofFolder();
    }
    String name = path.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".index.json") || WEIGHTS.stream().anyMatch(name::endsWith)) {
      return new CheckpointInspection(path, tensors);
    }
    if (name.endsWith(".yaml") || name.endsWith(".yml")) {
      return new RecipeInspection(path);
    }
    if (name.equals("run.json")) {
      return new RunInspection(path.toAbsolutePath().getParent());
    }
    if (name.endsWith(".json")) {
      return new TokenizerInspection(path);
    }
    throw new InputException(
        path
            + " is of no kind that can be inspected; give a file of weights (such as .safetensors), a recipe (.yaml), a"
            + " tokenizer.json, or the folder of a model or a run");
  }

  private Inspection ofFolder() {
    if (Files.exists(path.resolve("run.json"))) {
      return new RunInspection(path);
    }
    if (MODELS.stream().anyMatch(name -> Files.exists(path.resolve(name)))
        || GgufModel.find(path).isPresent()) {
      return new CheckpointInspection(path, tensors);
    }
    if (Files.exists(path.resolve(TOKENIZER))) {
      return new TokenizerInspection(path.resolve(TOKENIZER));
    }
    throw new InputException(
        path
            + " holds neither a run (run.json) nor a model (such as model.safetensors) nor a tokenizer"
            + " (tokenizer.json); give another folder or a file");
  }
}
