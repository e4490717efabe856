package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import org.bytedeco.pytorch.Tensor;

/** An image in a joint space as its one token: {@code [B, 1, J]}. */
final class JointToken implements VisionEncoder {

  private final ImageTower images;
  private final String space;

  /**
   * Takes over the images' side.
   *
   * @param space tells it from others on the same encoder
   */
  JointToken(ImageTower images, String space) {
    this.images = images;
    this.space = space;
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    return images.imageEmbeds(pixels).unsqueeze(1);
  }

  @Override
  public ImageProcessor processor() {
    return images.processor();
  }

  @Override
  public int tokens() {
    return 1;
  }

  @Override
  public int width() {
    return images.embedWidth();
  }

  @Override
  public Dtype dtype() {
    return images.dtype();
  }

  @Override
  public Parameters parameters() {
    return images.parameters();
  }

  @Override
  public JointToken with(Parameters others) {
    return new JointToken((ImageTower) images.with(others), space);
  }

  @Override
  public long parameterCount() {
    return images.parameterCount();
  }

  @Override
  public long multiplyAdds() {
    return images.multiplyAdds();
  }

  @Override
  public String identity() {
    return images.identity() + " in " + space;
  }

  @Override
  public void close() {
    images.close();
  }
}
