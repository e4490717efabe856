package io.lorgnette.cli;

import io.lorgnette.train.BuildInfo;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The program without a command, and the options that every command has. */
@Command(
    name = "lorgnette",
    description = "Gives a frozen language model sight by training a small connector.",
    versionProvider = Lorgnette.Version.class,
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "A command's own help: lorgnette COMMAND --help. An argument @FILE is replaced by the file's"
          + " lines.",
      "",
      "Exit codes:",
      "  0    fine",
      "  1    failed while running",
      "  2    wrong use or bad input",
      "  130  interrupted",
      "",
      "Environment:",
      "  LORGNETTE_DATA       folder of the data sets, where --data is not given",
      "  LORGNETTE_JAVA_OPTS  options for Java, such as -Xmx8g",
      "  LORGNETTE_CLASSPATH  more jars, such as lorgnette-metrics-stanford",
      "  LORGNETTE_CUDA=1     use the NVIDIA build of libtorch (untested)",
      "  LORGNETTE_API_KEY    what requests to lorgnette serve must bring",
      "  NO_COLOR             no colours",
      "  XDG_CACHE_HOME       where the embedded models are unpacked, once"
    })
final class Lorgnette implements Runnable {

  private static final List<Class<?>> COMMANDS =
      List.of(
          DemoCommand.class,
          CaptionCommand.class,
          AltTextCommand.class,
          AnswerCommand.class,
          ChatCommand.class,
          ExplainCommand.class,
          ServeCommand.class,
          TrainCommand.class,
          EvaluateCommand.class,
          CrossValidateCommand.class,
          RetrieveCommand.class,
          TableCommand.class,
          PocketCommand.class,
          DataCommand.class,
          ReportCommand.class,
          PretrainCommand.class,
          ScoreCommand.class,
          MethodsCommand.class,
          InspectCommand.class,
          VerifyCommand.class,
          BenchCommand.class,
          PullCommand.class,
          CompletionCommand.class);

  /** When to use colours. */
  enum Colour {
    AUTO,
    ALWAYS,
    NEVER
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--json",
      scope = ScopeType.INHERIT,
      description = "Results as JSON on standard output, and nothing else there.")
  private boolean json;

  @Option(
      names = {"-q", "--quiet"},
      scope = ScopeType.INHERIT,
      description = "No progress; errors and results only.")
  private boolean quiet;

  @Option(
      names = "--stack-trace",
      scope = ScopeType.INHERIT,
      description = "Show where in the program an error comes from.")
  private boolean stackTrace;

  @Option(
      names = "--color",
      scope = ScopeType.INHERIT,
      paramLabel = "WHEN",
      defaultValue = "auto",
      description =
          "auto, always or never (default: ${DEFAULT-VALUE}: on a terminal, unless NO_COLOR is"
              + " set).")
  void setColour(Colour colour) {
    Ansi ansi =
        switch (colour) {
          case ALWAYS -> Ansi.ON;
          case NEVER -> Ansi.OFF;
          case AUTO -> Terminal.colours() ? Ansi.ON : Ansi.OFF;
        };
    spec.commandLine().setColorScheme(CommandLine.Help.defaultColorScheme(ansi));
  }

  /**
   * The program as it is to parse these arguments: with all commands, or, where they begin with the
   * name of one, with that one alone. Making all with their options takes 0.3 s, at each start.
   */
  static CommandLine line(String... arguments) {
    List<Class<?>> named =
        COMMANDS.stream()
            .filter(command -> arguments.length > 0 && name(command).equals(arguments[0]))
            // It describes all the others.
            .filter(command -> command != CompletionCommand.class)
            .toList();
    CommandLine line = new CommandLine(new Lorgnette());
    (named.isEmpty() ? COMMANDS : named).forEach(line::addSubcommand);
    return line;
  }

  private static String name(Class<?> command) {
    return command.getAnnotation(Command.class).name();
  }

  boolean stackTrace() {
    return stackTrace;
  }

  /** Where a command writes to. */
  Console console() {
    CommandLine line = spec.commandLine();
    return new Console(line.getOut(), line.getErr(), line.getColorScheme(), json, quiet);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** What {@code --version} prints. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      BuildInfo build = BuildInfo.read();
      return new String[] {
        "lorgnette " + build.version() + " (commit " + build.commit() + ")",
        "libtorch " + build.libtorch() + ", Java " + System.getProperty("java.version")
      };
    }
  }
}
