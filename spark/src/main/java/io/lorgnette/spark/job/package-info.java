/**
 * Work on images, unit by unit: {@link io.lorgnette.spark.job.UnitJob} runs a {@link
 * io.lorgnette.spark.job.UnitWork} on the units that are not done, a task for each.
 */
package io.lorgnette.spark.job;
