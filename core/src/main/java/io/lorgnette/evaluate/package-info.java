/**
 * Evaluation: a trained method and a data set in, predictions and scores with intervals out.
 *
 * <p>{@link io.lorgnette.evaluate.Evaluation} walks the data set once, writes what was said in the
 * result formats of COCO and VQA, so that other scorers can check ours, and the scores beside it.
 * How questions are asked stands in {@link io.lorgnette.evaluate.Protocol}.
 */
package io.lorgnette.evaluate;
