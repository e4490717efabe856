/**
 * Scenes to English: captions, questions and answers that are true of the picture.
 *
 * <p>In: a {@link io.lorgnette.pocket.postcards.scene.Scene}. Out: five captions ({@link
 * io.lorgnette.pocket.postcards.words.Captions}) and some seven questions with ten answers each
 * ({@link io.lorgnette.pocket.postcards.words.Questions}). The smaller classes each know one sort
 * of phrase. For use by postcards only.
 */
package io.lorgnette.pocket.postcards.words;
