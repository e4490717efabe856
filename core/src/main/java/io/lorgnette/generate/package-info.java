/**
 * From scores to tokens.
 *
 * <p>In: {@link io.lorgnette.generate.Prompt prompts} of token ids and embeddings (a visual prefix,
 * a question), of unequal lengths. Out: {@link io.lorgnette.generate.Generation token ids} with
 * their log-probabilities. Read {@link io.lorgnette.generate.Generator} first, then {@link
 * io.lorgnette.generate.GenerationConfig}; {@link io.lorgnette.generate.Scorer} tells how probable
 * a given text is instead of writing one; {@link io.lorgnette.generate.ImageGenerator} lets a
 * Q-Former write without a language model; {@link io.lorgnette.generate.GenerationDefaults} reads
 * what a checkpoint's authors recommend.
 *
 * <p>The language model is run behind one interface ({@link io.lorgnette.generate.Sequences}), a
 * decoder-only one and an encoder-decoder alike; what is chosen is plain Java over arrays ({@link
 * io.lorgnette.generate.BeamSearch}, {@link io.lorgnette.generate.Sampler}, {@link
 * io.lorgnette.generate.Penalties}). Results equal those of Hugging Face's {@code generate} for the
 * same settings.
 *
 * <pre>{@code
 * Generator generator = new Generator(lm, tokenizer);
 * GenerationConfig beams = GenerationConfig.beams(5, 50).withEos(tokenizer.idOf(".").getAsInt());
 * Generation caption = generator.generate(Prompt.of(prefix), beams);
 * String text = tokenizer.decode(caption.ids(), true);
 * }</pre>
 *
 * <p>Legend: B prompts, R rows that are decoded together, T tokens of a prompt, S tokens so far, D
 * width, V vocabulary.
 */
package io.lorgnette.generate;
