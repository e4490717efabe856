package io.lorgnette.method;

import io.lorgnette.nn.Parameters;

/**
 * What every system holds: its sizes, the models it stands between, its weights, its words.
 *
 * @param <C> its record of sizes
 */
abstract class BoundMethod<C extends MethodConfig> implements Method {

  final C config;
  final Backbones backbones;
  final Parameters trained;
  final Prompts prompts;

  /**
   * A system between its backbones.
   *
   * @param trained owned from then on
   */
  BoundMethod(C config, Backbones backbones, Parameters trained, Prompts prompts) {
    this.config = config;
    this.backbones = backbones;
    this.trained = trained;
    this.prompts = prompts;
  }

  /** As the other, with the words of its sizes. */
  BoundMethod(C config, Backbones backbones, Parameters trained) {
    this(
        config,
        backbones,
        trained,
        new Prompts(backbones.tokenizer(), config.wording(backbones.language())));
  }

  @Override
  public final C config() {
    return config;
  }

  @Override
  public final Backbones backbones() {
    return backbones;
  }

  @Override
  public final Parameters trained() {
    return trained;
  }

  @Override
  public final Prompts prompts() {
    return prompts;
  }
}
