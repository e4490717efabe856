package io.lorgnette.cli;

import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Split;
import io.lorgnette.error.InputException;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.List;

/** A data set on the command line: NAME:SPLIT, or a YAML file with a recipe's section. */
final class DataSetArgument {

  private DataSetArgument() {}

  /**
   * What an argument names.
   *
   * @param images whether its images are needed; where not, those of a NAME may be absent
   * @throws InputException if it names no split, or nothing that is known
   */
  static DatasetSpec spec(String argument, boolean images) {
    if (argument.endsWith(".yaml") || argument.endsWith(".yml")) {
      return RecipeReader.read(Path.of(argument), List.of(), DatasetSpec::read).value();
    }
    int colon = argument.indexOf(':');
    if (colon < 0) {
      throw new InputException(
          argument + " names no split; write NAME:SPLIT such as flickr8k:train, or a .yaml file");
    }
    String name = argument.substring(0, colon);
    Split split = Split.of(argument.substring(colon + 1));
    return images ? DatasetSpec.named(name, split) : DatasetSpec.withoutImages(name, split);
  }
}
