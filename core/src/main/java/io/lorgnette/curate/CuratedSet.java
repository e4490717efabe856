package io.lorgnette.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.Problem;
import io.lorgnette.error.InputException;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A folder with a new data set over the images of another: {@code kept.jsonl}, a line for each
 * image with its captions, {@code kept.yaml}, which a recipe's {@code data} section takes as it is,
 * and {@code problems.jsonl}, what was left out and why.
 */
public final class CuratedSet {

  private final Dataset dataset;
  private final Path folder;
  private final String below;

  private CuratedSet(Dataset dataset, Path folder, String below) {
    this.dataset = dataset;
    this.folder = folder;
    this.below = below;
  }

  /**
   * A folder for what is made of a data set.
   *
   * @param folder below the data root, where {@code train} finds it
   * @throws InputException if it is elsewhere
   */
  public static CuratedSet in(Path folder, Dataset dataset, DataRoots roots) {
    Path root = roots.dataFor(dataset.name()).toAbsolutePath().normalize();
    Path own = folder.toAbsolutePath().normalize();
    if (!own.startsWith(root) || own.equals(root)) {
      throw new InputException(
          folder
              + " is not below the data folder "
              + root
              + ", where train looks for data sets; choose a folder there");
    }
    if (!dataset.spec().root(roots).toAbsolutePath().normalize().equals(root)) {
      throw new InputException(
          "the images of "
              + dataset.name()
              + " are not below the data folder "
              + root
              + ", so train would not find them; take another data set");
    }
    String below = root.relativize(own).toString().replace('\\', '/');
    return new CuratedSet(dataset, own, below);
  }

  Dataset dataset() {
    return dataset;
  }

  Path file(String name) {
    return folder.resolve(name);
  }

  /** The section of a recipe that names the new set. */
  public String yaml() {
    List<String> images = dataset.spec().common().images();
    return "kind: jsonl\nname: "
        + quoted(dataset.name() + "-" + folder.getFileName())
        + "\nsplit: "
        + dataset.spec().common().split().devName()
        + "\nfile: "
        + quoted(below + "/kept.jsonl")
        + "\nimages: ["
        + images.stream().map(CuratedSet::quoted).collect(Collectors.joining(", "))
        + "]\n";
  }

  private static String quoted(String text) {
    return JsonNodeFactory.instance.textNode(text).toString();
  }

  /** Says which captions of an image are kept. */
  @FunctionalInterface
  interface Choice {
    List<String> kept(int number, JsonNode line);
  }

  /**
   * Writes the set from the lines of a pass.
   *
   * @return how many images have a caption now
   */
  int write(Path lines, Choice choice) {
    int[] number = {0};
    int[] images = {0};
    replace(
        "kept.jsonl",
        out ->
            LineFile.forEach(
                lines,
                line -> {
                  int i = number[0]++;
                  if (line.has(ImagePass.ERROR)) {
                    dataset
                        .problems()
                        .add(
                            new Problem(
                                dataset.name(),
                                Problem.Kind.BROKEN_IMAGE,
                                dataset.image(i).toString(),
                                line.path(ImagePass.ERROR).asText()));
                    return;
                  }
                  List<String> captions = choice.kept(i, line);
                  if (!captions.isEmpty()) {
                    images[0]++;
                    ObjectNode kept = JsonNodeFactory.instance.objectNode();
                    kept.put("image", dataset.image(i).name()).put("image_id", dataset.id(i));
                    captions.forEach(kept.putArray("captions")::add);
                    write(out, kept + "\n");
                  }
                }));
    replace("kept.yaml", out -> write(out, yaml()));
    try {
      dataset.problems().write(file("problems.jsonl"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return images[0];
  }

  /** Fills a file. */
  @FunctionalInterface
  private interface Filling {
    void into(BufferedWriter out);
  }

  private void replace(String name, Filling filling) {
    Path temporary = file("." + name + ".tmp");
    try {
      try (BufferedWriter out = Files.newBufferedWriter(temporary)) {
        filling.into(out);
      }
      Files.move(
          temporary,
          file(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(file(name) + " can not be written: " + e.getMessage(), e);
    }
  }

  private static void write(BufferedWriter out, String text) {
    try {
      out.write(text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
