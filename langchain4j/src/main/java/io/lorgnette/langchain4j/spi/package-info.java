/**
 * Where a framework puts builders of its own: a factory that {@link java.util.ServiceLoader} finds
 * makes the builder that {@code builder()} gives, as in LangChain4j's own modules.
 */
package io.lorgnette.langchain4j.spi;
