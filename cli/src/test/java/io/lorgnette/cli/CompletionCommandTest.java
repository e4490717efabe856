package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CompletionCommandTest {

  @Test
  void knowsCommandsAndOptions() {
    Cli cli = Cli.run("completion", "bash");
    assertThat(cli.code()).isZero();
    assertThat(cli.out()).contains("complete -F", "pretrain", "--accept-different-numerics");
    assertThat(cli.out()).contains("pull", "--include");
    assertThat(Cli.run("completion", "zsh").out()).contains("bashcompinit");
    assertThat(Cli.run("completion", "fish").code()).isEqualTo(2);
  }
}
