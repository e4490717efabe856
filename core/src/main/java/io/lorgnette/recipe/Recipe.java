package io.lorgnette.recipe;

import java.util.Objects;
import java.util.function.UnaryOperator;

/**
 * A recipe that has been read and checked.
 *
 * @param value the record that was read
 * @param resolvedYaml the whole recipe as YAML, with overrides applied and every default written
 *     out; reading it again gives an equal record
 * @param resolver what makes of another recipe's YAML its {@code resolvedYaml}, by the same rules
 */
public record Recipe<T>(T value, String resolvedYaml, UnaryOperator<String> resolver) {

  /** A recipe of which others are told apart by their text alone. */
  public Recipe(T value, String resolvedYaml) {
    this(value, resolvedYaml, UnaryOperator.identity());
  }

  /** The same recipe, its value seen as what it is. */
  public <S extends T> Recipe<S> with(S narrower) {
    return new Recipe<>(narrower, resolvedYaml, resolver);
  }

  /**
   * Whether an earlier recipe says the same: one that was resolved before the program learned a key
   * does where this one has the key's default.
   *
   * @param yaml what the program resolved the earlier one to
   * @throws io.lorgnette.error.InputException if it can no longer be read
   */
  public boolean isSameAs(String yaml) {
    return yaml.equals(resolvedYaml) || resolver.apply(yaml).equals(resolvedYaml);
  }

  /** By what they say: how they were read does not count. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Recipe<?> recipe
        && value.equals(recipe.value)
        && resolvedYaml.equals(recipe.resolvedYaml);
  }

  @Override
  public int hashCode() {
    return Objects.hash(value, resolvedYaml);
  }
}
