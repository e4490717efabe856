/**
 * What a job writes: a {@link io.lorgnette.spark.output.JobFolder folder} with a manifest, and for
 * each unit a data file, a file of problems and the file that says that the unit is done.
 */
package io.lorgnette.spark.output;
