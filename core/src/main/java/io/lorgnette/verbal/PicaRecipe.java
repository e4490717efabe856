package io.lorgnette.verbal;

import io.lorgnette.recipe.RecipeNode;
import java.util.Optional;

/**
 * A system that trains nothing: which language model answers, who tells it of images, how examples
 * are chosen.
 *
 * <pre>
 * method: pica
 * language: pocket-plain
 * words: {captioner: pocket-captions, tags: 5}
 * shots: {select: imagequestion, space: pocket-clip, members: 5}
 * </pre>
 *
 * @param language answers; a name that the program knows, a folder or GGUF file relative to the
 *     recipe
 * @param words what it is told of images
 * @param tagsOfShots whether examples have their tags too; the reference's have captions alone
 * @param selection of examples
 * @param space joint space that tells what is alike: a run of {@code method: clip} or a folder of a
 *     CLIP or SigLIP, relative to the recipe; empty where files or chance decide
 * @param files vectors made elsewhere, instead of a space
 * @param members k of the ensemble
 */
public record PicaRecipe(
    String language,
    TellingRecipe words,
    boolean tagsOfShots,
    ShotSelection selection,
    Optional<String> space,
    Optional<Files> files,
    int members) {

  /** The name in recipes. */
  public static final String METHOD = "pica";

  private static final int MEMBERS = 5;

  /**
   * The reference's files of vectors, relative to the recipe.
   *
   * @param poolQuestions {@code .npy} of the examples' questions
   * @param poolImages {@code .npy} of the examples' images; empty where images do not count
   * @param poolSamples JSON that names the rows of both
   * @param questions {@code .npy} of the questions asked
   * @param images {@code .npy} of their images; empty where images do not count
   * @param samples JSON that names the rows of both
   */
  public record Files(
      Optional<String> poolQuestions,
      Optional<String> poolImages,
      String poolSamples,
      Optional<String> questions,
      Optional<String> images,
      String samples) {

    static Files read(RecipeNode node) {
      return new Files(
          node.optionalText("pool_questions"),
          node.optionalText("pool_images"),
          node.text("pool_samples"),
          node.optionalText("questions"),
          node.optionalText("images"),
          node.text("samples"));
    }

    private boolean fit(ShotSelection selection) {
      return (!selection.questions() || (poolQuestions.isPresent() && questions.isPresent()))
          && (!selection.images() || (poolImages.isPresent() && images.isPresent()));
    }
  }

  private record Shots(
      ShotSelection selection,
      Optional<String> space,
      Optional<Files> files,
      int members,
      boolean tags) {

    static Shots read(RecipeNode node) {
      ShotSelection selection = node.choice("select", ShotSelection.IMAGEQUESTION);
      Optional<String> space = node.optionalText("space");
      Optional<Files> files = node.optionalSection("files", Files::read);
      int given = (space.isPresent() ? 1 : 0) + (files.isPresent() ? 1 : 0);
      node.check(
          selection == ShotSelection.RANDOM ? given == 0 : given == 1,
          "select",
          selection == ShotSelection.RANDOM
              ? "is random, which takes neither space nor files"
              : "is " + selection.id() + ", which needs either a space or files beside it");
      node.check(
          files.isEmpty() || files.get().fit(selection),
          "files",
          "lacks the vectors that select: " + selection.id() + " compares");
      return new Shots(
          selection,
          space,
          files,
          node.integer("members", MEMBERS).atLeast(1),
          node.flag("tags", false));
    }
  }

  /** Reads a recipe. */
  public static PicaRecipe read(RecipeNode node) {
    String method = node.text("method");
    node.check(method.equals(METHOD), "method", "must be " + METHOD + " here, not " + method);
    String language = node.text("language", "pocket-plain");
    TellingRecipe words = node.section("words", TellingRecipe::read);
    Shots shots = node.section("shots", Shots::read);
    return new PicaRecipe(
        language,
        words,
        shots.tags(),
        shots.selection(),
        shots.space(),
        shots.files(),
        shots.members());
  }
}
