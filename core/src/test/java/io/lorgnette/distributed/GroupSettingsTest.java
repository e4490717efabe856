package io.lorgnette.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GroupSettingsTest {

  private static final Duration LATE = Duration.ofSeconds(7);

  private static Map<String, String> environment(String... changes) {
    Map<String, String> all =
        new HashMap<>(
            Map.of("RANK", "1", "WORLD_SIZE", "4", "MASTER_ADDR", "a", "MASTER_PORT", "29500"));
    for (int i = 0; i < changes.length; i += 2) {
      if (changes[i + 1].equals("-")) {
        all.remove(changes[i]);
      } else {
        all.put(changes[i], changes[i + 1]);
      }
    }
    return all;
  }

  private static Optional<GroupSettings> of(String... changes) {
    return GroupSettings.of(environment(changes), LATE);
  }

  @Test
  void readsWhatStartersOfProcessesSet() {
    assertThat(of()).contains(new GroupSettings(1, 4, "a", 29500, false, "lorgnette-0", LATE));
    assertThat(of("LOCAL_RANK", "1", "LOCAL_WORLD_SIZE", "2")).isEqualTo(of());
    GroupSettings torchrun =
        of("TORCHELASTIC_USE_AGENT_STORE", "True", "TORCHELASTIC_RESTART_COUNT", "3").orElseThrow();
    assertThat(torchrun.hosted()).isTrue();
    assertThat(torchrun.prefix()).endsWith("3");
    assertThat(of("MASTER_PORT", "65535")).isPresent();
  }

  @Test
  void aProcessAloneNeedsNoGroup() {
    assertThat(GroupSettings.of(Map.of("MASTER_ADDR", "a"), LATE)).isEmpty();
    assertThat(of("WORLD_SIZE", "1", "RANK", "0", "MASTER_ADDR", "-")).isEmpty();
  }

  @Test
  void whatIsMissingOrContradictsIsNamed() {
    for (String name : new String[] {"RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"}) {
      refused(name + " is missing", name, "-");
      refused(name + " is missing", name, " ");
    }
    refused("RANK is 4 but WORLD_SIZE is 4", "RANK", "4");
    refused("RANK is 1 but WORLD_SIZE is 1", "WORLD_SIZE", "1");
    refused("WORLD_SIZE must be a number from 1", "WORLD_SIZE", "0");
    refused("RANK must be a number from 0 to", "RANK", "-1");
    refused("RANK must be a number", "RANK", "first");
    refused("MASTER_PORT must be a number from 1 to 65535", "MASTER_PORT", "65536");
    refused("LOCAL_RANK is 4 but WORLD_SIZE is 4", "LOCAL_RANK", "4");
    refused(
        "LOCAL_RANK is 2 but LOCAL_WORLD_SIZE is 2", "LOCAL_RANK", "2", "LOCAL_WORLD_SIZE", "2");
    refused("LOCAL_WORLD_SIZE must be", "LOCAL_RANK", "2", "LOCAL_WORLD_SIZE", "5");
  }

  private static void refused(String message, String... changes) {
    assertThatThrownBy(() -> of(changes))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
