package io.lorgnette.serve;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** Where JSON and HTTP end, and what the server may touch. */
class ServeArchitectureTest {

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lorgnette.serve");

  @Test
  void theServerWasReallyLookedAt() {
    assertThat(CLASSES.size()).isGreaterThan(30);
  }

  @Test
  void jsonStaysAtTheBorder() {
    noClasses()
        .that()
        .haveSimpleNameNotEndingWith("Json")
        .and()
        .haveNameNotMatching(".*\\.(Fields|Routes|Completion|ChatJson|EmbeddingsJson)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("com.fasterxml..")
        .check(CLASSES);
  }

  @Test
  void httpStaysInTheServer() {
    noClasses()
        .that()
        .haveNameNotMatching(".*\\.(LorgnetteServer|Exchange|Fetcher)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.jetty..")
        .check(CLASSES);
  }

  @Test
  void theEngineKnowsNeither() {
    noClasses()
        .that()
        .haveNameMatching(".*\\.(Engine|Answering|Lane|Window|Embedding)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .haveNameMatching(".*\\.(Routes|Exchange|Completion|.*Json|Access)(\\$.*)?")
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
    noClasses().should().callMethod(Locale.class, "getDefault").check(CLASSES);
  }
}
