/**
 * Suites: tables of many runs, such as the lecture's, that are run, resumed and compared together.
 *
 * <p>Read {@link io.lorgnette.suite.Suite} first: the systems, data and language models that all
 * tables share, from {@code suite.yaml}. A {@link io.lorgnette.suite.TableSpec} says rows, columns
 * and orderings; a {@link io.lorgnette.suite.Plan} turns them into steps, each one command of this
 * program, and knows from the run folders which are done; a {@link io.lorgnette.suite.Results}
 * scores what is there; {@link io.lorgnette.suite.ResultsPage} and {@link
 * io.lorgnette.suite.ResultsHtml} show it. Nothing here runs anything.
 */
package io.lorgnette.suite;
