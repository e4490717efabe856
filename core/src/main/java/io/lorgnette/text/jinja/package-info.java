/**
 * The part of the Jinja language that chat templates use, with Jinja2's and Python's results.
 *
 * <p>In comes a template and plain values (texts, numbers, truth values, lists, maps); out comes
 * text. A template can reach nothing else: there are no Java objects behind the values, no files,
 * no other templates, and its steps, time and output are limited. Start at {@link
 * io.lorgnette.text.jinja.JinjaTemplate}.
 *
 * <p>The order of the stages is {@code Lexer}, {@code Parser}, {@code Interpreter}; what operators,
 * methods, filters and tests do is in {@code Operators}, {@code Methods}, {@code Filters} and
 * {@code Tests}.
 */
package io.lorgnette.text.jinja;
