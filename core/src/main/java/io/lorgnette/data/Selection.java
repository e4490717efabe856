package io.lorgnette.data;

import io.lorgnette.recipe.RecipeNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which images of a split are used.
 *
 * <p>A draw ranks every image by SHA-256 of seed and image id and takes the first ones, so it
 * depends on neither the order of the files nor the machine, and the 1 % of a seed lies within its
 * 10 %. The drawn images stay in the order of the files. First images are held out, then the subset
 * is drawn, then the limit cuts. Images of one document are drawn and held out together.
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

  /**
   * A part of the images kept apart.
   *
   * @param fraction of the images; 0.06 is what CC3M, TextCaps and VizWiz leave out for MAPL
   * @param seed of the draw; two data sets with the same seed complement each other
   * @param side what is read
   */
  public record HoldOut(double fraction, long seed, Side side) {
    static HoldOut read(RecipeNode n) {
      return new HoldOut(
          n.number("fraction", 0.06).between(0.0, 0.9),
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
      chosen = drawn(chosen, held.fraction(), held.seed(), held.side() == Side.HELD);
    }
    if (subset < 1) {
      chosen = drawn(chosen, subset, subsetSeed, true);
    }
    return limit.isPresent() && limit.get() < chosen.size()
        ? chosen.subList(0, limit.get())
        : chosen;
  }

  /** The drawn fraction, at least one image, or what it leaves; documents stay whole. */
  private static List<Annotations.Entry> drawn(
      List<Annotations.Entry> entries, double fraction, long seed, boolean take) {
    record Ranked(String group, long rank) {}

    List<String> groups = entries.stream().map(Annotations.Entry::group).distinct().toList();
    long count = Math.max(1, Math.round(groups.size() * fraction));
    MessageDigest digest = Bytes.sha256();
    Set<String> picked = new HashSet<>();
    groups.stream()
        .map(group -> new Ranked(group, rank(digest, seed, group)))
        .sorted(Comparator.comparingLong(Ranked::rank))
        .limit(count)
        .forEach(ranked -> picked.add(ranked.group()));
    return entries.stream().filter(entry -> picked.contains(entry.group()) == take).toList();
  }

  private static long rank(MessageDigest digest, long seed, String id) {
    return ByteBuffer.wrap(digest.digest((seed + "\n" + id).getBytes(StandardCharsets.UTF_8)))
        .getLong();
  }
}
