/**
 * Causal language models: embeddings and cache in, hidden states and logits out.
 *
 * <p>A family (GPT-2, LLaMA, Mistral, Qwen2) is a {@link io.lorgnette.language.DecoderConfig
 * configuration} and a {@link io.lorgnette.weights.KeyMap map of key names}, not a class. {@link
 * io.lorgnette.language.LanguageModel} is the one forward pass. Inputs are embeddings, so that a
 * visual prefix and words meet in one sequence.
 *
 * <p>Legend: B batch, T new tokens, S all tokens so far, D width, V vocabulary.
 */
package io.lorgnette.language;
