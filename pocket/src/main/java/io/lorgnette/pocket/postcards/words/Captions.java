package io.lorgnette.pocket.postcards.words;

import io.lorgnette.pocket.postcards.scene.Country;
import io.lorgnette.pocket.postcards.scene.Dice;
import io.lorgnette.pocket.postcards.scene.Group;
import io.lorgnette.pocket.postcards.scene.Scene;
import io.lorgnette.pocket.postcards.scene.Zone;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Five differently worded captions of a scene, in the manner of COCO: one sentence each, six to
 * twenty words, ending in one attached full stop, every word of it true of the picture.
 */
public final class Captions {

  /** Captions of one picture. */
  public static final int COUNT = 5;

  static final int LEAST_WORDS = 6;
  static final int MOST_WORDS = 20;

  private static final int TRIES = 400;

  private final Scene scene;
  private final Dice dice;
  private final List<Integer> subjects = new ArrayList<>();

  private Captions(Scene scene) {
    this.scene = scene;
    this.dice = new Dice(Dice.seed(scene.seed(), "captions", 0));
    for (int i = 0; i < scene.cast().size(); i++) {
      int index = i;
      if (scene.cast().stream().noneMatch(group -> group.partner() == index)) {
        subjects.add(i); // what is ridden or led comes with the verb
      }
    }
  }

  /** The captions of {@code scene}; the same for equal scenes. */
  public static List<String> of(Scene scene) {
    return new Captions(scene).draw();
  }

  private List<String> draw() {
    Set<String> captions = new LinkedHashSet<>();
    List<Integer> forms = new ArrayList<>(List.of(0, 1, 2, 3, 4, 5, 6, 7, 8));
    for (int attempt = 0; attempt < TRIES && captions.size() < COUNT; attempt++) {
      if (attempt % forms.size() == 0) {
        forms = dice.shuffled(forms);
      }
      boolean flag = scene.flag().isPresent() && captions.size() % 2 == 0;
      Optional<String> words = flag ? flagged() : form(forms.get(attempt % forms.size()));
      words.map(Captions::sentence).filter(Captions::fits).ifPresent(captions::add);
    }
    if (captions.size() < COUNT) {
      throw new IllegalStateException("too few ways to say scene " + scene.seed());
    }
    return dice.shuffled(new ArrayList<>(captions));
  }

  private static boolean fits(String sentence) {
    int words = sentence.split(" ", -1).length;
    return words >= LEAST_WORDS && words <= MOST_WORDS;
  }

