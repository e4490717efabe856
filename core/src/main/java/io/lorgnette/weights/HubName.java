package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a repository on the hub is called.
 *
 * @param repository "org/name", or "name" for the few without an organisation
 * @param revision a branch, a tag or a commit
 */
record HubName(String repository, String revision) {

  static final String MAIN = "main";

  private static final Pattern REPOSITORY =
      Pattern.compile("([A-Za-z0-9][A-Za-z0-9._-]{0,95}/)?[A-Za-z0-9][A-Za-z0-9._-]{0,95}");
  private static final Pattern REVISION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}");
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}");

  HubName {
    if (!REPOSITORY.matcher(repository).matches() || repository.contains("..")) {
      throw new InputException(
          "\"" + repository + "\" is no name of a repository on the hub; expected org/name");
    }
    if (!REVISION.matcher(revision).matches()
        || revision.contains("..")
        || revision.contains("//")
        || revision.endsWith("/")) {
      throw new InputException(
          "\"" + revision + "\" is no revision; expected a branch, a tag or a commit");
    }
  }

  /**
   * Reads "org/name" or "org/name@revision".
   *
   * @throws InputException if it is neither
   */
  static HubName parse(String text) {
    Matcher matcher = Pattern.compile("([^@]*)@(.*)").matcher(text);
    return matcher.matches()
        ? new HubName(matcher.group(1), matcher.group(2))
        : new HubName(text, MAIN);
  }

  /** Whether a text could be a name with an organisation, so that it may be looked for. */
  static boolean isLikely(String text) {
    String plain = text.replaceFirst("@.*", "");
    return plain.contains("/") && REPOSITORY.matcher(plain).matches();
  }

  static boolean isCommit(String text) {
    return COMMIT.matcher(text).matches();
  }

  /** The repository's folder in the cache. */
  String folder() {
    return "models--" + repository.replace("/", "--");
  }

  @Override
  public String toString() {
    return revision.equals(MAIN) ? repository : repository + "@" + revision;
  }
}
