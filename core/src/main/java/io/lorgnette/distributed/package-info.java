/**
 * Processes that train one model together.
 *
 * <p>In: the environment that a starter of processes sets ({@link
 * io.lorgnette.distributed.GroupSettings}) and tensors of this process. Out: their sums and what
 * the others have ({@link io.lorgnette.distributed.ProcessGroup}). Read {@code ProcessGroup} first;
 * {@link io.lorgnette.distributed.GradientBuckets} adds up gradients while the backward pass still
 * runs, and {@link io.lorgnette.distributed.Gathering} shows processes each other's rows, with
 * gradients. No other package knows how processes reach each other.
 */
package io.lorgnette.distributed;
