/**
 * From image files to the numbers a vision encoder sees: in goes a file, out come pixels {@code [3,
 * S, S]}, equal to those that the models' own preprocessing (Pillow and the Hugging Face image
 * processors) makes of it.
 *
 * <p>Read first: {@link io.lorgnette.image.ImageReader}, which decodes a file to an {@link
 * io.lorgnette.image.RgbImage}, and {@link io.lorgnette.image.ImageProcessor}, which resizes, crops
 * and normalises. {@link io.lorgnette.image.Resampler} is the resize alone.
 *
 * <pre>{@code
 * RgbImage photo = ImageReader.read(Path.of("photo.jpg"));
 * ImageProcessor processor = ImageProcessor.clip(224);
 * float[] pixels = processor.process(photo); // [3, 224, 224]
 * RgbImage seen = processor.resizedAndCropped(photo); // for a report
 * }</pre>
 *
 * <p>A file is judged by its content, and its announced size before any pixel is allocated; what
 * can not be read is an {@link io.lorgnette.error.InputException}. The small readers of PNG, GIF
 * and BMP are the package's own, since their pixels must not depend on the Java version; JPEG data
 * is decompressed by the JDK and turned into colours here, WebP by libwebp. No tensors, no native
 * code of our own, no cache on disk; everything may be used from many threads.
 */
package io.lorgnette.image;
