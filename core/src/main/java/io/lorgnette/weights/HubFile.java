package io.lorgnette.weights;

import io.lorgnette.error.InputException;
import java.util.Locale;

/**
 * A file of a repository at one commit.
 *
 * @param name with slashes between folders
 * @param hash SHA-256 of a large file, or the hash by which git knows a small one
 * @param bytes its length
 */
record HubFile(String name, String hash, long bytes) {

  /** Refuses names that would leave their folder or are not possible everywhere. */
  static String checked(String name, String repository) {
    boolean plain =
        !name.isEmpty() && name.length() <= 512 && !name.matches(".*[\\\\:\\p{Cntrl}].*");
    for (String part : name.split("/", -1)) {
      plain &= !part.isEmpty() && !part.equals(".") && !part.equals("..");
    }
    if (!plain) {
      throw new InputException(
          repository
              + ": lists a file with the name \""
              + name.replaceAll("\\p{Cntrl}", "?")
              + "\", which no repository should have; it was left alone");
    }
    return name;
  }

  /** The hash in an ETag header: without quotes and the mark of a weak one. */
  static String hash(String tag, String repository, String name) {
    String hash = tag.replaceFirst("^W/", "").replace("\"", "").toLowerCase(Locale.ROOT);
    if (!hash.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
      throw new InputException(
          repository
              + ": the hub gives no hash for "
              + name
              + ", so it could not be checked; is HF_ENDPOINT a hub?");
    }
    return hash;
  }

  boolean isLarge() {
    return hash.length() == 64;
  }
}
