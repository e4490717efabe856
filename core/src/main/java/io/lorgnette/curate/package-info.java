/**
 * Data sets made of data sets: pairs of images and captions that a joint space finds fitting
 * (MAPL's CC-clean), and captions that a model wrote, ranked with the original ones (CapFilt, as
 * BLIP-2's data was made).
 *
 * <p>In: a {@link io.lorgnette.data.Dataset} and a {@link io.lorgnette.method.JointEmbedder}. Out:
 * a folder with one line for each image that was looked at, and a set of JSON lines over the same
 * images which {@code train} reads. Looking is one pass that goes on where it was stopped, choosing
 * is another over its lines; neither holds more than a few images and some bytes a pair.
 *
 * <p>Read first: {@link io.lorgnette.curate.ImagePass}, {@link io.lorgnette.curate.CaptionFilter},
 * {@link io.lorgnette.curate.SyntheticCaptions}.
 */
package io.lorgnette.curate;
