/** The application for {@code spark-submit}: a command for each kind of work. */
package io.lorgnette.spark.app;
