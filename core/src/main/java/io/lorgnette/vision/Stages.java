package io.lorgnette.vision;

import io.lorgnette.tensor.Scope;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Holds the stages of one pass in their order. */
final class Stages implements Trace {

  private final Map<String, Tensor> held = new LinkedHashMap<>();

  @Override
  public void stage(String name, Tensor value) {
    held.put(name, Scope.release(value.detach()));
  }

  /** The stages as new handles, which belong to the caller's scope. */
  Map<String, Tensor> all() {
    Map<String, Tensor> stages = new LinkedHashMap<>();
    held.forEach(
        (name, value) -> {
          stages.put(name, value.detach());
          value.close();
        });
    held.clear();
    return stages;
  }
}
