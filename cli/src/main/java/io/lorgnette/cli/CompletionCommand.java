package io.lorgnette.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code lorgnette completion}: the script with which a shell completes commands and options. */
@Command(
    name = "completion",
    description = "Prints a script with which the shell completes commands and options.",
    footer = {
      "  source <(lorgnette completion bash)",
      "  lorgnette completion zsh > ~/.lorgnette-zsh   # to be sourced in ~/.zshrc"
    })
final class CompletionCommand implements Runnable {

  /** Shells that can be had. */
  enum Shell {
    BASH,
    ZSH
  }

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
  private Shell shell;

  @Override
  public void run() {
    String script = AutoComplete.bash("lorgnette", spec.root().commandLine());
    // The script finds out itself which of the two reads it; zsh emulates bash's functions.
    String preamble =
        shell == Shell.ZSH
            ? "autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n"
            : "";
    spec.commandLine().getOut().print(preamble + script);
    spec.commandLine().getOut().flush();
  }
}
