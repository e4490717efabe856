package io.lorgnette.train;

import io.lorgnette.data.DatasetSpec;
import java.util.List;
import java.util.stream.Stream;

/** A training on images with captions, without a language model. */
public sealed interface PairRecipe extends TrainRecipe permits Blip2Recipe, ClipRecipe {

  /** The encoder: a name that the program knows, or a folder relative to the recipe. */
  String vision();

  /** A name that the program knows, or a folder or file relative to the recipe. */
  String tokenizer();

  /** Data sets that are learned from. */
  List<DatasetSpec> learned();

  /** Data sets of the validation loss; may be empty. */
  List<DatasetSpec> validation();

  @Override
  default List<DatasetSpec> datasets() {
    return Stream.concat(learned().stream(), validation().stream()).toList();
  }
}
