package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * Every help page equals its checked-in copy, so that a new or changed option is seen in review.
 * {@code mvn test -pl cli -am -Dtest=HelpTest -Dhelp.update=true} writes the copies anew.
 */
class HelpTest {

  private static final Path COPIES = Path.of("src/test/resources/help");

  static Stream<String> commands() {
    List<String> names = new ArrayList<>();
    CommandLine line = Cli.program();
    collect(line, "", names);
    return names.stream();
  }

  private static void collect(CommandLine line, String path, List<String> names) {
    names.add(path);
    line.getSubcommands().forEach((name, sub) -> collect(sub, (path + " " + name).strip(), names));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void isWhatWasReviewed(String command) throws Exception {
    Object[] arguments = (command + " --help").strip().split(" ");
    Cli cli = Cli.run(arguments);
    assertThat(cli.code()).isZero();
    assertThat(cli.err()).isEmpty();
    Path copy =
        COPIES.resolve((command.isEmpty() ? "lorgnette" : command.replace(' ', '-')) + ".txt");
    if (Boolean.getBoolean("help.update")) {
      Files.createDirectories(COPIES);
      Files.writeString(copy, cli.out());
    }
    assertThat(copy).exists();
    assertThat(cli.out()).isEqualToNormalizingNewlines(Files.readString(copy));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void hasAnExampleForEveryCommandThatDoesSomething(String command) {
    CommandLine line = Cli.program();
    for (String name : command.isEmpty() ? new String[0] : command.split(" ")) {
      line = line.getSubcommands().get(name);
    }
    if (line.getSubcommands().isEmpty()) {
      String[] examples = line.getCommandSpec().usageMessage().footer();
      assertThat(String.join("\n", examples)).contains("lorgnette " + command);
      // A longer line would be broken in two and could not be copied.
      assertThat(examples).allSatisfy(example -> assertThat(example).hasSizeLessThan(80));
    }
  }

  @Test
  void comesWithoutArgumentsToo() {
    assertThat(Cli.run().out()).isEqualTo(Cli.run("--help").out());
  }

  @Test
  @DisabledIfSystemProperty(named = "help.update", matches = "true")
  void noCopyIsLeftOfACommandThatIsGone() throws Exception {
    List<String> known =
        commands().map(c -> (c.isEmpty() ? "lorgnette" : c.replace(' ', '-')) + ".txt").toList();
    try (Stream<Path> copies = Files.list(COPIES)) {
      assertThat(copies.map(copy -> copy.getFileName().toString())).hasSameElementsAs(known);
    }
  }
}
