/**
 * Looking inside: what a connector has made of a photo, what it looked at, and how much each word
 * that was said depends on what the photo shows.
 *
 * <p>Read {@link io.lorgnette.explain.Explaining} first. Nothing here is trained or approximated:
 * every number comes from the models' own weights, run on the photo, on the photo with a part of it
 * covered, or without it.
 */
package io.lorgnette.explain;
