package io.lorgnette.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code lorgnette data}: what there is to know about data sets. */
@Command(
    name = "data",
    description = "Lists, checks and filters data sets, and finds what two of them share.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DataListCommand.class,
      DataCheckCommand.class,
      DataDuplicatesCommand.class,
      DataFilterCommand.class,
      DataCaptionFilterCommand.class
    })
final class DataCommand implements Runnable {

  @ParentCommand private Lorgnette root;
  @Spec private CommandSpec spec;

  Console console() {
    return root.console();
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }
}
