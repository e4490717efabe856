package io.lorgnette.langchain4j.spi;

import io.lorgnette.langchain4j.LorgnetteStreamingChatModel;
import java.util.function.Supplier;

/**
 * Makes the builder that {@link LorgnetteStreamingChatModel#builder} gives.
 *
 * @since 0.1
 */
public interface LorgnetteStreamingChatModelBuilderFactory
    extends Supplier<LorgnetteStreamingChatModel.Builder> {}
