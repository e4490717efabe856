package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.pocket.EmbeddedConnector;
import io.lorgnette.recipe.Recipe;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.RunFolder;
import io.lorgnette.train.RunRecord;
import io.lorgnette.weights.Checkpoint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Run folders of the connectors that ship: what they were asked, without a training. */
final class EmbeddedRuns {

  private static final String CONNECTOR = "connector";
  private static final String SHA256 = "sha256";

  private EmbeddedRuns() {}

  /**
   * The folder for what an embedded connector is asked, new or of earlier questions to the same
   * weights.
   *
   * @param arguments of the command line
   * @throws InputException if it is the folder of other weights
   */
  static RunFolder folder(
      EmbeddedConnector connector, Path out, List<String> arguments, Numerics numerics) {
    requireSame(connector, out);
    if (Files.exists(out.resolve("run.json"))) {
      RunFolder folder = RunFolder.open(out);
      RunRecord.open(folder).resume(arguments, numerics).end();
      return folder;
    }
    RunFolder folder = RunFolder.create(out);
    Recipe<ConnectorRecipe> recipe = recipe(connector);
    RunRecord record =
        RunRecord.start(
            folder,
            "evaluate",
            arguments,
            recipe,
            Map.of("train", recipe.value().train().seed()),
            numerics);
    record.end();
    ConnectorOrigin origin = ConnectorCheckpoint.origin(connector.path());
    ObjectNode run = record.node();
    run.putObject(CONNECTOR)
        .put("name", connector.title())
        .put(SHA256, hash(connector))
        .put("recipeSha256", origin.recipe())
        .put("step", origin.step())
        .put("toolVersion", origin.toolVersion());
    folder.writeJson("run.json", run);
    ConnectorRuns.recordModels(folder, recipe.value().backbones(), Path.of(""));
    return folder;
  }

  /**
   * Checks that a folder, if it holds a run, holds one of the weights that are embedded now.
   *
   * @throws InputException if it does not
   */
  static void requireSame(EmbeddedConnector connector, Path out) {
    if (Files.exists(out.resolve("run.json"))
        && !RunFolder.open(out)
            .readJson("run.json")
            .path(CONNECTOR)
            .path(SHA256)
            .asText()
            .equals(hash(connector))) {
      throw new InputException(
          out
              + " holds a run of other weights than "
              + connector.title()
              + "; remove it, or choose another --out");
    }
  }

  private static String hash(EmbeddedConnector connector) {
    try (Checkpoint checkpoint = Checkpoint.open(connector.path())) {
      return checkpoint.sha256();
    }
  }

  private static Recipe<ConnectorRecipe> recipe(EmbeddedConnector connector) {
    String name = connector.recipe();
    try (InputStream in = EmbeddedRuns.class.getResourceAsStream("/" + name)) {
      String yaml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return RecipeReader.readText(yaml, name, List.of(), ConnectorRecipe::read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
