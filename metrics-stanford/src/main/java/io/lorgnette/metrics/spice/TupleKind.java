package io.lorgnette.metrics.spice;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A kind of tuple that SPICE is broken down by.
 *
 * @param label what such tuples are about
 * @param places how many concepts they have
 * @param attributes what the second concept may be; empty: anything
 */
record TupleKind(String label, int places, Set<String> attributes)
    implements Predicate<SceneTuple> {

  // Version 1.0 of SPICE was asked about some 2,750 words, as in "a crimson dog": these it counts.
  // Dark and light are among its colours, long is not among its sizes.

  private static final Set<String> COLOURS =
      Words.of(
          """
          beige black blue brown cream dark gray green grey light maroon orange pink purple red
          violet white yellow
          """);

  private static final Set<String> NUMBERS =
      Words.of(
          """
          one two three four five six seven eight nine ten
          """);

  private static final Set<String> SIZES =
      Words.of(
          """
          baby beefy big bony boundless brawny broad bulky chunky colossal compact corpulent
          cosmic curvy elfin emaciated endless enormous epic expansive extensive fat fleshy
          full-size gargantuan gaunt giant gigantic grand great heavy hefty huge illimitable
          immeasurable immense infinitesimal lanky large lean life-size limitless little mammoth
          massive meager measly microscopic mini miniature minuscule minute narrow obese
          oversize overweight paltry petite pint-size plump pocket-size portly pudgy puny rotund
          scanty scraggy scrawny short sizable skeletal skimpy skinny slender slim small squat
          stocky stout sturdy tall teensy teeny teeny-tiny teeny-weeny thick thickset thin tiny
          titanic trim tubby undersized underweight unlimited vast wee whopping wide
          """);

  /** All kinds; colours, counts and sizes are attributes too. */
  static final List<TupleKind> ALL =
      List.of(
          new TupleKind("object", 1, Set.of()),
          new TupleKind("attribute", 2, Set.of()),
          new TupleKind("relation", 3, Set.of()),
          new TupleKind("colour", 2, COLOURS),
          new TupleKind("count", 2, NUMBERS),
          new TupleKind("size", 2, SIZES));

  /** Whether a tuple is of this kind. An attribute that was merged from two words is no colour. */
  @Override
  public boolean test(SceneTuple tuple) {
    return tuple.concepts().size() == places
        && (attributes.isEmpty() || attributes.contains(tuple.concepts().get(1).toString()));
  }
}
