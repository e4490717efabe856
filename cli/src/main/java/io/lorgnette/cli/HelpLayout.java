package io.lorgnette.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ScopeType;

/** How help looks: a command's own options come before those that every command has. */
final class HelpLayout {

  private static final int WIDEST = 100;

  private HelpLayout() {}

  /** Changes the help of a command line and of all its commands. */
  static void apply(CommandLine line) {
    UsageMessageSpec usage = line.getCommandSpec().usageMessage();
    usage.width(Math.min(WIDEST, Terminal.width()));
    usage.abbreviateSynopsis(true);
    usage.descriptionHeading("%n");
    usage.parameterListHeading("%n");
    usage.commandListHeading("%nCommands:%n");
    if (line.getSubcommands().isEmpty() && usage.footer().length > 0) {
      usage.footerHeading("%nExamples:%n");
    }
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpLayout::options);
    line.getSubcommands().values().forEach(HelpLayout::apply);
  }

  private static String options(Help help) {
    List<OptionSpec> single =
        help.commandSpec().options().stream().filter(o -> o.group() == null).toList();
    List<OptionSpec> own = single.stream().filter(o -> !everywhere(o)).toList();
    List<OptionSpec> common = single.stream().filter(HelpLayout::everywhere).toList();
    String text = own.isEmpty() ? "" : "\nOptions:\n" + help.optionListExcludingGroups(own);
    text += help.optionListGroupSections();
    return text + "\nEverywhere:\n" + help.optionListExcludingGroups(common);
  }

  private static boolean everywhere(OptionSpec option) {
    return option.inherited()
        || option.scopeType() == ScopeType.INHERIT
        || option.usageHelp()
        || option.versionHelp();
  }
}
