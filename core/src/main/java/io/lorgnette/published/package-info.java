/**
 * Whole vision-language models as they are published: a folder in, with the weights of all parts in
 * one checkpoint; what was seen, prompts and scores out.
 *
 * <p>The parts are those that methods are built of: a {@link io.lorgnette.vision.VisionEncoder}, a
 * {@link io.lorgnette.mapper.Mapper} and a {@link io.lorgnette.language.TextModel}. Read {@link
 * io.lorgnette.published.WritingModel} first.
 *
 * <pre>{@code
 * try (WritingModel model = WritingModel.load(folder, Dtype.F32, Device.CPU)) {
 *   ImageTextBatch batch = ImageTextBatch.of(pixels, ids);       // [1, 3, 224, 224], [1, T]
 *   List<Prompt> prompts = model.prompts(batch);
 *   new Generator(model.language()).generate(prompts, config);
 * }
 * }</pre>
 *
 * <p>Legend: I images, S their size, N visual tokens, Di their width, P embeddings for each image,
 * B texts, T tokens of a text, D width of the language model, V its vocabulary.
 */
package io.lorgnette.published;
