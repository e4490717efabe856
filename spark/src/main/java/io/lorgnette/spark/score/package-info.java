/** Caption metrics over results of any size. */
package io.lorgnette.spark.score;
