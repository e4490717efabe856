/**
 * Alternative texts for the images of a static site.
 *
 * <p>In: a folder of HTML pages. Out: the images that lack an alternative text, a file of proposals
 * that a person edits, a page to review them on, and in the end the pages with the texts, of which
 * nothing but the {@code alt} attributes has changed. What an image shows is said by whoever calls.
 *
 * <p>Read first: {@link io.lorgnette.site.Site}, {@link io.lorgnette.site.Proposal}, {@link
 * io.lorgnette.site.AltWriter}.
 *
 * <pre>{@code
 * Site site = Site.scan(Path.of("public"), Site.Options.DEFAULT);
 * site.images(); // files to caption
 * }</pre>
 */
package io.lorgnette.site;
