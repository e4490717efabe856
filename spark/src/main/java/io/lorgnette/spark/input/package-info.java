/**
 * What a job reads: the input divided into {@link io.lorgnette.spark.input.InputUnit units}, and
 * the images of a unit one after the other.
 */
package io.lorgnette.spark.input;
