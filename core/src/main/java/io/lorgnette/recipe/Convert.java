package io.lorgnette.recipe;

import io.lorgnette.error.InputException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** From what YAML said to the type that was asked for, or a sentence saying why not. */
final class Convert {
  private Convert() {}

  /**
   * A value read.
   *
   * @param value what the caller gets
   * @param plain the same as it goes into the resolved YAML
   */
  record Read<T>(T value, Object plain) {}

  interface Conversion<T> {
    Read<T> from(String keyPath, Tree value);
  }

  static Read<Ranged<Integer>> toInteger(String keyPath, Tree value) {
    int i = whole(keyPath, value, Integer.MIN_VALUE, Integer.MAX_VALUE).intValueExact();
    return new Read<>(new Ranged<>(i, subject(keyPath, value)), i);
  }

  static Read<Integer> toPlainInteger(String keyPath, Tree value) {
    Read<Ranged<Integer>> read = toInteger(keyPath, value);
    return new Read<>(read.value().any(), read.plain());
  }

  static Read<Ranged<Long>> toLong(String keyPath, Tree value) {
    long l = whole(keyPath, value, Long.MIN_VALUE, Long.MAX_VALUE).longValueExact();
    return new Read<>(new Ranged<>(l, subject(keyPath, value)), l);
  }

  private static BigInteger whole(String keyPath, Tree value, long min, long max) {
    if (!(value instanceof Tree.Scalar scalar) || !scalar.isInteger()) {
      throw wrong(keyPath, value, "an integer");
    }
    BigInteger number = new BigInteger(scalar.text());
    if (number.compareTo(BigInteger.valueOf(min)) < 0
        || number.compareTo(BigInteger.valueOf(max)) > 0) {
      throw wrong(keyPath, value, "an integer between " + min + " and " + max);
    }
    return number;
  }

  static Read<Ranged<Double>> toNumber(String keyPath, Tree value) {
    if (!(value instanceof Tree.Scalar scalar) || !scalar.isNumber()) {
      throw wrong(keyPath, value, "a number");
    }
    double number = Double.parseDouble(scalar.text());
    if (Double.isInfinite(number)) {
      throw wrong(keyPath, value, "a finite number");
    }
    return new Read<>(new Ranged<>(number, subject(keyPath, value)), number);
  }

  static Read<Double> toPlainNumber(String keyPath, Tree value) {
    Read<Ranged<Double>> read = toNumber(keyPath, value);
    return new Read<>(read.value().any(), read.plain());
  }

  static Read<String> toText(String keyPath, Tree value) {
    if (value instanceof Tree.Scalar scalar) {
      if (scalar.isText() || (scalar.option() && !scalar.isNull())) {
        return new Read<>(scalar.text(), scalar.text());
      }
      if (!scalar.isNull()) {
        throw wrong(keyPath, value, "a text (put it in quotes)");
      }
    }
    throw wrong(keyPath, value, "a text");
  }

  static Read<Boolean> toFlag(String keyPath, Tree value) {
    if (!(value instanceof Tree.Scalar scalar) || !scalar.isFlag()) {
      throw wrong(keyPath, value, "true or false");
    }
    boolean flag = scalar.text().toLowerCase(Locale.ROOT).equals("true");
    return new Read<>(flag, flag);
  }

  static <E extends Enum<E>> Read<E> toChoice(String keyPath, Tree value, Class<E> type) {
    List<E> constants = Arrays.asList(type.getEnumConstants());
    List<String> names = constants.stream().map(Convert::written).collect(Collectors.toList());
    String name = toName(keyPath, value, names).value();
    return new Read<>(constants.get(names.indexOf(name)), name);
  }

  /** An enum constant as recipes write it. */
  static String written(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Read<String> toName(String keyPath, Tree value, Collection<String> names) {
    // A name may look like a number or a flag; it is compared as it is written.
    if (value instanceof Tree.Scalar scalar && names.contains(scalar.text())) {
      return new Read<>(scalar.text(), scalar.text());
    }
    String hint =
        value instanceof Tree.Scalar scalar
            ? Nearest.to(scalar.text(), names)
                .map(near -> "; did you mean " + near + "?")
                .orElse(".")
            : ".";
    throw new InputException(
        subject(keyPath, value)
            + " must be "
            + (names.size() == 1 ? "" : "one of ")
            + String.join(", ", names)
            + " but is "
            + value.words()
            + hint);
  }

  static <T> Read<List<T>> toList(String keyPath, Tree value, Conversion<T> conversion) {
    if (!(value instanceof Tree.Sequence sequence)) {
      throw wrong(keyPath, value, "a list");
    }
    List<T> values = new ArrayList<>();
    List<Object> plain = new ArrayList<>();
    for (Tree item : sequence.items()) {
      Read<T> read = conversion.from(keyPath + "." + values.size(), item);
      values.add(read.value());
      plain.add(read.plain());
    }
    return new Read<>(List.copyOf(values), plain);
  }

  static <T> Read<T> toSection(String keyPath, Tree value, Function<RecipeNode, T> how) {
    if (!(value instanceof Tree.Mapping mapping)) {
      throw wrong(keyPath, value, "a section with keys");
    }
    RecipeNode node = new RecipeNode(keyPath + ".", mapping);
    T read = how.apply(node);
    node.finish();
    return new Read<>(read, node.resolved());
  }

  private static String subject(String keyPath, Tree value) {
    return value.place() + ": " + keyPath;
  }

  private static InputException wrong(String keyPath, Tree value, String expected) {
    return new InputException(
        subject(keyPath, value) + " must be " + expected + " but is " + value.words() + ".");
  }
}
