package io.lorgnette.cli;

import io.lorgnette.distributed.GroupSettings;
import io.lorgnette.distributed.ProcessGroup;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** How many processes train together, and when one of them is lost. */
final class GroupOptions {

  private static final String PROCESSES = "--processes";
  private static final String TIMEOUT = "--group-timeout";
  private static final String GPUS = "CUDA_VISIBLE_DEVICES";
  private static final int MOST = 1024;

  @Option(
      names = PROCESSES,
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Train with N processes on this machine, each with --threads threads or its share of the"
              + " processors (default: ${DEFAULT-VALUE}, or the group that RANK, WORLD_SIZE,"
              + " MASTER_ADDR and MASTER_PORT name).")
  private int processes;

  @Option(
      names = TIMEOUT,
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "With several processes: one that does not answer for so long is lost, and the others stop"
              + " (default: ${DEFAULT-VALUE}). One that has ended is noticed at once.")
  private int timeoutSeconds;

  /** How long an answer may take. */
  Duration timeout() {
    if (timeoutSeconds < 1) {
      throw new InputException(TIMEOUT + " must be at least 1 second but is " + timeoutSeconds);
    }
    return Duration.ofSeconds(timeoutSeconds);
  }

  /**
   * Processes that this one is to start and wait for; 1 for none.
   *
   * @throws InputException if it is one of a group already
   */
  int toStart(Map<String, String> environment) {
    if (processes < 1 || processes > MOST) {
      throw new InputException(PROCESSES + " must be from 1 to " + MOST + " but is " + processes);
    }
    if (LocalProcesses.isChild(environment)) {
      return 1;
    }
    if (processes > 1 && environment.containsKey(GroupSettings.WORLD_SIZE)) {
      throw new InputException(
          PROCESSES
              + " "
              + processes
              + " starts processes here, but "
              + GroupSettings.WORLD_SIZE
              + " says that this is already one of a group; leave one of the two out");
    }
    return processes;
  }

  /**
   * Meets the other processes of the group that the environment names, if there is one.
   *
   * @throws InputException if what it says is incomplete, or process 0 can not listen
   */
  ProcessGroup join(Map<String, String> environment) {
    Optional<GroupSettings> settings = GroupSettings.of(environment, timeout());
    return settings.map(ProcessGroup::join).orElse(ProcessGroup.alone());
  }

  /**
   * Checks that the processes of a machine do not all take its first GPU.
   *
   * @throws InputException if this one would
   */
  static void requireOwnGpu(Device device, Map<String, String> environment) {
    String local = environment.getOrDefault(GroupSettings.LOCAL_RANK, "0");
    String gpus = environment.getOrDefault(GPUS, "");
    if (device == Device.CUDA && !local.equals("0") && (gpus.isBlank() || gpus.contains(","))) {
      throw new InputException(
          GroupSettings.LOCAL_RANK
              + " is "
              + local
              + " but a process computes on the first GPU that it sees; set "
              + GPUS
              + " to one GPU for each process");
    }
  }
}
