package io.lorgnette.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.TCPStore;
import org.bytedeco.pytorch.TCPStoreOptions;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;

class ProcessGroupTest {

  private static final float[] VALUES = {1, -2, 0.5f, 3, 7, -1, 2, 4, 0.25f, 1, 5, -3};

  @Test
  void addsGathersAndCopies() throws Exception {
    List<String> said =
        Threads.group(
            3,
            Threads.PATIENCE,
            group -> {
              try (Scope scope = Scope.open()) {
                assertThat(group.size()).isEqualTo(3);
                int rank = group.rank();
                Tensor sum = Tensors.ofFloats(new float[] {rank, 1}, 2);
                group.sum(sum);
                assertThat(Tensors.toFloats(sum)).containsExactly(3, 3);
                Tensor narrow = Tensors.to(Tensors.ofFloats(new float[] {0.5f}, 1), Dtype.BF16);
                group.sum(narrow);
                assertThat(Tensors.toFloats(narrow)).containsExactly(1.5f);
                Tensor copied = Tensors.ofLongs(new long[] {rank + 5L}, 1);
                group.copyFirst(copied);
                assertThat(Tensors.toLongs(copied)).containsExactly(5);
                Tensor rows = group.gather(Tensors.ofLongs(new long[] {rank, 10 - rank}, 1, 2));
                assertThat(Tensors.shape(rows)).containsExactly(3, 2);
                assertThat(Tensors.toLongs(rows)).containsExactly(0, 10, 1, 9, 2, 8);
                Tensor bits = Tensors.to(Tensors.ofLongs(new long[] {rank % 2}, 1), Dtype.BOOL);
                assertThat(Tensors.toLongs(group.gather(bits))).containsExactly(0, 1, 0);
                assertThat(group.any(rank == 2)).isTrue();
                assertThat(group.any(false)).isFalse();
                Map<String, Double> own = new LinkedHashMap<>();
                if (rank > 0) {
                  own.put("b", 0.1);
                }
                own.put("a", (double) rank);
                assertThat(group.sums(own)).isEqualTo(Map.of("a", 3.0, "b", 0.1 + 0.1));
                return group.first("process " + rank);
              }
            });
    assertThat(said).containsOnly("process 0");
  }

  /**
   * A loss in which every row meets every other, once in one process and once with the rows in two
   * or three; W rows, [B, 2] each.
   */
  @Test
  void gatheredRowsHaveTheGradientsOfOneProcess() throws Exception {
    float[] whole = gradient(ProcessGroup.alone());
    for (int size : new int[] {2, 3}) {
      List<float[]> parts = Threads.group(size, Threads.PATIENCE, ProcessGroupTest::gradient);
      int at = 0;
      for (float[] part : parts) {
        for (float value : part) {
          assertThat(value).isCloseTo(whole[at++], org.assertj.core.api.Assertions.within(1e-5f));
        }
      }
      assertThat(at).isEqualTo(whole.length);
    }
  }

  private static float[] gradient(ProcessGroup group) {
    try (Scope scope = Scope.open()) {
      long rows = 6 / group.size();
      long first = group.gathering().first(rows);
      Tensor own = Tensors.ofFloats(VALUES, 6, 2).narrow(0, first, rows).clone();
      own.requires_grad_(true);
      Tensor all = group.gathering().shared(own);
      assertThat(Tensors.toFloats(all)).isEqualTo(VALUES);
      assertThat(group.gathering().constant(own).requires_grad()).isEqualTo(group.size() == 1);
      Tensor weights = Tensors.ofFloats(new float[] {1, 2, 3, 4, 5, 6}, 6, 1);
      Tensor meets = own.matmul(all.mul(weights).t()).sin(); // [B, W]
      meets.sum().backward();
      return Tensors.toFloats(own.grad());
    }
  }

  /** The last of three processes has rows 2, 1 and none; each weighs all rows by its place. */
  @Test
  void unevenRowsAreGatheredWithTheirGradients() throws Exception {
    List<float[]> gradients =
        Threads.group(
            3,
            Threads.PATIENCE,
            group -> {
              try (Scope scope = Scope.open()) {
                int count = 2 - group.rank();
                Tensor own = Tensors.zeros(Dtype.F32, Device.CPU, count, 2).add(new Scalar(count));
                own.requires_grad_(true);
                UnevenRows rows = new UnevenRows(group.gathering(), count);
                assertThat(rows.all()).isEqualTo(3);
                assertThat(rows.first()).isEqualTo(new int[] {0, 2, 3}[group.rank()]);
                assertThat(Tensors.toFloats(rows.constant(own))).containsExactly(2, 2, 2, 2, 1, 1);
                Tensor all = rows.shared(own);
                assertThat(Tensors.toFloats(all)).containsExactly(2, 2, 2, 2, 1, 1);
                Tensor weights = Tensors.ofFloats(new float[] {1, 2, 3}, 3, 1);
                all.mul(weights).mul(new Scalar(1 + group.rank())).sum().backward();
                return Tensors.toFloats(own.grad());
              }
            });
    assertThat(gradients.get(0)).containsExactly(6, 6, 12, 12); // (1 + 2 + 3) times the weight
    assertThat(gradients.get(1)).containsExactly(18, 18);
    assertThat(gradients.get(2)).isEmpty();
  }

