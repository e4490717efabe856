package io.lorgnette.distributed;

import io.lorgnette.error.InputException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which process of a group this is and where the group meets, as torchrun, Slurm's and Kubernetes'
 * start lines say it in the environment.
 *
 * @param rank of this process, from 0
 * @param size processes of the group, at least 2
 * @param address host of process 0 ({@code MASTER_ADDR})
 * @param port where it listens ({@code MASTER_PORT})
 * @param hosted whether the starter listens there itself, so that process 0 does not (torchrun)
 * @param prefix of the group's keys at the meeting place: a restart must not see its forerunner's
 * @param timeout after which a process that does not answer counts as lost
 */
public record GroupSettings(
    int rank, int size, String address, int port, boolean hosted, String prefix, Duration timeout) {

  public static final String RANK = "RANK";
  public static final String WORLD_SIZE = "WORLD_SIZE";
  public static final String LOCAL_RANK = "LOCAL_RANK";
  public static final String LOCAL_WORLD_SIZE = "LOCAL_WORLD_SIZE";
  public static final String MASTER_ADDR = "MASTER_ADDR";
  public static final String MASTER_PORT = "MASTER_PORT";

  private static final int MOST = 65_535;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException naming the one that does not fit
   */
  public GroupSettings {
    if (size < 2 || rank < 0 || rank >= size) {
      throw new IllegalArgumentException("there is no process " + rank + " of " + size);
    }
    if (port < 1 || port > MOST || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException("port " + port + ", time-out " + timeout);
    }
  }

  /** A group whose process 0 listens. */
  public GroupSettings(int rank, int size, String address, int port, Duration timeout) {
    this(rank, size, address, port, false, "lorgnette", timeout);
  }

  /**
   * Reads the environment.
   *
   * @return empty for a process alone: neither {@code RANK} nor {@code WORLD_SIZE} is set, or the
   *     group has one process
   * @throws InputException if a variable is missing, no number or contradicts another
   */
  public static Optional<GroupSettings> of(Map<String, String> environment, Duration timeout) {
    if (!environment.containsKey(RANK) && !environment.containsKey(WORLD_SIZE)) {
      return Optional.empty();
    }
    int size = number(environment, WORLD_SIZE, 1, MOST);
    int rank = number(environment, RANK, 0, MOST);
    requireBelow(RANK, rank, WORLD_SIZE, size);
    if (environment.containsKey(LOCAL_RANK)) {
      int local = number(environment, LOCAL_RANK, 0, MOST);
      requireBelow(LOCAL_RANK, local, WORLD_SIZE, size);
      if (environment.containsKey(LOCAL_WORLD_SIZE)) {
        int here = number(environment, LOCAL_WORLD_SIZE, 1, size);
        requireBelow(LOCAL_RANK, local, LOCAL_WORLD_SIZE, here);
      }
    }
    if (size == 1) {
      return Optional.empty();
    }
    // torchrun keeps the meeting place itself, and says how often it has started the processes.
    boolean hosted = environment.getOrDefault("TORCHELASTIC_USE_AGENT_STORE", "").equals("True");
    String attempt = environment.getOrDefault("TORCHELASTIC_RESTART_COUNT", "0");
    return Optional.of(
        new GroupSettings(
            rank,
            size,
            required(environment, MASTER_ADDR),
            number(environment, MASTER_PORT, 1, MOST),
            hosted,
            "lorgnette-" + attempt,
            timeout));
  }

  private static void requireBelow(String name, int value, String limit, int size) {
    if (value >= size) {
      throw new InputException(
          name
              + " is "
              + value
              + " but "
              + limit
              + " is "
              + size
              + "; processes are counted from 0 to "
              + (size - 1));
    }
  }

  private static String required(Map<String, String> environment, String name) {
    String value = environment.getOrDefault(name, "").strip();
    if (value.isEmpty()) {
      List<String> all = List.of(RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT);
      String set = all.stream().filter(environment::containsKey).findFirst().orElseThrow();
      throw new InputException(
          name
              + " is missing from the environment although "
              + set
              + " is there; a process of a group needs "
              + String.join(", ", all)
              + ", as torchrun sets them; unset "
              + set
              + " to train with one process");
    }
    return value;
  }

  private static int number(Map<String, String> environment, String name, int least, int most) {
    String value = required(environment, name);
    int number = value.matches("\\d{1,9}") ? Integer.parseInt(value) : -1;
    if (number < least || number > most) {
      throw new InputException(
          name + " must be a number from " + least + " to " + most + " but is '" + value + "'");
    }
    return number;
  }
}
