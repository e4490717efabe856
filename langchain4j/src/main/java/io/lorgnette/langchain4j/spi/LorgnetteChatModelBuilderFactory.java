package io.lorgnette.langchain4j.spi;

import io.lorgnette.langchain4j.LorgnetteChatModel;
import java.util.function.Supplier;

/**
 * Makes the builder that {@link LorgnetteChatModel#builder} gives.
 *
 * @since 0.1
 */
public interface LorgnetteChatModelBuilderFactory extends Supplier<LorgnetteChatModel.Builder> {}
