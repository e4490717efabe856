/**
 * Native data files to streams of examples.
 *
 * <p>In: the files as their makers publish them (COCO captions, Karpathy's splits, Flickr8k's token
 * file, VQAv2, DAQUAR, JSON lines, WebDataset shards; gzip is read as it is), photos in folders,
 * tar or zip files, and a {@link io.lorgnette.data.DatasetSpec} that a recipe names. Out: {@link
 * io.lorgnette.data.Example}s, one an image, in an order that depends on the files alone.
 *
 * <p>Opening a set reads its annotation files once and keeps only where each record lies; texts and
 * photos are read when asked for, so a set of any size needs some hundred bytes of memory an image.
 * A broken line, an unknown or missing image, a duplicate id is counted, kept for the run folder's
 * {@code problems.jsonl} and left out, or stops the run when {@link
 * io.lorgnette.data.Problems#strict() strict}.
 *
 * <pre>{@code
 * DataRoots roots = DataRoots.find(dataOption, System.getenv());
 * Problems problems = Problems.collecting();
 * try (Dataset dev = Datasets.open(DatasetSpec.named("flickr8k", Split.VAL), roots, problems)) {
 *   dev.examples().forEach(example -> use(example.image().bytes(), example.captions()));
 * }
 * problems.write(runFolder.resolve("problems.jsonl"));
 * }</pre>
 *
 * <p>Read first: {@link io.lorgnette.data.DatasetSpec} (the closed list of kinds), {@link
 * io.lorgnette.data.Dataset}, {@link io.lorgnette.data.CaptionText}. Nothing here touches a tensor.
 */
package io.lorgnette.data;
