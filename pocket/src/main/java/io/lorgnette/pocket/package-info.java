/**
 * The embedded models: a small vision encoder, a small language model with its tokenizer, and
 * connectors between them, so that everything can be tried offline.
 *
 * <p>In: a name. Out: a {@link io.lorgnette.pocket.Pocket path on disk} that the rest of the
 * toolkit opens like any other checkpoint.
 */
package io.lorgnette.pocket;
