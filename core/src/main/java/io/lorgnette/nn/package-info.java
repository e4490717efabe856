/**
 * Blocks that models share.
 *
 * <p>In: {@link io.lorgnette.nn.Parameters named tensors} and activations. Out: activations. Blocks
 * are pure functions over tensors, not modules that own state: weights are immutable and shared,
 * what belongs to one sequence lives in its {@link io.lorgnette.nn.KvCache}.
 *
 * <p>Legend: B batch, T new tokens, S all tokens so far, D width, h heads, d head width, F hidden
 * width of the feed-forward.
 */
package io.lorgnette.nn;
