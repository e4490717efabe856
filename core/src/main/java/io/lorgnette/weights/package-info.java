/**
 * Checkpoint files and their named tensors.
 *
 * <p>In: safetensors files and files of PyTorch, single or sharded by an index, and GGUF files.
 * Out: {@link io.lorgnette.weights.Checkpoint named tensors}, memory-mapped and checked before
 * anything is allocated; a pickle is read as data and never run. {@link
 * io.lorgnette.weights.Safetensors#write} is the way back: to a temporary file, then moved, so that
 * a reader never meets half a checkpoint.
 */
package io.lorgnette.weights;
