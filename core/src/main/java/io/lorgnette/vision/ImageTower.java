package io.lorgnette.vision;

import org.bytedeco.pytorch.Tensor;

/**
 * A vision encoder that also gives one vector for a whole image, in a space that texts share where
 * the checkpoint is one of a pair.
 */
public sealed interface ImageTower extends VisionEncoder
    permits ClipVit, ClipResNet, SiglipVit, JointImages {

  /**
   * The image as one vector, not normalised.
   *
   * @param pixels {@code [B, 3, S, S]}
   * @return {@code [B, J]}
   * @throws IllegalStateException if the checkpoint has no part that computes it
   */
  Tensor imageEmbeds(Tensor pixels);

  /** J, width of {@link #imageEmbeds}; 0 where there is none. */
  int embedWidth();
}
