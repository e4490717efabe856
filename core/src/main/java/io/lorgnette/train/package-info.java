/**
 * Training: a method or a language model and data in, a run folder out.
 *
 * <p>Read {@link io.lorgnette.train.TrainingLoop} first: it takes the gradient steps, writes
 * checkpoints from which a run continues to bitwise the same weights, evaluates now and then, and
 * stops at the first loss that is not finite. What is trained on what is a {@link
 * io.lorgnette.train.TrainingTask}: {@link io.lorgnette.train.ConnectorTraining} trains a connector
 * on cached features, {@link io.lorgnette.train.Blip2Training} BLIP-2's Q-Former before there is a
 * language model, {@link io.lorgnette.train.Pretraining} a small language model on text, each by
 * its recipe.
 */
package io.lorgnette.train;
