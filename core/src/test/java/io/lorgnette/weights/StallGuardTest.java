package io.lorgnette.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallGuardTest {

  /** A stream that only tells when it was closed. */
  private static final class Silent extends InputStream {

    private final CountDownLatch closed = new CountDownLatch(1);

    @Override
    public int read() {
      return -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) {
      return -1;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  @Test
  void aSilentStreamIsClosed() throws Exception {
    Silent silent = new Silent();
    try (StallGuard guard = new StallGuard(silent, Duration.ofMillis(20))) {
      guard.moved();
      assertThat(silent.closed.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(guard.stalled()).isTrue();
    }
  }

  @Test
  void aStreamThatEndsIsLeftAlone() {
    Silent silent = new Silent();
    StallGuard guard = new StallGuard(silent, Duration.ofDays(1));
    guard.close();
    assertThat(guard.stalled()).isFalse();
    assertThat(silent.closed.getCount()).isEqualTo(1);
  }
}
