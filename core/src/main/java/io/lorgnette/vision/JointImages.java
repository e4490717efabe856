package io.lorgnette.vision;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.nn.Dropout;
import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;

/** A frozen encoder with the image's head of a {@link JointSpace}; owns both. */
final class JointImages implements ImageTower {

  private final VisionEncoder encoder;
  private final JointSpace space;

  JointImages(VisionEncoder encoder, JointSpace space) {
    this.encoder = encoder;
    this.space = space;
  }

  @Override
  public Tensor imageEmbeds(Tensor pixels) {
    return space.imageEmbeds(encoder.encode(pixels), Dropout.NONE, 0);
  }

  @Override
  public int embedWidth() {
    return space.config().text().projection();
  }

  @Override
  public Tensor encode(Tensor pixels, Trace trace) {
    return encoder.encode(pixels, trace);
  }

  @Override
  public ImageProcessor processor() {
    return encoder.processor();
  }

  @Override
  public int tokens() {
    return encoder.tokens();
  }

  @Override
  public Optional<TokenGrid> grid() {
    return encoder.grid();
  }

  @Override
  public int width() {
    return encoder.width();
  }

  @Override
  public Dtype dtype() {
    return encoder.dtype();
  }

  @Override
  public Parameters parameters() {
    return encoder.parameters();
  }

  @Override
  public JointImages with(Parameters others) {
    return new JointImages(encoder.with(others), space);
  }

  @Override
  public long parameterCount() {
    return encoder.parameterCount() + space.parameters().at("image").count();
  }

  @Override
  public long multiplyAdds() {
    return encoder.multiplyAdds();
  }

  @Override
  public String identity() {
    return encoder.identity();
  }

  @Override
  public void close() {
    encoder.close();
    space.parameters().at("image").close();
    space.parameters().get("logit_scale").close();
  }
}
