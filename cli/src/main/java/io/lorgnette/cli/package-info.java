/**
 * The program: commands of the command line and the only code that writes to the terminal.
 *
 * <p>In: arguments. Out: results on standard output, progress and messages on standard error, an
 * exit code (0 fine, 1 failed while running, 2 wrong use or bad input, 130 interrupted). Read
 * {@link io.lorgnette.cli.Main} first, then any command: each is a small class that turns options
 * into calls of the toolkit and its answers into text.
 */
package io.lorgnette.cli;
