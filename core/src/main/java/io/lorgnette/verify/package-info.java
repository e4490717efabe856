/**
 * Our outputs against recorded outputs of a reference: a checkpoint and a recording in, a list of
 * compared stages out.
 *
 * <p>Read {@link io.lorgnette.verify.Verification} first. The first stage that differs is where the
 * difference begins. All tolerances stand in one place, {@code Tolerances}.
 */
package io.lorgnette.verify;
