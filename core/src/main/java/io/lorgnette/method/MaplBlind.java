package io.lorgnette.method;

import io.lorgnette.generate.Prompt;
import io.lorgnette.mapper.Mapper;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * MAPL-blind (Mañas et al. 2023): the same system trained without the image, which shows what the
 * words alone give. The paper does not say how the image is removed; here the mapper sees features
 * that are all zero, so that it has the same trained parameters and makes the same learned prefix
 * for every image.
 */
public final class MaplBlind implements Method {

  private final Mapl sighted;

  /**
   * A connector between its backbones; it owns the mapper from then on.
   *
   * @throws IllegalArgumentException if the mapper does not fit between them
   */
  public MaplBlind(Backbones backbones, Mapper mapper) {
    this.sighted = new Mapl(backbones, mapper);
  }

  @Override
  public Tensor loss(TrainingBatch batch, Objective objective) {
    return sighted.loss(batch.with(torch.zeros_like(batch.features())), objective);
  }

  @Override
  public Tensor see(Tensor features) {
    return sighted.see(torch.zeros_like(features));
  }

  @Override
  public Prompt caption(Tensor seen) {
    return sighted.caption(seen);
  }

  @Override
  public Prompt answer(Tensor seen, String question, List<Shot> shots) {
    return sighted.answer(seen, question, shots);
  }

  @Override
  public MethodKind kind() {
    return MethodKind.MAPL_BLIND;
  }

  @Override
  public Backbones backbones() {
    return sighted.backbones();
  }

  @Override
  public Mapper mapper() {
    return sighted.mapper();
  }
}
