package io.lorgnette;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The stable API against its baseline, {@code core/src/test/resources/stable-api.txt}: what is
 * there may not go or change, what is new has to be written into it. With the system property
 * {@code api.update=true} the baseline is written anew, which is for the reviewer to see.
 */
class StableApiTest {

  private static final Path BASELINE = Path.of("src/test/resources/stable-api.txt");

  /** The stable types, with those nested in them; docs/api.md names them too. */
  private static final List<Class<?>> TYPES =
      List.of(
          io.lorgnette.VisionLanguageModel.class,
          io.lorgnette.error.InputException.class,
          io.lorgnette.generate.GenerationConfig.class,
          io.lorgnette.generate.Generation.Finish.class,
          io.lorgnette.image.Alpha.class,
          io.lorgnette.image.ImageReader.class,
          io.lorgnette.image.RgbImage.class,
          io.lorgnette.method.Dialogue.Role.class,
          io.lorgnette.method.JointEmbedder.class,
          io.lorgnette.method.Reply.class,
          io.lorgnette.method.Utterance.class,
          io.lorgnette.tensor.Device.class,
          io.lorgnette.tensor.Dtype.class,
          io.lorgnette.tensor.Numerics.class,
          io.lorgnette.weights.Precision.class);

  /** Doors to the parts, which change with them. */
  private static final List<String> NOT_STABLE =
      List.of(
          "VisionLanguageModel.method(",
          "VisionLanguageModel.processor(",
          "VisionLanguageModel.see(",
          "Utterance.caption(",
          "Dtype.scalarType(");

  @Test
  void nothingThatIsStableHasGoneOrChanged() throws IOException {
    SortedSet<String> now = new TreeSet<>();
    TYPES.forEach(type -> describe(type, now));
    now.removeIf(line -> NOT_STABLE.stream().anyMatch(line::contains));
    assertThat(now).hasSizeGreaterThan(150);
    if (Boolean.getBoolean("api.update")) {
      Files.writeString(BASELINE, String.join("\n", now) + "\n");
    }
    List<String> baseline = Files.readAllLines(BASELINE);
    assertThat(now).as("a program that was compiled before still runs").containsAll(baseline);
    assertThat(baseline).as("new API is in the baseline").containsAll(now);
  }

  @Test
  void thePageNamesEachStableType() throws IOException {
    String page = Files.readString(Path.of("../docs/api.md"));
    for (Class<?> type : TYPES) {
      String name = type.getCanonicalName().substring(type.getPackageName().length() + 1);
      assertThat(page).contains("`" + name + "`").contains("`" + type.getPackageName() + "`");
    }
  }

  private static void describe(Class<?> type, SortedSet<String> lines) {
    lines.add(words(type.getModifiers()) + type.getName() + " extends " + type.getSuperclass());
    for (Class<?> face : type.getInterfaces()) {
      lines.add(type.getName() + " implements " + face.getName());
    }
    for (Field field : type.getDeclaredFields()) {
      if (isOpen(field.getModifiers()) && !field.isSynthetic()) {
        lines.add(
            words(field.getModifiers())
                + field.getType().getName()
                + " "
                + type.getName()
                + "."
                + field.getName());
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      if (isOpen(constructor.getModifiers()) && !constructor.isSynthetic()) {
        lines.add(words(constructor.getModifiers()) + type.getName() + parameters(constructor));
      }
    }
    for (Method method : type.getDeclaredMethods()) {
      if (isOpen(method.getModifiers()) && !method.isSynthetic()) {
        lines.add(
            words(method.getModifiers())
                + method.getGenericReturnType().getTypeName()
                + " "
                + type.getName()
                + "."
                + method.getName()
                + parameters(method));
      }
    }
    for (Class<?> nested : type.getDeclaredClasses()) {
      if (isOpen(nested.getModifiers())) {
        describe(nested, lines);
      }
    }
  }

  private static boolean isOpen(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static String words(int modifiers) {
    return Modifier.toString(modifiers & ~Modifier.SYNCHRONIZED & ~Modifier.TRANSIENT) + " ";
  }

  private static String parameters(Executable executable) {
    StringBuilder text = new StringBuilder("(");
    for (var type : executable.getGenericParameterTypes()) {
      text.append(text.length() == 1 ? "" : ", ").append(type.getTypeName());
    }
    return text.append(")").toString();
  }
}
