package io.lorgnette.tensor;

import io.lorgnette.error.InputException;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors live and operations run.
 *
 * @since 0.1
 */
public enum Device {
  CPU("cpu"),
  CUDA("cuda");

  private final String nativeName;

  Device(String nativeName) {
    this.nativeName = nativeName;
  }

  /** A new native device; it belongs to the current {@link Scope}. */
  org.bytedeco.pytorch.Device nativeDevice() {
    return new org.bytedeco.pytorch.Device(nativeName);
  }

  /**
   * Checks that this build and machine have the device.
   *
   * @throws InputException if CUDA is asked for and absent
   */
  public Device require() {
    Engine.start();
    if (this == CUDA && !torch.cuda_is_available()) {
      throw new InputException(
          "device cuda is not available: it needs an NVIDIA GPU and a build made with -Pcuda;"
              + " choose device cpu");
    }
    return this;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
