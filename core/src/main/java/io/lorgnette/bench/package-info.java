/**
 * What this machine can do at most, and how near to it each stage of the line comes.
 *
 * <p>Rates of two machines, or of one that does something else beside, do not compare; shares of
 * the limit, measured in the same minute, do.
 */
package io.lorgnette.bench;
