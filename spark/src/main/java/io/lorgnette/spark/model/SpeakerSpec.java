package io.lorgnette.spark.model;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.weights.Precision;
import java.util.Map;

/**
 * Two frozen models and the connector between them.
 *
 * @param vision {@code pocket}, a folder, what {@code --archives} brought, or an org/name of the
 *     hub
 * @param language the same, or a GGUF file
 * @param connector {@code pocket-captions}, {@code pocket-answers}, a file or a run folder
 * @param weights form of the language model's matrices, as {@link Precision#named} reads it; empty
 *     for the format that is computed in
 */
public record SpeakerSpec(
    String vision, String language, String connector, String weights, Computing computing)
    implements ModelSpec<VisionLanguageModel> {

  /** The embedded pair with one of its connectors. */
  public static SpeakerSpec pocket(String connector) {
    return new SpeakerSpec(
        ModelFolders.POCKET,
        ModelFolders.POCKET,
        ModelFolders.POCKET + "-" + connector,
        "",
        Computing.DEFAULT);
  }

  @Override
  public VisionLanguageModel load() {
    Numerics numerics = computing.apply();
    Precision precision =
        weights.isEmpty()
            ? Precision.of(numerics.format())
            : Precision.named(weights).computedIn(numerics.format());
    return VisionLanguageModel.load(
        ModelFolders.vision(vision),
        ModelFolders.language(language),
        ModelFolders.connector(connector),
        numerics,
        precision);
  }

  @Override
  public Map<String, String> settings() {
    return Map.of(
        "vision", vision,
        "language", language,
        "connector", connector,
        "weights", weights,
        "computing", computing.device() + " " + computing.format());
  }
}
