package io.lorgnette.data;

import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.weights.Sha256;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which images of a split are used.
 *
 * <p>A draw ranks every image by SHA-256 of seed and image id and takes the first ones, or those
 * whose rank falls into a fold, so it depends on neither the order of the files nor the machine,
 * and the 1 % of a seed lies within its 10 %. The drawn images stay in the order of the files.
 * First images are held out, then the subset is drawn, then the limit cuts. Images of one document
 * are drawn and held out together.
 *
 * @param holdOut images kept apart for early stopping
 * @param subset fraction of the images, 1 for all, 0.01 for the 1 % protocol
 * @param subsetSeed seed of that draw
 * @param limit at most so many images, the first ones
 */
public record Selection(
    Optional<HoldOut> holdOut, double subset, long subsetSeed, Optional<Integer> limit) {

  /** Which side of a hold-out is read. */
  public enum Side {
    /** All images but those held out: for training. */
    REST,
    /** The images held out: for validation. */
    HELD
  }

  /** Which images are held out. */
  public sealed interface Part {
    /** Those of some images that are held out by a draw. */
    Set<String> of(List<String> groups, long seed);
  }

  /**
   * A share of the images, at least one.
   *
   * @param share 0.06 is what CC3M, TextCaps and VizWiz leave out for MAPL
   */
  public record Fraction(double share) implements Part {
    @Override
    public Set<String> of(List<String> groups, long seed) {
      record Ranked(String group, long rank) {}

      long count = Math.max(1, Math.round(groups.size() * share));
      MessageDigest digest = Sha256.digest();
      return groups.stream()
          .map(group -> new Ranked(group, rank(digest, seed, group)))
          .sorted(Comparator.comparingLong(Ranked::rank))
          .limit(count)
          .map(Ranked::group)
          .collect(Collectors.toSet());
    }
  }

  /**
   * One of several folds, as cross-validation holds them out in turn. An image's fold is told by
   * seed and id alone: it is the same whichever split or file the image stands in, and folds are of
   * about the same size, not of exactly the same.
   *
   * @param number from 1
   * @param folds how many there are
   */
  public record Fold(int number, int folds) implements Part {
    static Fold read(RecipeNode n) {
      Fold fold = new Fold(n.integer("fold").atLeast(1), n.integer("folds").atLeast(2));
      n.check(
          fold.number() <= fold.folds(),
          "fold",
          "must be at most the number of folds, " + fold.folds() + ", but is " + fold.number());
      return fold;
    }

    @Override
    public Set<String> of(List<String> groups, long seed) {
      MessageDigest digest = Sha256.digest();
      return groups.stream()
          .filter(group -> Math.floorMod(rank(digest, seed, group), folds) == number - 1)
          .collect(Collectors.toSet());
    }
  }

  /**
   * A part of the images kept apart.
   *
   * @param part which
   * @param seed of the draw; two data sets with the same seed complement each other
   * @param side what is read
   */
  public record HoldOut(Part part, long seed, Side side) {
    static HoldOut read(RecipeNode n) {
      boolean folds = n.has("folds") || n.has("fold");
      return new HoldOut(
          folds ? Fold.read(n) : new Fraction(n.number("fraction", 0.06).between(0.0, 0.9)),
          n.longInteger("seed", 1).any(),
          n.choice("side", Side.REST));
    }
  }

  /** Every image. */
  public static Selection all() {
    return new Selection(Optional.empty(), 1, 1, Optional.empty());
  }

  static Selection read(RecipeNode n) {
    return new Selection(
        n.optionalSection("hold_out", HoldOut::read),
        n.number("subset", 1).aboveUpTo(0.0, 1.0),
        n.longInteger("subset_seed", 1).any(),
        n.optionalInteger("limit").map(limit -> limit.atLeast(1)));
  }

  List<Annotations.Entry> of(List<Annotations.Entry> entries) {
    List<Annotations.Entry> chosen = entries;
    if (holdOut.isPresent()) {
      HoldOut held = holdOut.get();
      chosen = drawn(chosen, held.part(), held.seed(), held.side() == Side.HELD);
    }
    if (subset < 1) {
      chosen = drawn(chosen, new Fraction(subset), subsetSeed, true);
    }
    return limit.isPresent() && limit.get() < chosen.size()
        ? chosen.subList(0, limit.get())
        : chosen;
  }

  /** A part of the images, or what it leaves; documents stay whole. */
  private static List<Annotations.Entry> drawn(
      List<Annotations.Entry> entries, Part part, long seed, boolean take) {
    Set<String> picked =
        part.of(entries.stream().map(Annotations.Entry::group).distinct().toList(), seed);
    return entries.stream().filter(entry -> picked.contains(entry.group()) == take).toList();
  }

  private static long rank(MessageDigest digest, long seed, String id) {
    return ByteBuffer.wrap(digest.digest((seed + "\n" + id).getBytes(StandardCharsets.UTF_8)))
        .getLong();
  }
}
