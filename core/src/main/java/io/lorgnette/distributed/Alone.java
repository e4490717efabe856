package io.lorgnette.distributed;

import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** A group of one process. */
final class Alone implements ProcessGroup {

  static final ProcessGroup GROUP = new Alone();

  private Alone() {}

  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int size() {
    return 1;
  }

  @Override
  public Pending startSum(Tensor tensor) {
    return () -> {};
  }

  @Override
  public void sum(Tensor tensor) {}

  @Override
  public void copyFirst(Tensor tensor) {}

  @Override
  public Tensor gather(Tensor own) {
    return own;
  }

  @Override
  public String first(String own) {
    return own;
  }

  @Override
  public Map<String, Double> sums(Map<String, Double> own) {
    return own;
  }

  @Override
  public boolean any(boolean own) {
    return own;
  }

  @Override
  public Gathering gathering() {
    return Gathering.ALONE;
  }

  @Override
  public void close() {}
}
