/**
 * What goes wrong because of what came from outside, in words for people.
 *
 * <p>It lives in the lowest module, so that every stage throws the same type and the command line
 * needs to know only one.
 */
package io.lorgnette.error;
