package io.lorgnette.train;

import io.lorgnette.data.Example;
import io.lorgnette.feature.FeatureKey;
import io.lorgnette.image.View;
import io.lorgnette.recipe.RecipeNode;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Other views of the training photos: a rectangle of each, whose place, size and shape are drawn
 * (Szegedy et al. 2015), half of them mirrored. They are drawn once, so that a frozen encoder sees
 * each once; a step of the training shows every photo in one of them, or as it is. Held-out photos
 * are never varied.
 *
 * @param count of views of a photo beside the photo itself
 * @param area least share of the photo that a view has
 * @param stretch at most how many times wider, or higher, than the photo's own shape a view is
 * @param mirror whether half of the views are mirrored; never those of a photo whose texts name the
 *     left or the right
 * @param seed of the draws, beside the photo's content: trainings with other seeds of their own
 *     find the same views in the cache
 */
public record Views(int count, double area, double stretch, boolean mirror, long seed) {

  private static final int COUNT = 4;
  private static final double AREA = 0.6;
  private static final double STRETCH = 4.0 / 3;

  private static final Pattern SIDES =
      Pattern.compile(
          "\\b(left|right)(most|handed|hand|side|wards?)?\\b", Pattern.CASE_INSENSITIVE);

  /**
   * Reads the section of a recipe.
   *
   * @throws io.lorgnette.error.InputException naming key and line
   */
  static Views read(RecipeNode node) {
    return new Views(
        node.integer("count", COUNT).between(1, 100),
        node.number("area", AREA).between(0.1, 1.0),
        node.number("stretch", STRETCH).between(1.0, 4.0),
        node.flag("mirror", true),
        node.longInteger("seed", 1).any());
  }

  /**
   * The views of a photo, which depend on these settings, its content and its texts alone.
   *
   * @param photo its key
   * @param texts what is said about it
   */
  public List<View> of(FeatureKey photo, Example texts) {
    boolean mayMirror = mirror && !namesSides(texts);
    List<View> views = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      SplittableRandom random = new SplittableRandom(TrainingLoop.mix(seed, photo.hash0(), i));
      boolean mirrored = random.nextBoolean();
      views.add(draw(random, mayMirror && mirrored));
    }
    return views;
  }

  /** Area evenly, then shape evenly in its logarithm among those that fit, then the place. */
  private View draw(SplittableRandom random, boolean mirrored) {
    double share = area + (1 - area) * random.nextDouble();
    double widest = Math.min(Math.log(stretch), -Math.log(share));
    double shape = Math.exp(widest * (2 * random.nextDouble() - 1));
    int across = (int) Math.round((1 - Math.sqrt(share * shape)) * View.PARTS);
    int down = (int) Math.round((1 - Math.sqrt(share / shape)) * View.PARTS);
    int left = random.nextInt(across + 1);
    int top = random.nextInt(down + 1);
    return new View(left, top, across - left, down - top, mirrored);
  }

  private static boolean namesSides(Example texts) {
    return Stream.concat(
            texts.captions().stream(),
            texts.questions().stream()
                .flatMap(
                    question ->
                        Stream.concat(Stream.of(question.text()), question.answers().stream())))
        .anyMatch(text -> SIDES.matcher(text).find());
  }
}
