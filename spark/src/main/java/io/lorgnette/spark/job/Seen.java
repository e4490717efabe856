package io.lorgnette.spark.job;

import io.lorgnette.image.RgbImage;
import io.lorgnette.spark.input.Sample;

/** An image that could be decoded. */
record Seen(Sample sample, RgbImage picture) {}
