package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.error.InputException;
import io.lorgnette.train.NonFiniteLossException;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

class FailuresTest {

  /** A command that does what a test wants. */
  @Command(name = "act")
  private static final class Act implements Callable<Integer> {

    private final Callable<Integer> what;

    Act(Callable<Integer> what) {
      this.what = what;
    }

    @Override
    public Integer call() throws Exception {
      return what.call();
    }
  }

  private static Cli failing(Exception failure, Object... arguments) {
    return Cli.runWith(
        new Act(
            () -> {
              throw failure;
            }),
        arguments);
  }

  @Test
  void badInputIsItsSentenceAndTwo() {
    Cli cli = failing(new InputException("x.jpg is no image; give another"), "act");
    assertThat(cli.err()).isEqualTo("lorgnette: x.jpg is no image; give another\n");
    assertThat(cli.out()).isEmpty();
    assertThat(cli.code()).isEqualTo(2);
  }

  @Test
  void aNativeFailureIsItsFirstLineAndOne() {
    RuntimeException failure =
        new RuntimeException("mat1 and mat2 can not be multiplied (2x3 and 4x5)\nframe #0: c10");
    Cli cli = failing(failure, "act");
    assertThat(cli.err())
        .startsWith("lorgnette: mat1 and mat2 can not be multiplied (2x3 and 4x5)");
    assertThat(cli.err()).doesNotContain("frame").contains("--stack-trace");
    assertThat(cli.code()).isEqualTo(1);
    assertThat(failing(failure, "--stack-trace", "act").err())
        .contains("frame #0")
        .contains("FailuresTest");
  }

  @Test
  void aLossThatIsNotFiniteIsOne() {
    Cli cli = failing(new NonFiniteLossException("the loss is not finite at step 3"), "act");
    assertThat(cli.err()).isEqualTo("lorgnette: the loss is not finite at step 3\n");
    assertThat(cli.code()).isEqualTo(1);
  }

  @Test
  void aFullDiskIsOne() {
    Cli cli = failing(new IOException("No space left on device"), "act");
    assertThat(cli.err()).startsWith("lorgnette: No space left on device\n");
    assertThat(cli.code()).isEqualTo(1);
  }

  @Test
  void aDefectSaysThatItIsOne() {
    Cli cli = failing(new IllegalStateException("closed"), "act");
    assertThat(cli.err()).contains("defect of Lorgnette: IllegalStateException: closed");
    assertThat(cli.code()).isEqualTo(1);
  }

  @Test
  void lackOfMemoryIsAFailureAndSaysWhatToDo() {
    Cli cli =
        Cli.runWith(
            new Act(
                () -> {
                  throw new OutOfMemoryError("Java heap space");
                }),
            "act");
    assertThat(cli.err()).contains("out of memory (Java heap space)", "LORGNETTE_JAVA_OPTS");
    assertThat(cli.code()).isEqualTo(1);
  }

  @Test
  void aMistypedCommandOrOptionGetsASuggestion() {
    Cli command = Cli.run("pretrian");
    assertThat(command.err()).contains("Did you mean pretrain?");
    assertThat(command.code()).isEqualTo(2);
    Cli option = Cli.run("pretrain", "recipe.yaml", "--reusme");
    assertThat(option.err()).contains("'--reusme'", "Did you mean --resume?");
    assertThat(option.err()).contains("Try 'lorgnette pretrain --help'.");
    assertThat(option.code()).isEqualTo(2);
    assertThat(option.out()).isEmpty();
  }

  @Test
  void aValueThatIsNoneOfTheChoicesIsWrongUse() {
    Cli cli = Cli.run("pretrain", "recipe.yaml", "--format=f16");
    assertThat(cli.err()).contains("--format", "F32", "BF16", "f16");
    assertThat(cli.code()).isEqualTo(2);
  }

  @Test
  void coloursComeOnlyWhenWanted() {
    assertThat(Cli.run("nonsense").err()).doesNotContain("\u001B");
    assertThat(Cli.run("--color=always", "nonsense").err()).contains("\u001B");
    assertThat(Cli.run("--color=never", "nonsense").err()).doesNotContain("\u001B");
  }
}
