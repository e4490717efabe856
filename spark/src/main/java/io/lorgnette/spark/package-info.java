/**
 * Lorgnette on Spark. {@link io.lorgnette.spark.Lorgnette} has functions for columns of images;
 * {@link io.lorgnette.spark.app.Main} is the application for {@code spark-submit}, whose work on
 * whole sets is in {@link io.lorgnette.spark.job}, {@link io.lorgnette.spark.curate} and {@link
 * io.lorgnette.spark.score}.
 */
package io.lorgnette.spark;
