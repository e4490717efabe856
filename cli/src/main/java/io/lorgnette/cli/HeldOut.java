package io.lorgnette.cli;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Selection;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeReader;
import io.lorgnette.train.ConnectorRecipe;
import io.lorgnette.train.RunFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** What a run kept apart of the data sets that it was trained on. */
final class HeldOut {

  private static final String RECIPE = "recipe.yaml";

  private HeldOut() {}

  /**
   * The images that the run's recipe holds out of its {@code data.train}, as data sets.
   *
   * @throws InputException if it holds none out
   */
  static List<DatasetSpec> of(RunFolder run) {
    List<DatasetSpec> learned = train(run, List.of());
    List<Integer> parted =
        IntStream.range(0, learned.size()).filter(i -> rest(learned.get(i))).boxed().toList();
    if (parted.isEmpty()) {
      throw new InputException(
          run.path()
              + " holds nothing out: no set of its data.train has hold_out; evaluate it with --on"
              + " NAME");
    }
    List<String> turned =
        parted.stream().map(i -> "data.train." + i + ".hold_out.side=held").toList();
    List<DatasetSpec> other = train(run, turned);
    return parted.stream().map(other::get).toList();
  }

  private static boolean rest(DatasetSpec spec) {
    return spec.common()
        .selection()
        .holdOut()
        .filter(held -> held.side() == Selection.Side.REST)
        .isPresent();
  }

  private static List<DatasetSpec> train(RunFolder run, List<String> set) {
    Path recipe = run.path().resolve(RECIPE);
    return RecipeReader.read(recipe, set, ConnectorRecipe::read).value().data().train();
  }
}
