package io.lorgnette.text.jinja;

import java.util.List;

/** An expression as it was parsed. */
sealed interface Expression {

  record Literal(Object value) implements Expression {}

  record Name(String name) implements Expression {}

  record ListOf(List<Expression> items) implements Expression {}

  record TupleOf(List<Expression> items) implements Expression {}

  record Entry(Expression key, Expression value) {}

  record DictOf(List<Entry> entries) implements Expression {}

  record Unary(String operator, Expression operand) implements Expression {}

  record Binary(String operator, Expression left, Expression right) implements Expression {}

  record Comparison(Expression first, List<Comparand> rest) implements Expression {}

  record Comparand(String operator, Expression operand) {}

  /** {@code otherwise} is null where there is no else. */
  record Conditional(Expression test, Expression then, Expression otherwise)
      implements Expression {}

  record Attribute(Expression target, String name) implements Expression {}

  record Subscript(Expression target, Expression index) implements Expression {}

  /** Parts that are left out are null. */
  record Slice(Expression start, Expression stop, Expression step) implements Expression {}

  /**
   * An argument of a call.
   *
   * @param name of a named one, "*" and "**" for spread ones, else null
   */
  record Argument(String name, Expression value) {}

  record Call(Expression target, List<Argument> arguments, int line) implements Expression {}

  /** {@code input} is null for the text of a filter block. */
  record Filter(Expression input, String name, List<Argument> arguments, int line)
      implements Expression {}

  record Test(Expression input, String name, List<Argument> arguments, boolean negated, int line)
      implements Expression {}
}
