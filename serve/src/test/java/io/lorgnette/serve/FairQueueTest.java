package io.lorgnette.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class FairQueueTest {

  private static final long HOUR = 3_600_000_000_000L;

  private static Job job(String client) {
    return new Job(new Question.Embed(List.of()), client, HOUR);
  }

  @Test
  void clientsTakeTurns() {
    FairQueue queue = new FairQueue(10, 10);
    for (String client : List.of("a", "a", "a", "b", "c", "b")) {
      queue.add(job(client), 0);
    }
    StringBuilder order = new StringBuilder();
    assertThat(queue.peek().client()).isEqualTo("a");
    for (Job job = queue.take(); job != null; job = queue.take()) {
      order.append(job.client());
    }
    assertThat(order.toString()).isEqualTo("abcaba");
    assertThat(queue.size()).isZero();
  }

  @Test
  void limitsAreKept() {
    FairQueue queue = new FairQueue(3, 2);
    queue.add(job("a"), 0);
    queue.add(job("a"), 0);
    assertThatThrownBy(() -> queue.add(job("a"), 0)).hasMessageContaining("this client has 2");
    queue.add(job("b"), 0);
    assertThatThrownBy(() -> queue.add(job("c"), 0)).hasMessageContaining("3 requests are waiting");
    queue.take();
    assertThatThrownBy(() -> queue.add(job("c"), 1)).hasMessageContaining("3 requests are waiting");
    queue.add(job("c"), 0);
    assertThat(queue.size()).isEqualTo(3);
  }

  @Test
  void whomNobodyWaitsForIsTakenOut() {
    FairQueue queue = new FairQueue(10, 10);
    Job gone = job("a");
    Job late = new Job(new Question.Embed(List.of()), "b", 0);
    Job fine = job("a");
    queue.add(gone, 0);
    queue.add(late, 0);
    queue.add(fine, 0);
    gone.cancel();
    queue.dropStale();
    assertThat(gone.ended()).isFalse();
    assertThat(late.ended()).isTrue();
    assertThat(queue.size()).isEqualTo(1);
    assertThat(queue.take()).isSameAs(fine);
  }
}
