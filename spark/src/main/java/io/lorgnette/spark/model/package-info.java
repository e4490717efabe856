/**
 * The models of an executor: named in a {@link io.lorgnette.spark.model.SpeakerSpec}, {@link
 * io.lorgnette.spark.model.EncoderSpec} or {@link io.lorgnette.spark.model.JointSpec} that travels
 * with the tasks, loaded once in a JVM by {@link io.lorgnette.spark.model.ExecutorModels}.
 */
package io.lorgnette.spark.model;
