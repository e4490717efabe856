/**
 * Language models: embeddings and cache in, hidden states and logits out.
 *
 * <p>A family (GPT-2, GPT-Neo, GPT-J, OPT, LLaMA, Mistral, Qwen2, Qwen3) is a {@link
 * io.lorgnette.language.DecoderConfig description} and a {@link io.lorgnette.weights.KeyMap map of
 * key names}, not a class: to add one, describe it in {@code HfFamilies} and name its tensors.
 * {@link io.lorgnette.language.LanguageModel} is the door, {@code ForwardPass} the one arithmetic.
 * Inputs are embeddings, so that a visual prefix and words meet in one sequence; what a method puts
 * between the parts of a model are {@link io.lorgnette.language.Insertions}.
 *
 * <p>{@link io.lorgnette.language.EncoderDecoder} is the same for models that read before they
 * write (T5, FlanT5, BART): there the prefix stands in the encoder's input, and several sequences
 * of the decoder share what they see of it, a {@link io.lorgnette.language.CrossMemory}. {@link
 * io.lorgnette.language.TextModel} is either kind.
 *
 * <p>Legend: B batch, T new tokens, S all tokens so far, or those of the encoder, R sequences of
 * the decoder, D width of embeddings, W of the layers, V vocabulary.
 */
package io.lorgnette.language;
