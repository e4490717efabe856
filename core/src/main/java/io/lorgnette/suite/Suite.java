package io.lorgnette.suite;

import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What the tables of a suite share: {@code suite.yaml} of its folder, whose other files are one
 * table each in {@code tables/}, and recipes.
 *
 * @param folder of the files; recipes are relative to it
 * @param hours that all of it may take
 * @param trials how learning rates are tried
 */
public record Suite(
    Path folder,
    double hours,
    Trials trials,
    List<Language> languages,
    List<Source> sources,
    List<SystemSpec> systems) {

  /** The file that holds it. */
  public static final String FILE = "suite.yaml";

  /**
   * How the learning rate of each system is chosen: short runs with each of its rates on the same
   * data, and the smallest loss on held-out texts.
   *
   * @param source name of what is learned
   * @param language name of the language model
   * @param set changes to the system's recipe, as {@code --set} takes them
   */
  public record Trials(String source, String language, List<String> set) {}

  /**
   * A language model.
   *
   * @param name in rows
   * @param model what recipes call it, where it is there already
   * @param recipe of its pre-training, where the suite makes it
   * @param read what text it has read, for people
   * @param minutes that its pre-training takes
   */
  public record Language(
      String name, Optional<String> model, Optional<String> recipe, String read, double minutes) {
    private static Language read(RecipeNode node) {
      Language language =
          new Language(
              node.text("name"),
              node.optionalText("model"),
              node.optionalText("recipe"),
              node.text("read"),
              node.number("minutes", 0).atLeast(0.0));
      node.check(
          language.model().isPresent() != language.recipe().isPresent(),
          "model",
          "must be given, or else a recipe, but not both");
      return language;
    }
  }

  /**
   * What is learned from.
   *
   * @param name in rows
   * @param title for people
   * @param set changes to the system's recipe; its first data set in {@code data.train} is the one
   *     that a row's share is drawn from
   */
  public record Source(String name, String title, List<String> set) {
    private static Source read(RecipeNode node) {
      return new Source(node.text("name"), node.text("title"), node.texts("set"));
    }
  }

  /**
   * A system.
   *
   * @param name in rows and run folders
   * @param title for people
   * @param recipe in the suite's folder
   * @param trained whether there is something to train; else the recipe is evaluated itself
   * @param learns whether it takes the data of a row; else its recipe's own
   * @param language its own language model, where it does not take that of a row, for people
   * @param rates learning rates to be tried; with fewer than two the recipe's own holds
   * @param start what it goes on from: a file of another system's run on the same data
   * @param unitsPerSecond texts or pairs that it takes in a second, for the plan before any was
   *     measured
   */
  public record SystemSpec(
      String name,
      String title,
      String recipe,
      boolean trained,
      boolean learns,
      Optional<String> language,
      List<Double> rates,
      Optional<Start> start,
      double unitsPerSecond) {
    private static SystemSpec read(RecipeNode node) {
      boolean trained = node.flag("trained", true);
      List<Double> rates = node.numbers("rates", List.of());
      node.check(rates.stream().allMatch(rate -> rate > 0), "rates", "must be above 0");
      return new SystemSpec(
          node.text("name"),
          node.text("title"),
          node.text("recipe"),
          trained,
          node.flag("learns", trained),
          node.optionalText("language"),
          rates,
          node.optionalSection("start", Start::read),
          node.number("units_per_second", 100).above(0.0));
    }
  }

  /**
   * Where a system goes on from.
   *
   * @param system name
   * @param file of its run
   */
  public record Start(String system, String file) {
    private static Start read(RecipeNode node) {
      return new Start(node.text("system"), node.text("file"));
    }
  }

  /**
   * Reads a suite.
   *
   * @throws io.lorgnette.error.InputException naming file, key and line
   */
  public static Suite read(Path folder) {
    return RecipeReader.read(folder.resolve(FILE), List.of(), node -> read(folder, node)).value();
  }

  private static Suite read(Path folder, RecipeNode node) {
    double hours = node.number("hours", 10).above(0.0);
    Suite suite =
        new Suite(
            folder,
            hours,
            node.section(
                "trials", n -> new Trials(n.text("source"), n.text("language"), n.texts("set"))),
            node.sections("languages", Language::read),
            node.sections("sources", Source::read),
            node.sections("systems", SystemSpec::read));
    requireOnce(node, "languages", suite.languages().stream().map(Language::name).toList());
    requireOnce(node, "sources", suite.sources().stream().map(Source::name).toList());
    requireOnce(node, "systems", suite.systems().stream().map(SystemSpec::name).toList());
    known(node, "trials", suite.sources(), Source::name, suite.trials().source());
    known(node, "trials", suite.languages(), Language::name, suite.trials().language());
    for (SystemSpec system : suite.systems()) {
      system
          .start()
          .ifPresent(s -> known(node, "systems", suite.systems(), SystemSpec::name, s.system()));
    }
    return suite;
  }

  private static void requireOnce(RecipeNode node, String key, List<String> names) {
    node.check(!names.isEmpty(), key, "must not be empty");
    names.stream()
        .filter(name -> names.indexOf(name) != names.lastIndexOf(name))
        .findFirst()
        .ifPresent(name -> node.check(false, key, "has the name " + name + " twice"));
  }

  /** The one of a name, or a sentence about the key that names it. */
  static <T> T known(
      RecipeNode node, String key, List<T> all, Function<T, String> named, String name) {
    Optional<T> found = all.stream().filter(one -> named.apply(one).equals(name)).findFirst();
    node.check(
        found.isPresent(),
        key,
        "names " + name + ", but there are " + String.join(", ", all.stream().map(named).toList()));
    return found.orElseThrow();
  }

  /** The system of a name that the files were checked to name. */
  SystemSpec system(String name) {
    return systems.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  Source source(String name) {
    return sources.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }

  Language language(String name) {
    return languages.stream().filter(one -> one.name().equals(name)).findFirst().orElseThrow();
  }
}
