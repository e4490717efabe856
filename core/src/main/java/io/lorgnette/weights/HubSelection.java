package io.lorgnette.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which files of a repository are fetched.
 *
 * @param include patterns of what to take; empty for what a model needs
 * @param exclude patterns of what to leave out of that
 */
record HubSelection(List<FileGlob> include, List<FileGlob> exclude) {

  /** Configurations, vocabularies, templates. */
  private static final List<String> SMALL =
      List.of(".json", ".txt", ".model", ".jinja", ".spm", ".tiktoken");

  private static final String SAFE = ".safetensors";
  private static final List<String> PICKLED = List.of(".bin", ".pt", ".pth");

  /** Exports for other programs, copies in another form, left-overs of training. */
  private static final List<FileGlob> OTHERS =
      globs(
          List.of(
              "onnx/*",
              "*/onnx/*",
              "openvino/*",
              "coreml/*",
              "original/*",
              "runs/*",
              "logs/*",
              "checkpoint-*/*",
              "tf_*",
              "flax_*",
              "rust_model*",
              "training_args.bin",
              "optimizer*",
              "scheduler*",
              "rng_state*",
              "trainer_state.json",
              "*.onnx.json"));

  static List<FileGlob> globs(List<String> patterns) {
    return patterns.stream().map(FileGlob::new).toList();
  }

  static HubSelection of(List<String> include, List<String> exclude) {
    return new HubSelection(globs(include), globs(exclude));
  }

  /** The chosen names, in their order. */
  List<String> choose(List<String> names) {
    List<String> chosen =
        include.isEmpty()
            ? needed(names)
            : names.stream().filter(n -> matches(include, n)).collect(Collectors.toList());
    chosen.removeIf(n -> matches(exclude, n));
    return chosen;
  }

  private static boolean matches(List<FileGlob> globs, String name) {
    return globs.stream().anyMatch(g -> g.matches(name));
  }

  /** Small files, and in every folder the weights in the safest form that is there. */
  private static List<String> needed(List<String> names) {
    List<String> ours = new ArrayList<>(names);
    ours.removeIf(n -> matches(OTHERS, n));
    Set<String> safeFolders =
        ours.stream()
            .filter(n -> n.endsWith(SAFE))
            .map(HubSelection::folder)
            .collect(Collectors.toSet());
    Set<String> usualFolders =
        ours.stream()
            .filter(n -> n.endsWith(SAFE) && base(n).startsWith("model"))
            .map(HubSelection::folder)
            .collect(Collectors.toSet());
    List<String> chosen = new ArrayList<>();
    for (String name : ours) {
      boolean pickled = PICKLED.stream().anyMatch(name::endsWith);
      boolean pickledIndex = PICKLED.stream().anyMatch(p -> name.endsWith(p + ".index.json"));
      if (pickled || pickledIndex) {
        if (!safeFolders.contains(folder(name))) {
          chosen.add(name);
        }
      } else if (name.endsWith(SAFE)) {
        // Mistral's repositories hold the same weights a second time under this name.
        if (!(base(name).startsWith("consolidated") && usualFolders.contains(folder(name)))) {
          chosen.add(name);
        }
      } else if (SMALL.stream().anyMatch(name::endsWith)) {
        chosen.add(name);
      }
    }
    return chosen;
  }

  private static String folder(String name) {
    return name.substring(0, name.lastIndexOf('/') + 1);
  }

  private static String base(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
