/**
 * String to token ids and back, and text packed for pre-training.
 *
 * <p>In comes a {@code tokenizer.json}, or the older files of a tokenizer, and text; out come ids
 * that equal the reference's, and text again. Read {@link io.lorgnette.text.Tokenizer} first, then
 * {@link io.lorgnette.text.StreamDecoder} for text that grows token by token, and {@link
 * io.lorgnette.text.PackedCorpus} with {@link io.lorgnette.text.TextSource} for the text that a
 * language model is trained on.
 *
 * <pre>{@code
 * try (Tokenizer tokenizer = Tokenizer.load(Path.of("gpt2"))) {
 *   int[] ids = tokenizer.encode("A photo of a cat.");
 *   String text = tokenizer.decode(ids, true);
 * }
 * }</pre>
 */
package io.lorgnette.text;
