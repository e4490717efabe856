/**
 * The thin face over libtorch.
 *
 * <p>In: Java arrays and native memory. Out: {@link org.bytedeco.pytorch.Tensor tensors} with a
 * known {@link io.lorgnette.tensor.Dtype}, {@link io.lorgnette.tensor.Device} and owner. Packages
 * that compute use the native tensor directly; what is awkward or dangerous in the binding is
 * wrapped here once ({@link io.lorgnette.tensor.Tensors}). Read {@link io.lorgnette.tensor.Scope}
 * first: native memory has an owner, and that is it.
 *
 * <pre>{@code
 * try (Scope scope = Scope.open()) {
 *   Tensor x = Tensors.ofFloats(new float[] {1, 2, 3, 4}, 2, 2);
 *   float[] product = Tensors.toFloats(torch.matmul(x, x));
 * }
 * }</pre>
 */
package io.lorgnette.tensor;
