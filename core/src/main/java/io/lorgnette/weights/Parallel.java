package io.lorgnette.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The same work on many things at once; the first failure stops all and is the one thrown. */
final class Parallel {

  private Parallel() {}

  static <A, B> List<B> map(List<A> inputs, int jobs, Function<A, B> work) {
    ExecutorService pool = Executors.newFixedThreadPool(Math.max(1, Math.min(jobs, inputs.size())));
    try {
      CompletionService<B> done = new ExecutorCompletionService<>(pool);
      List<Future<B>> futures = new ArrayList<>();
      for (A input : inputs) {
        futures.add(done.submit(() -> work.apply(input)));
      }
      for (int i = 0; i < futures.size(); i++) {
        done.take().get();
      }
      List<B> results = new ArrayList<>();
      for (Future<B> future : futures) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      pool.shutdownNow();
      awaitQuietly(pool);
    }
  }

  /** Those that are stopped close their files before the caller goes on. */
  private static void awaitQuietly(ExecutorService pool) {
    try {
      if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
