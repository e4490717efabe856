package io.lorgnette.langchain4j.spi;

import io.lorgnette.langchain4j.LorgnetteEmbeddingModel;
import java.util.function.Supplier;

/**
 * Makes the builder that {@link LorgnetteEmbeddingModel#builder} gives.
 *
 * @since 0.1
 */
public interface LorgnetteEmbeddingModelBuilderFactory
    extends Supplier<LorgnetteEmbeddingModel.Builder> {}
