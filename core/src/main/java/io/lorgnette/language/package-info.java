/**
 * Causal language models: embeddings and cache in, hidden states and logits out.
 *
 * <p>A family (GPT-2, GPT-Neo, GPT-J, OPT, LLaMA, Mistral, Qwen2, Qwen3) is a {@link
 * io.lorgnette.language.DecoderConfig description} and a {@link io.lorgnette.weights.KeyMap map of
 * key names}, not a class: to add one, describe it in {@code HfFamilies} and name its tensors.
 * {@link io.lorgnette.language.LanguageModel} is the door, {@code ForwardPass} the one arithmetic.
 * Inputs are embeddings, so that a visual prefix and words meet in one sequence; what a method puts
 * between the parts of a model are {@link io.lorgnette.language.Insertions}.
 *
 * <p>Legend: B batch, T new tokens, S all tokens so far, D width of embeddings, W of the layers, V
 * vocabulary.
 */
package io.lorgnette.language;
