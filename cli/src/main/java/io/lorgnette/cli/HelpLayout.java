package io.lorgnette.cli;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Shows a command's own options before those that every command has. */
final class HelpLayout {

  private HelpLayout() {}

  /** Changes the help of a command line and of all its commands. */
  static void apply(CommandLine line) {
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpLayout::options);
    line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST_HEADING, help -> "");
    line.getSubcommands().values().forEach(HelpLayout::apply);
  }

  private static String options(Help help) {
    CommandLine.Model.CommandSpec spec = help.commandSpec();
    List<OptionSpec> single =
        spec.options().stream().filter(o -> o.group() == null && !o.hidden()).toList();
    List<OptionSpec> own = single.stream().filter(o -> !everywhere(o)).toList();
    List<OptionSpec> common = single.stream().filter(HelpLayout::everywhere).toList();
    StringBuilder text = new StringBuilder();
    if (!own.isEmpty()) {
      text.append("\nOptions:\n").append(help.optionListExcludingGroups(own));
    }
    text.append(help.optionListGroupSections());
    text.append("\nEverywhere:\n").append(help.optionListExcludingGroups(common));
    return text.toString();
  }

  private static boolean everywhere(OptionSpec option) {
    return option.inherited()
        || option.scopeType() == CommandLine.ScopeType.INHERIT
        || option.usageHelp()
        || option.versionHelp();
  }
}
