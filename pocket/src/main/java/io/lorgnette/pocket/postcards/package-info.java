/**
 * Postcards, the built-in data set: scenes drawn by seed, with captions, questions and answers.
 *
 * <p>In: a cache directory, sizes, a seed. Out: a folder of JPEG files with COCO captions and VQA
 * v2 questions and answers, which the ordinary loaders read; or lines of text alone. Nothing is
 * loaded from outside but the national flags of the flag-icons artifact.
 *
 * <p>Read {@link io.lorgnette.pocket.postcards.Postcards} first; then {@code scene.Scene} (what is
 * true of a picture), {@code scene.HeldOut} (which combinations only the test has), {@code
 * paint.ScenePainter} and {@code words.Captions}.
 */
package io.lorgnette.pocket.postcards;
