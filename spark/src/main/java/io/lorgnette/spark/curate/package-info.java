/**
 * Choices over a whole set that are made from what jobs wrote: the nearest pairs, near duplicates.
 */
package io.lorgnette.spark.curate;
