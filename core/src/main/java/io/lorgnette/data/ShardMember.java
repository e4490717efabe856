package io.lorgnette.data;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a member of a tar shard is, by its name, in WebDataset's manner: {@code KEY.jpg} with {@code
 * KEY.json}, {@code KEY.txt}, or both, where KEY ends at the first dot of the file's name.
 *
 * @param key names the sample that it belongs to
 */
public record ShardMember(String key, Kind kind) {

  /** What a member is to its sample. */
  public enum Kind {
    IMAGE,
    /** The object that {@link SampleTexts} reads. */
    JSON,
    /** One caption. */
    TEXT,
    /** Something that nobody here has use for. */
    OTHER
  }

  private static final Set<String> IMAGE_ENDINGS =
      Set.of("jpg", "jpeg", "png", "webp", "gif", "bmp");

  /** The member of this name; empty where the name could leave its folder or has no ending. */
  public static Optional<ShardMember> of(String name) {
    int dot = name.indexOf('.', name.lastIndexOf('/') + 1);
    if (dot < 0 || !SafeName.isSafe(name)) {
      return Optional.empty();
    }
    return Optional.of(new ShardMember(name.substring(0, dot), kind(name.substring(dot + 1))));
  }

  private static Kind kind(String endings) {
    String lower = endings.toLowerCase(Locale.ROOT);
    if (lower.equals("json")) {
      return Kind.JSON;
    }
    if (lower.equals("txt")) {
      return Kind.TEXT;
    }
    return IMAGE_ENDINGS.contains(lower.substring(lower.lastIndexOf('.') + 1))
        ? Kind.IMAGE
        : Kind.OTHER;
  }
}
