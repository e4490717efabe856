package io.lorgnette.spark.model;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.LoggerFactory;

/**
 * The models of this JVM: each is loaded once, by the first task that asks, shared by all tasks,
 * and closed when the JVM ends. Safe for use by several threads.
 */
public final class ExecutorModels {

  private static final Map<ModelSpec<?>, AutoCloseable> LOADED = new ConcurrentHashMap<>();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(ExecutorModels::closeAll, "lorgnette-models-close"));
  }

  private ExecutorModels() {}

  /**
   * A model, loaded if it is not yet; others that ask meanwhile wait. The caller does not close it.
   *
   * @throws io.lorgnette.error.InputException if it is not on this host, or broken
   */
  @SuppressWarnings("unchecked") // a specification's model is what it loads
  public static <M extends AutoCloseable> M get(ModelSpec<M> spec) {
    return (M) LOADED.computeIfAbsent(spec, ModelSpec::load);
  }

  /** How many are loaded. */
  static int loaded() {
    return LOADED.size();
  }

  private static void closeAll() {
    for (AutoCloseable model : LOADED.values()) {
      try {
        model.close();
      } catch (Exception e) {
        LoggerFactory.getLogger(ExecutorModels.class).warn("a model could not be closed", e);
      }
    }
  }
}
