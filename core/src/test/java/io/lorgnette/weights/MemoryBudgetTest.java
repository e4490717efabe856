package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryBudgetTest {

  @TempDir Path root;

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  @Test
  void theMachineLimitsWhereNoContainerDoes() throws Exception {
    assertThat(MemoryBudget.linux(root)).isNull();
    write("proc/meminfo", "MemTotal: 32000 kB\nMemFree: 1000 kB\nMemAvailable: 20000 kB\n");
    assertThat(MemoryBudget.linux(root)).isEqualTo(new MemoryBudget(20_480_000, "the machine"));
    write("proc/self/cgroup", "0::/user/job\n");
    write("sys/fs/cgroup/user/memory.max", "max\n");
    write("sys/fs/cgroup/user/memory.current", "5\n");
    assertThat(MemoryBudget.linux(root).free()).isEqualTo(20_480_000);
  }

  @Test
  void theTightestContainerLimits() throws Exception {
    write("proc/meminfo", "MemAvailable: 20000 kB\n");
    write("proc/self/cgroup", "0::/user/job\n");
    write("sys/fs/cgroup/user/job/memory.max", "9000000\n");
    write("sys/fs/cgroup/user/job/memory.current", "1000000\n");
    write("sys/fs/cgroup/user/memory.max", "5000000\n");
    write("sys/fs/cgroup/user/memory.current", "3000000\n");
    write("sys/fs/cgroup/user/memory.stat", "anon 1\ninactive_file 500000\n");
    assertThat(MemoryBudget.linux(root))
        .isEqualTo(new MemoryBudget(2_500_000, "the container's limit of 5.0 MB"));
  }

  @Test
  void theOlderControlGroupsAreRead() throws Exception {
    write("proc/meminfo", "MemAvailable: 20000 kB\n");
    write("proc/self/cgroup", "12:cpu:/x\n5:memory:/docker/abc\n");
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "4000000");
    write("sys/fs/cgroup/memory/memory.usage_in_bytes", "1500000");
    assertThat(MemoryBudget.linux(root).free()).isEqualTo(2_500_000);
    write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712");
    assertThat(MemoryBudget.linux(root).source()).isEqualTo("the machine");
  }

  @Test
  void whatDoesNotFitIsRefusedWithTheNumbers() {
    MemoryBudget budget = new MemoryBudget(8_000_000_000L, "the machine");
    assertThatCode(() -> budget.require("m", 8_000_000_000L, Precision.F32, p -> 0))
        .doesNotThrowAnyException();
    assertThatThrownBy(
            () ->
                budget.require(
                    "m",
                    27_000_000_000L,
                    Precision.F32,
                    p -> 27_000_000_000L * p.storage().dtype().bytes() / 4))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "m needs 27.0 GB of memory at f32, but the machine leaves 8.0 GB;"
                + " choose int8 (6.8 GB) or int4 (6.8 GB)");
    assertThatThrownBy(() -> budget.require("m", 9_000_000_000L, Precision.INT4, p -> 1L << 40))
        .hasMessageContaining("no precision is small enough");
  }

  @Test
  void theBudgetOfThisMachineIsSomething() {
    assertThat(MemoryBudget.now().free()).isPositive();
  }
}
