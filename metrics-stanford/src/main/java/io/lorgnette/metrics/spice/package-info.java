/**
 * SPICE for captions, as a metric that {@code lorgnette score} finds when this jar is on its class
 * path.
 *
 * <p>In come tokenised captions of images; out goes {@link
 * io.lorgnette.metrics.spice.SpiceMetric}'s F of each image with precision, recall and F of
 * objects, attributes, relations, colours, counts and sizes. In between: Stanford's parser gives
 * the dependencies of a sentence, rules turn them into propositions, propositions become one graph
 * for the caption and one for all its references, and the tuples of both graphs are compared.
 *
 * <p>This module, unlike the others, is under the GNU General Public License, version 3 or later,
 * because the parser is.
 */
package io.lorgnette.metrics.spice;
