package io.lorgnette.spark;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The house knows nothing of Spark, and this room keeps the order of its own packages. */
class ArchitectureTest {

  private static final String SPARK = "io.lorgnette.spark";

  /**
   * In order: a package uses those before it; the functions of the root package use all of these.
   */
  private static final List<String> LINE =
      List.of("input", "output", "model", "job", "curate", "score", "app");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.lorgnette");

  @Test
  void theHouseWasReallyLookedAt() {
    long rest = CLASSES.stream().filter(type -> !type.getPackageName().startsWith(SPARK)).count();
    assertThat(rest).isGreaterThan(500);
    assertThat(CLASSES.size() - rest).isGreaterThan(30);
  }

  @Test
  void theHouseKnowsNothingOfSpark() {
    noClasses()
        .that()
        .resideOutsideOfPackage(SPARK + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(SPARK + "..", "org.apache.spark..", "org.apache.hadoop..", "scala..")
        .check(CLASSES);
  }

  @Test
  void aPackageUsesOnlyThoseBeforeIt() {
    for (int i = 0; i < LINE.size(); i++) {
      List<String> after = LINE.subList(i + 1, LINE.size());
      noClasses()
          .that()
          .resideInAPackage(SPARK + "." + LINE.get(i))
          .should()
          .dependOnClassesThat(
              describe(
                  "come later",
                  (JavaClass type) ->
                      type.getPackageName().equals(SPARK)
                          || after.stream()
                              .anyMatch(
                                  later -> type.getPackageName().equals(SPARK + "." + later))))
          .check(CLASSES);
    }
  }

  @Test
  void onlyTheApplicationPrints() {
    noClasses()
        .that()
        .resideInAPackage(SPARK + "..")
        .should()
        .accessField(System.class, "out")
        .orShould()
        .accessField(System.class, "err")
        .check(CLASSES);
  }
}
