package io.lorgnette.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** What the program and the embedded models may touch. */
class CliArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lorgnette.cli", "io.lorgnette.pocket");

  @Test
  void theProgramWasReallyLookedAt() {
    assertThat(CLASSES.size()).isGreaterThan(40);
  }

  @Test
  void onlyTheStartIsPublic() {
    classes()
        .that()
        .resideInAPackage("io.lorgnette.cli..")
        .and()
        .doNotHaveFullyQualifiedName(Main.class.getName())
        .should()
        .notBePublic()
        .check(CLASSES);
  }

  @Test
  void outputGoesThroughTheCommandLinesStreams() {
    noClasses().should().accessField(System.class, "out").check(CLASSES);
    noClasses().should().accessField(System.class, "err").check(CLASSES);
  }

  @Test
  void tensorsStayInTheToolkit() {
    noClasses()
        .that()
        .resideInAPackage("io.lorgnette.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.bytedeco..")
        .check(CLASSES);
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
}
