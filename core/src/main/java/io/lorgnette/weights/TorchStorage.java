package io.lorgnette.weights;

import io.lorgnette.tensor.Dtype;

/**
 * A run of numbers of a PyTorch checkpoint, which several tensors may share.
 *
 * @param key its name in the file
 * @param offset first number of the run that this one is a part of; 0 where it is the whole
 * @param elements numbers in it
 */
record TorchStorage(Dtype dtype, String key, long offset, long elements) {}
