package io.lorgnette.recipe;

/**
 * A recipe that has been read and checked.
 *
 * @param value the record that was read
 * @param resolvedYaml the whole recipe as YAML, with overrides applied and every default written
 *     out; reading it again gives an equal record
 */
public record Recipe<T>(T value, String resolvedYaml) {

  /** The same recipe, its value seen as what it is. */
  public <S extends T> Recipe<S> with(S narrower) {
    return new Recipe<>(narrower, resolvedYaml);
  }
}
