package io.lorgnette.weights;

import com.sun.management.OperatingSystemMXBean;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.function.ToLongFunction;

/**
 * Memory that this process may still take: what the machine has free, or what is left below the
 * limit of the container, whichever is less.
 *
 * @param free bytes
 * @param source what says so
 */
public record MemoryBudget(long free, String source) {

  private static final long NO_LIMIT = 1L << 60;

  private static final List<Precision> OFFERED =
      List.of(Precision.F32, Precision.BF16, Precision.INT8, Precision.INT4);

  /** The budget now. */
  public static MemoryBudget now() {
    MemoryBudget linux = linux(Path.of("/"));
    if (linux != null) {
      return linux;
    }
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system
        ? new MemoryBudget(system.getFreeMemorySize(), "the operating system")
        : new MemoryBudget(NO_LIMIT, "no source");
  }

  /** Reads Linux' files below a root; null where there are none. */
  static MemoryBudget linux(Path root) {
    OptionalLong available = meminfo(root.resolve("proc/meminfo"), "MemAvailable:");
    if (available.isEmpty()) {
      return null;
    }
    MemoryBudget budget = new MemoryBudget(available.getAsLong(), "the machine");
    for (Path group : groups(root)) {
      OptionalLong limit = number(group.resolve("memory.max"));
      OptionalLong used = number(group.resolve("memory.current"));
      if (limit.isEmpty()) {
        limit = number(group.resolve("memory.limit_in_bytes"));
        used = number(group.resolve("memory.usage_in_bytes"));
      }
      if (limit.isPresent() && used.isPresent() && limit.getAsLong() < NO_LIMIT) {
        // Files that were read are dropped from memory when it is needed.
        long files = meminfo(group.resolve("memory.stat"), "inactive_file").orElse(0);
        long left = Math.max(0, limit.getAsLong() - used.getAsLong() + files);
        if (left < budget.free()) {
          budget = new MemoryBudget(left, "the container's limit of " + text(limit.getAsLong()));
        }
      }
    }
    return budget;
  }

  /** The control groups that this process is in, from its own to the outermost. */
  private static List<Path> groups(Path root) {
    List<Path> groups = new ArrayList<>();
    Path unified = root.resolve("sys/fs/cgroup");
    for (String line : lines(root.resolve("proc/self/cgroup"))) {
      String[] parts = line.split(":", 3);
      if (parts.length == 3 && (parts[1].isEmpty() || parts[1].equals("memory"))) {
        Path mount = parts[1].isEmpty() ? unified : unified.resolve("memory");
        Path own = mount.resolve(parts[2].replaceFirst("^/+", "")).normalize();
        // Inside a container the path may be the host's, which is not there.
        for (Path at = own; at != null && at.startsWith(mount); at = at.getParent()) {
          groups.add(at);
        }
      }
    }
    return groups;
  }

  /** A line {@code name number [kB]}. */
  private static OptionalLong meminfo(Path file, String name) {
    for (String line : lines(file)) {
      String[] words = line.trim().split("\\s+", -1);
      if (words.length >= 2 && words[0].equals(name)) {
        OptionalLong value = parse(words[1]);
        boolean kilobytes = words.length > 2 && words[2].equals("kB");
        return value.isPresent() && kilobytes ? OptionalLong.of(value.getAsLong() * 1024) : value;
      }
    }
    return OptionalLong.empty();
  }

  private static OptionalLong number(Path file) {
    List<String> lines = lines(file);
    return lines.isEmpty() ? OptionalLong.empty() : parse(lines.get(0).trim());
  }

  private static OptionalLong parse(String text) {
    try {
      return OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // "max": no limit.
    }
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Refuses what does not fit, with the numbers.
   *
   * @param what a sentence's subject, the checkpoint's path perhaps
   * @param bytes what it needs
   * @throws InputException if that is more than is free
   */
  public void require(
      String what, long bytes, Precision precision, ToLongFunction<Precision> needs) {
    if (bytes <= free) {
      return;
    }
    List<String> fitting = new ArrayList<>();
    for (Precision other : OFFERED) {
      if (needs.applyAsLong(other) < bytes && needs.applyAsLong(other) <= free) {
        fitting.add(other + " (" + text(needs.applyAsLong(other)) + ")");
      }
    }
    throw new InputException(
        what
            + " needs "
            + text(bytes)
            + " of memory at "
            + precision
            + ", but "
            + source
            + " leaves "
            + text(free)
            + "; "
            + (fitting.isEmpty()
                ? "no precision is small enough"
                : "choose " + String.join(" or ", fitting)));
  }

  /** Bytes for people: {@code 13.5 GB}. */
  public static String text(long bytes) {
    return bytes < 1_000_000_000
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }
}