  private static String sentence(String words) {
    return words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1) + ".";
  }

  private Optional<String> form(int form) {
    int subject = subject();
    return switch (form) {
      case 0 -> Optional.of(plain(subject) + maybeTail(0.45));
      case 1 -> Optional.of(progressive(subject) + maybeTail(0.4));
      case 2 -> Optional.of(thereIs(subject));
      case 3 -> together(subject);
      case 4 -> related(subject);
      case 5 -> Optional.of(view());
      case 6 -> Optional.of(opened(subject));
      case 7 -> accompanied(subject);
      default -> Optional.of(picture(subject));
    };
  }

  /** Mostly the first of the cast. */
  private int subject() {
    return dice.chance(0.68) ? subjects.get(0) : dice.pick(subjects);
  }

  private Optional<Integer> other(int subject) {
    List<Integer> others = new ArrayList<>(subjects);
    others.remove(Integer.valueOf(subject));
    return others.isEmpty() ? Optional.empty() : Optional.of(dice.pick(others));
  }

  private Group group(int index) {
    return scene.cast().get(index);
  }

  private NounPhrase name(int index) {
    return NounPhrase.of(group(index), dice, index == 0 ? 0.88 : 0.65);
  }

  private Verb verb(int index) {
    return Verb.of(scene, group(index), dice);
  }

  private String where(int index) {
    return dice.pick(Whereabouts.of(group(index), scene.place()));
  }

  private String maybeTail(double chance) {
    return dice.chance(chance) ? " " + Weather.tail(scene, dice) : "";
  }

  /** "A brown dog running on the beach". */
  private String plain(int subject) {
    NounPhrase name = name(subject);
    boolean still = !Verb.isTelling(group(subject).pose()) && dice.chance(0.4);
    String verb = still ? "" : " " + verb(subject).ing();
    return name.text() + verb + " " + where(subject);
  }

  /** "Two cows are grazing in a meadow", "A woman rides a horse on the beach". */
  private String progressive(int subject) {
    NounPhrase name = name(subject);
    Verb verb = verb(subject);
    boolean parked = verb.participle().equals("parked");
    String does =
        parked || dice.chance(0.5) ? verb.progressive(name.plural()) : verb.finite(name.plural());
    return name.text() + " " + does + " " + where(subject);
  }

  /** "There is a red car on a country road". */
  private String thereIs(int subject) {
    NounPhrase name = name(subject);
    String verb =
        Verb.isTelling(group(subject).pose()) && dice.chance(0.7) ? " " + verb(subject).ing() : "";
    String is = name.plural() ? "are " : "is ";
    Optional<Integer> other = other(subject);
    String rest =
        other.isPresent() && dice.chance(0.4) ? with(other.get(), subject) : maybeTail(0.35);
    return "there " + is + name.text() + verb + " " + where(subject) + rest;
  }

  /** "A man in a blue shirt and a brown dog on the beach". */
  private Optional<String> together(int subject) {
    return other(subject)
        .filter(other -> group(other).kind().zone() != Zone.SKY)
        .filter(other -> group(subject).kind().zone() == group(other).kind().zone())
        .map(
            other ->
                name(subject).text()
                    + " and "
                    + name(other).text()
                    + " "
                    + where(subject)
                    + maybeTail(0.4));
  }

  /** "A black cat sitting in front of a white house". */
  private Optional<String> related(int subject) {
    Optional<Integer> other = other(subject);
    Optional<Relation> relation = other.flatMap(index -> Relation.between(scene, subject, index));
    return relation.map(
        found -> {
          NounPhrase name = name(subject);
          Verb verb = verb(subject);
          boolean finite = dice.chance(0.4);
          String does = finite ? verb.progressive(name.plural()) : verb.ing();
          String place = dice.chance(0.35) ? " " + where(subject) : "";
          return name.text()
              + " "
              + does
              + " "
              + found.words(dice)
              + " "
              + name(other.get()).text()
              + place
              + (place.isEmpty() ? maybeTail(0.4) : "");
        });
  }

  /** "A sandy beach with a red sailboat and a lighthouse at sunset". */
  private String view() {
    List<Integer> order = dice.shuffled(subjects);
    StringBuilder words = new StringBuilder(dice.pick(Whereabouts.views(scene.place())));
    words.append(" with ").append(name(order.get(0)).text());
    if (order.size() == 2) {
      words.append(" and ").append(name(order.get(1)).text());
    } else if (order.size() > 2) {
      words.append(", ").append(name(order.get(1)).text());
      words.append(" and ").append(name(order.get(2)).text());
    }
    return words + maybeTail(0.5);
  }

  /** "On a sunny day, two boats float on a lake". */
  private String opened(int subject) {
    String words = Weather.opening(scene) + " " + progressive(subject);
    Optional<Integer> other = other(subject);
    return other.isPresent() && dice.chance(0.3) ? words + with(other.get(), subject) : words;
  }

  /** "A green tractor in a meadow with a barn in the background". */
  private Optional<String> accompanied(int subject) {
    return other(subject).map(other -> plain(subject) + with(other, subject));
  }

  /** "A picture of a red bus on a city street". */
  private String picture(int subject) {
    String opening = dice.pick("a picture of ", "a view of ", "a postcard of ", "a picture of ");
    return opening + plain(subject) + maybeTail(0.35);
  }

  /** " with a house in the background", " with two kites in the sky". */
  private String with(int other, int subject) {
    String name = " with " + name(other).text();
    Zone zone = group(other).kind().zone();
    if (zone == Zone.SKY) {
      return name + dice.pick(" in the sky", " in the sky", " above");
    }
    boolean farther = scene.box(other).bottom() < scene.box(subject).bottom() - 6;
    if (zone == Zone.BACK && farther && group(subject).kind().zone() != Zone.SKY) {
      return name + dice.pick(" in the background", " in the background", " behind");
    }
    Optional<Relation> relation = Relation.between(scene, other, subject);
    boolean close = relation.isPresent() && relation.get() != Relation.ABOVE;
    return close ? name + " nearby" : name + " in view";
  }

  private Optional<String> flagged() {
    Country country = scene.flag().orElseThrow().country();
    int subject = subject();
    String flag =
        dice.chance(0.7)
            ? NounPhrase.article(country.adjective() + " flag")
            : "the flag of " + country.place();
    String the = flag.startsWith("the") ? flag : "the " + country.adjective() + " flag";
    return Optional.of(
        switch (dice.below(5)) {
          case 0 -> plain(subject) + " with " + flag + pole(subject);
          case 1 -> flag + " is flying " + flagPlace() + " with " + name(subject).text();
          case 2 -> progressive(subject) + " near " + flag + maybeTail(0.25);
          case 3 -> flag + " and " + name(subject).text() + " " + where(subject);
          default -> the + " waves in the wind near " + name(subject).text() + " " + where(subject);
        });
  }

  private String pole(int subject) {
    boolean flies = group(subject).kind().zone() == Zone.SKY;
    return flies ? " on a pole" : dice.pick(" flying", " waving", " on a pole");
  }

  private String flagPlace() {
    return "over " + Whereabouts.ground(scene.place());
  }
}
