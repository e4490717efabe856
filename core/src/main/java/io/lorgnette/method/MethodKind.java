package io.lorgnette.method;

import io.lorgnette.error.InputException;
import io.lorgnette.mapper.Mapper;
import io.lorgnette.mapper.MapperConfig;
import io.lorgnette.method.Part.Role;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The systems that can be built, by name: the one closed list. */
public enum MethodKind {
  /** {@link Mapl}. */
  MAPL("mapl", "MAPL", "trains a mapping network between two frozen models"),
  /** {@link MaplBlind}. */
  MAPL_BLIND("mapl-blind", "MAPL-blind", "MAPL without sight: a learned prefix, no image");

  private final String id;
  private final String title;
  private final String approach;

  MethodKind(String id, String title, String approach) {
    this.id = id;
    this.title = title;
    this.approach = approach;
  }

  /** The name in recipes, checkpoints and JSON. */
  public String id() {
    return id;
  }

  /** The name for people. */
  public String title() {
    return title;
  }

  /** What is trained and how, in a few words. */
  public String approach() {
    return approach;
  }

  /**
   * The method of a name.
   *
   * @param place where the name was read, for the message
   * @throws InputException naming the known ones
   */
  public static MethodKind named(String id, String place) {
    return Arrays.stream(values())
        .filter(method -> method.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    place
                        + " names the method '"
                        + id
                        + "'; known are "
                        + Arrays.stream(values())
                            .map(MethodKind::id)
                            .collect(Collectors.joining(", "))
                        + "; use a newer version of this program or another file"));
  }

  /**
   * The system between given backbones with a given mapper, which it owns from then on.
   *
   * @throws IllegalArgumentException if the mapper does not fit between them
   */
  public Method of(Backbones backbones, Mapper mapper) {
    return switch (this) {
      case MAPL -> new Mapl(backbones, mapper);
      case MAPL_BLIND -> new MaplBlind(backbones, mapper);
    };
  }

  /**
   * A method's parts with their numbers of parameters, computed from sizes alone.
   *
   * @throws IllegalArgumentException if the mapper does not fit the pair
   */
  public Description describe(Pair pair, MapperConfig mapper) {
    checkFit(pair, mapper);
    return new Description(
        this,
        List.of(
            new Part(
                Role.VISION_ENCODER, pair.encoder().name(), false, pair.encoder().parameters()),
            new Part(
                Role.MAPPER,
                mapper.inputWidth() + " -> " + mapper.prefixLength() + " x " + mapper.outputWidth(),
                true,
                mapper.parameterCount()),
            new Part(
                Role.LANGUAGE_MODEL, pair.language().name(), false, pair.language().parameters())));
  }

  static void checkFit(Pair pair, MapperConfig mapper) {
    if (mapper.inputWidth() != pair.encoder().width()
        || mapper.outputWidth() != pair.language().width()) {
      throw new IllegalArgumentException(
          "a mapper from width "
              + mapper.inputWidth()
              + " to "
              + mapper.outputWidth()
              + " does not fit between "
              + pair.encoder().name()
              + " (width "
              + pair.encoder().width()
              + ") and "
              + pair.language().name()
              + " (width "
              + pair.language().width()
              + ")");
    }
  }

  /** A method with its parts, trained and frozen. */
  public record Description(MethodKind method, List<Part> parts) {

    public Description {
      parts = List.copyOf(parts);
    }

    public long trainedParameters() {
      return count(true);
    }

    public long frozenParameters() {
      return count(false);
    }

    private long count(boolean trained) {
      return parts.stream()
          .filter(part -> part.trained() == trained)
          .mapToLong(Part::parameters)
          .sum();
    }
  }
}
