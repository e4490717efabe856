package io.lorgnette.recipe;

/**
 * A recipe that has been read and checked.
 *
 * @param value the record that was read
 * @param resolvedYaml the whole recipe as YAML, with overrides applied and every default written
 *     out; reading it again gives an equal record
 * @param writtenYaml the keys that stand in the file or in overrides, in alphabetical order, with
 *     the values that were read: it stays as it is when a later version of this program knows more
 *     keys
 */
public record Recipe<T>(T value, String resolvedYaml, String writtenYaml) {

  /** The same recipe, its value seen as what it is. */
  public <S extends T> Recipe<S> with(S narrower) {
    return new Recipe<>(narrower, resolvedYaml, writtenYaml);
  }
}
