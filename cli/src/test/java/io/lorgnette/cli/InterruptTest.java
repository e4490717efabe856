package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class InterruptTest {

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void theFirstSignalAsksAndDoesNotEndTheProcess() throws Exception {
    CountDownLatch announced = new CountDownLatch(1);
    try (Interrupt interrupt = new Interrupt(announced::countDown)) {
      assertThat(interrupt.requested()).isFalse();
      String self = Long.toString(ProcessHandle.current().pid());
      assertThat(new ProcessBuilder("kill", "-TERM", self).start().waitFor()).isZero();
      assertThat(announced.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(interrupt.requested()).isTrue();
    }
  }

  @Test
  void whatIsAskedOfAnInnerOneIsAskedOfTheOuterToo() {
    AtomicInteger told = new AtomicInteger();
    try (Interrupt outer = new Interrupt(told::incrementAndGet)) {
      try (Interrupt inner = new Interrupt(() -> {})) {
        inner.request();
        assertThat(outer.pressed()).isTrue();
      }
      // The inner one has told the person; the next piece of work is not begun in earnest.
      assertThat(told).hasValue(0);
      try (Interrupt next = new Interrupt(() -> {})) {
        assertThat(next.pressed()).isTrue();
      }
    }
    try (Interrupt later = new Interrupt(() -> {})) {
      assertThat(later.pressed()).isFalse();
    }
  }
}
