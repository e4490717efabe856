package io.lorgnette;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The line through the house: a package uses those before it, never those after it. */
class ArchitectureTest {

  /** In the order of the line; the front door, the root package, comes after all. */
  private static final List<String> LINE =
      List.of(
          "error",
          "metrics",
          "tensor",
          "distributed",
          "weights",
          "text",
          "image",
          "recipe",
          "nn",
          "vision",
          "feature",
          "mapper",
          "language",
          "generate",
          "published",
          "method",
          "data",
          "curate",
          "verbal",
          "train",
          "evaluate",
          "explain",
          "report",
          "bulk",
          "site",
          "suite",
          "verify",
          "bench");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lorgnette");

  private static String packageOf(String room) {
    return "io.lorgnette." + room + "..";
  }

  static Stream<String> rooms() {
    return LINE.stream();
  }

  @Test
  void theHouseWasReallyLookedAt() {
    assertThat(CLASSES.size()).isGreaterThan(100);
    for (JavaClass type : CLASSES) {
      String name = type.getPackageName();
      if (!name.equals("io.lorgnette")) {
        String room = name.substring("io.lorgnette.".length()).replaceFirst("\\..*", "");
        assertThat(LINE).as("the package of %s has its place in the line", type).contains(room);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aRoomUsesOnlyThoseBeforeIt(String room) {
    List<String> after = new ArrayList<>(LINE.subList(LINE.indexOf(room) + 1, LINE.size()));
    DescribedPredicate<JavaClass> later =
        resideInAnyPackage(after.stream().map(ArchitectureTest::packageOf).toArray(String[]::new))
            .or(resideInAnyPackage("io.lorgnette"));
    noClasses()
        .that()
        .resideInAPackage(packageOf(room))
        .should()
        .dependOnClassesThat(later)
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  @Test
  void nativeTypesStayBehindTheFace() {
    noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage(
            "io.lorgnette.data..", "io.lorgnette.evaluate..", "io.lorgnette.report..")
        .and()
        .arePublic()
        .should(
            com.tngtech.archunit.lang.conditions.ArchConditions.be(
                describe("showing native types", ArchitectureTest::showsNativeTypes)))
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  private static boolean showsNativeTypes(JavaMethod method) {
    return Stream.concat(
            method.getRawParameterTypes().stream(), Stream.of(method.getRawReturnType()))
        .anyMatch(type -> type.getPackageName().startsWith("org.bytedeco"));
  }

  @Test
  void dataKnowsNoTensors() {
    noClasses()
        .that()
        .resideInAnyPackage("io.lorgnette.data..", "io.lorgnette.image..", "io.lorgnette.recipe..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(CLASSES);
  }

  @Test
  void librariesDoNotPrint() {
    noClasses().should().accessField(System.class, "out").check(CLASSES);
    noClasses().should().accessField(System.class, "err").check(CLASSES);
  }

  @Test
  void nothingDependsOnTheDefaultLocale() {
    noClasses().should().callMethod(String.class, "toLowerCase").check(CLASSES);
    noClasses().should().callMethod(String.class, "toUpperCase").check(CLASSES);
    noClasses()
        .should()
        .callMethod(String.class, "format", String.class, Object[].class)
        .check(CLASSES);
    noClasses().should().callMethod(String.class, "formatted", Object[].class).check(CLASSES);
    noClasses().should().callMethod(Locale.class, "getDefault").check(CLASSES);
  }

  @Test
  void theBindingsCastingConstructorsAreNotUsed() {
    // X(Pointer) reinterprets memory: a wrong one crashes the virtual machine.
    noClasses()
        .that()
        .resideOutsideOfPackage("io.lorgnette.tensor..")
        .should()
        .callConstructorWhere(
            describe(
                "a casting constructor of the binding",
                call ->
                    call.getTargetOwner().getPackageName().startsWith("org.bytedeco.pytorch")
                        && call.getTarget().getRawParameterTypes().size() == 1
                        && call.getTarget()
                            .getRawParameterTypes()
                            .get(0)
                            .getName()
                            .equals("org.bytedeco.javacpp.Pointer")))
        .check(CLASSES);
  }
}