  /**
   * Two parts in each process, a parameter that one process never uses and one that nobody does.
   */
  @Test
  void bucketsAddUpTheGradientsOfAllProcesses() throws Exception {
    Threads.group(
        2,
        Threads.PATIENCE,
        group -> {
          try (Scope scope = Scope.open()) {
            Map<String, Tensor> first = leaves();
            Map<String, Tensor> second = leaves();
            try (GradientBuckets buckets = new GradientBuckets(group, List.of(first, second))) {
              for (int round = 0; round < 2; round++) {
                first.values().forEach(leaf -> leaf.mutable_grad().reset());
                loss(first, 100).backward(); // before, and not yet added up
                buckets.await(2);
                loss(second, 10 * (1 + group.rank())).backward();
                Tensor last = loss(first, 1 + group.rank());
                if (group.rank() == 1) {
                  last = last.add(first.get("rare").sum());
                }
                last.backward();
                buckets.finish();
                assertThat(Tensors.toFloats(first.get("w").grad())).containsExactly(233, 233);
                Tensor big = first.get("big").grad();
                assertThat(Tensors.value(big.min())).isEqualTo(233);
                assertThat(Tensors.value(big.max())).isEqualTo(233);
                assertThat(Tensors.toFloats(first.get("rare").grad())).containsExactly(1);
                assertThat(first.get("idle").grad().defined()).isFalse();
              }
            }
          }
          return null;
        });
  }

  private static Map<String, Tensor> leaves() {
    Map<String, Tensor> leaves = new LinkedHashMap<>();
    leaves.put("w", Tensors.zeros(Dtype.F32, Device.CPU, 2));
    leaves.put("rare", Tensors.zeros(Dtype.F32, Device.CPU, 1));
    leaves.put("big", Tensors.zeros(Dtype.F32, Device.CPU, 2000, 1000)); // a bucket of its own
    leaves.put("idle", Tensors.zeros(Dtype.F32, Device.CPU, 3));
    leaves.values().forEach(leaf -> leaf.requires_grad_(true));
    return leaves;
  }

  private static Tensor loss(Map<String, Tensor> leaves, double factor) {
    return leaves.get("w").sum().add(leaves.get("big").sum()).mul(new Scalar(factor));
  }

  @Test
  void aProcessThatDoesNotAnswerIsLostInTime() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    Threads.group(
        2,
        Duration.ofSeconds(3),
        group -> {
          assertThat(group.first("here")).isEqualTo("here");
          if (group.rank() == 1) {
            done.await();
            return null;
          }
          try {
            assertThatThrownBy(() -> group.any(true))
                .isInstanceOf(LostProcessException.class)
                .hasMessageContaining("process 0 of 2 has lost the others")
                .hasMessageContaining("did not answer within 3 s");
          } finally {
            done.countDown();
          }
          return null;
        });
  }

  @Test
  void aProcessThatLeavesIsLostAtOnce() throws Exception {
    Threads.group(
        2,
        Threads.PATIENCE,
        group -> {
          assertThat(group.first("here")).isEqualTo("here");
          if (group.rank() == 0) {
            assertThatThrownBy(() -> group.any(true))
                .isInstanceOf(LostProcessException.class)
                .hasMessageContaining("has ended or can not be reached");
          }
          return null;
        });
  }

  /** As under torchrun, whose agent listens in place of process 0. */
  @Test
  void meetsAtThePlaceOfAStarter() throws Exception {
    int port = Threads.freePort();
    try (Scope scope = Scope.open()) {
      TCPStoreOptions options = new TCPStoreOptions();
      options.port((short) port).isServer(true).waitWorkers(false);
      TCPStore agent = new TCPStore("127.0.0.1", options);
      assertThat(agent.isNull()).isFalse();
      List<String> said =
          Threads.group(
              2,
              rank ->
                  new GroupSettings(
                      rank, 2, "127.0.0.1", port, true, "lorgnette-1", Threads.PATIENCE),
              group -> group.first("process " + group.rank()));
      assertThat(said).containsExactly("process 0", "process 0");
    }
  }

  @Test
  void aGroupThatDoesNotMeetSaysWhy() throws Exception {
    GroupSettings alone =
        new GroupSettings(1, 2, "127.0.0.1", Threads.freePort(), Duration.ofSeconds(2));
    assertThatThrownBy(() -> ProcessGroup.join(alone))
        .isInstanceOf(LostProcessException.class)
        .hasMessageContaining(
            "nobody answers at MASTER_ADDR:MASTER_PORT 127.0.0.1:" + alone.port());
    GroupSettings first =
        new GroupSettings(0, 2, "127.0.0.1", Threads.freePort(), Duration.ofSeconds(2));
    assertThatThrownBy(() -> ProcessGroup.join(first))
        .isInstanceOf(LostProcessException.class)
        .hasMessageContaining("not all of them came within 2 s");
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
      GroupSettings late =
          new GroupSettings(0, 2, "127.0.0.1", taken.getLocalPort(), Duration.ofSeconds(2));
      assertThatThrownBy(() -> ProcessGroup.join(late))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("can not listen at MASTER_ADDR:MASTER_PORT");
    }
  }
}
