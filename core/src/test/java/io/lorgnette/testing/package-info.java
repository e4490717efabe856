/**
 * Helpers of the tests, not part of the library.
 *
 * <p>{@link io.lorgnette.testing.Golden} reads stored reference values: a folder of test resources
 * goes in, plain Java arrays come out. It shares no code with the library's own readers, so that a
 * fault in one can not hide in the other.
 */
package io.lorgnette.testing;
