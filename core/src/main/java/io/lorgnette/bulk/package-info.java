/**
 * Captions for any number of photos.
 *
 * <p>In: photos, folders, patterns, tar and zip files, listed as they are needed. Out: a file of
 * JSON lines that a later run goes on with, and what is made from it: tables, COCO results, pages,
 * XMP sidecars. Listing, decoding, seeing and speaking are threads with bounded queues between
 * them; the order of the captions is that of the photos.
 *
 * <p>Read first: {@link io.lorgnette.bulk.PhotoInputs}, {@link io.lorgnette.bulk.BulkCaptions},
 * {@link io.lorgnette.bulk.CaptionFile}.
 *
 * <pre>{@code
 * PhotoInputs inputs = PhotoInputs.of(List.of("holidays", "shards/*.tar"));
 * try (CaptionFile file = CaptionFile.open(Path.of("captions.jsonl"));
 *     PhotoListing photos = inputs.list(name -> !file.contains(name))) {
 *   new BulkCaptions(model.captioner(Speaker.MAPL, numerics), 8).run(photos, listener, () -> false);
 * }
 * }</pre>
 */
package io.lorgnette.bulk;
