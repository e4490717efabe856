/**
 * Reports: run folders in, one page for people out, and the score tables as Markdown and CSV.
 *
 * <p>Read {@link io.lorgnette.report.Report} first. Everything in a report comes from the run
 * folders; nothing is measured anew but the paired differences, which are drawn from the recorded
 * predictions. The page is one file: style and pictures are inside, there is no script, and it asks
 * the network for nothing.
 */
package io.lorgnette.report;
