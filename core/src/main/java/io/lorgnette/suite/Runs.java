package io.lorgnette.suite;

import io.lorgnette.train.TrainRecipe;
import io.lorgnette.verbal.PicaRecipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The runs that a suite's rows stand for, in one folder.
 *
 * @param out folder of the run folders
 */
public record Runs(Suite suite, Path out) {

  static final String RATE = "train.learning_rate=";
  private static final String SEED = "train.seed=";

  /** The seed of trials, and of what others go on from. */
  private static final long FIRST = 1;

  /** The run of a row with a seed; its learning rate is provisional until all rates were tried. */
  public SuiteRun of(TableSpec.Row row, long seed) {
    List<String> set = new ArrayList<>();
    row.source().ifPresent(source -> set.addAll(learned(source, row.share())));
    set.addAll(row.set());
    return run(
        row.system(), set, row.source(), row.share(), row.language(), rate(row.system()), seed, "");
  }

  /** The run that a row's runs go on from. */
  public Optional<SuiteRun> start(TableSpec.Row row) {
    return start(row.system(), row.source(), row.share(), row.language());
  }

  /** The runs that try the rates of a system, in their order; none where there is no choice. */
  public List<SuiteRun> trials(Suite.SystemSpec system) {
    if (system.rates().size() < 2) {
      return List.of();
    }
    Suite.Source source = suite.source(suite.trials().source());
    List<String> set = new ArrayList<>();
    if (system.learns()) {
      set.addAll(learned(source, 1));
    }
    set.addAll(suite.trials().set());
    Optional<Suite.Source> learns = system.learns() ? Optional.of(source) : Optional.empty();
    Optional<Suite.Language> language =
        system.language().isPresent()
            ? Optional.empty()
            : Optional.of(suite.language(suite.trials().language()));
    return system.rates().stream()
        .map(rate -> run(system, set, learns, 1, language, Optional.of(rate), FIRST, "trial."))
        .toList();
  }

  /** The trials' own start, where a system goes on from another. */
  public Optional<SuiteRun> trialStart(Suite.SystemSpec system) {
    return start(
        system,
        Optional.of(suite.source(suite.trials().source())).filter(s -> system.learns()),
        1,
        Optional.of(suite.language(suite.trials().language()))
            .filter(l -> system.language().isEmpty()));
  }

  /** The rate with the smallest held-out loss, once all were tried (a failed one has none). */
  public Optional<Double> chosen(Suite.SystemSpec system) {
    List<SuiteRun> trials = trials(system);
    boolean all =
        trials.stream()
            .map(SuiteRun::state)
            .allMatch(s -> s == SuiteRun.State.DONE || s == SuiteRun.State.FAILED);
    if (trials.isEmpty() || !all) {
      return Optional.empty();
    }
    return IntStream.range(0, trials.size())
        .boxed()
        .filter(i -> trials.get(i).heldOutLoss().isPresent())
        .min(Comparator.comparingDouble(i -> trials.get(i).heldOutLoss().orElseThrow()))
        .map(system.rates()::get);
  }

  /**
   * Whether what a row's training starts from is measured: once for each system and language model,
   * on the data of the trials.
   */
  public boolean measuresBefore(TableSpec.Row row) {
    return row.system().trained()
        && row.language().isPresent()
        && row.source().filter(s -> s.name().equals(suite.trials().source())).isPresent()
        && row.share() == 1
        && row.set().isEmpty();
  }

  /** Where a language model that the suite makes is, relative to nothing. */
  public Path languageFolder(Suite.Language language) {
    return out.resolve("language." + language.name());
  }

  private Optional<Double> rate(Suite.SystemSpec system) {
    List<Double> rates = system.rates();
    return chosen(system)
        .or(() -> rates.isEmpty() ? Optional.empty() : Optional.of(rates.get(rates.size() / 2)));
  }

  private Optional<SuiteRun> start(
      Suite.SystemSpec system,
      Optional<Suite.Source> source,
      double share,
      Optional<Suite.Language> language) {
    return system
        .start()
        .map(
            start -> {
              Suite.SystemSpec first = suite.system(start.system());
              Optional<Suite.Source> learns = source.filter(s -> first.learns());
              List<String> set = new ArrayList<>();
              learns.ifPresent(s -> set.addAll(learned(s, share)));
              return run(
                  first,
                  set,
                  learns,
                  share,
                  language.filter(l -> first.language().isEmpty()),
                  rate(first),
                  FIRST,
                  "");
            });
  }

  private static List<String> learned(Suite.Source source, double share) {
    List<String> set = new ArrayList<>(source.set());
    if (share < 1) {
      set.add("data.train.0.subset=" + share);
    }
    return set;
  }

  private SuiteRun run(
      Suite.SystemSpec system,
      List<String> given,
      Optional<Suite.Source> source,
      double share,
      Optional<Suite.Language> language,
      Optional<Double> rate,
      long seed,
      String prefix) {
    Path recipe = suite.folder().resolve(system.recipe());
    List<String> set = new ArrayList<>(given);
    // What stands for a path in the hash, and the path: a suite means the same in every folder.
    List<String> meant = new ArrayList<>();
    List<String> placed = new ArrayList<>();
    language.ifPresent(
        l -> {
          String key = "backbones.language=";
          meant.add(key + l.model().orElse(languageFolder(l).getFileName().toString()));
          placed.add(key + l.model().orElseGet(() -> relative(languageFolder(l).resolve("model"))));
        });
    start(system, source, share, language)
        .ifPresent(
            first -> {
              String file = system.start().orElseThrow().file();
              meant.add("start=" + first.name() + "/" + file);
              placed.add("start=" + relative(first.folder().resolve(file)));
            });
    if (system.trained()) {
      rate.ifPresent(r -> set.add(RATE + r));
      set.add(SEED + seed);
    }
    List<String> all = new ArrayList<>(set);
    all.addAll(meant);
    set.addAll(placed);
    String hash;
    long steps = 0;
    int batch = 0;
    if (system.trained()) {
      WrittenRecipe<TrainRecipe> read = WrittenRecipe.read(recipe, all, TrainRecipe::read);
      hash = read.hash();
      steps = read.recipe().train().schedule().steps();
      batch = read.recipe().batch();
    } else {
      hash = WrittenRecipe.read(recipe, all, PicaRecipe::read).hash();
    }
    List<String> parts = new ArrayList<>(List.of(prefix + system.name()));
    source.ifPresent(s -> parts.add(s.name() + (share < 1 ? "-" + share : "")));
    language.ifPresent(l -> parts.add(l.name()));
    parts.add((system.trained() ? seed + "." : "") + hash);
    String name = String.join(".", parts);
    return new SuiteRun(name, out.resolve(name), system, recipe, List.copyOf(set), steps, batch);
  }

  /** A path as the suite's recipes see it. */
  private String relative(Path path) {
    Path base = suite.folder().toAbsolutePath().normalize();
    String text = base.relativize(path.toAbsolutePath().normalize()).toString();
    return text.replace('\\', '/');
  }
}
