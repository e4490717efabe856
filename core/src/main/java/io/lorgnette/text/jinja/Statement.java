package io.lorgnette.text.jinja;

import java.util.List;

/** A piece of a template as it was parsed. */
sealed interface Statement {

  record Text(String text) implements Statement {}

  record Output(Expression value, int line) implements Statement {}

  record Branch(Expression test, List<Statement> body) {}

  record If(List<Branch> branches, List<Statement> otherwise, int line) implements Statement {}

  /** {@code filter} is null where every item is taken. */
  record For(
      Target target,
      Expression items,
      Expression filter,
      List<Statement> body,
      List<Statement> otherwise,
      int line)
      implements Statement {}

  record Set(Target target, Expression value, int line) implements Statement {}

  /** The filters are applied to the text of the body, the first one innermost. */
  record SetBlock(Target target, List<Expression.Filter> filters, List<Statement> body, int line)
      implements Statement {}

  record FilterBlock(List<Expression.Filter> filters, List<Statement> body, int line)
      implements Statement {}

  /** {@code otherwise} is null for a parameter without a default. */
  record Parameter(String name, Expression otherwise) {}

  record Macro(String name, List<Parameter> parameters, List<Statement> body)
      implements Statement {}

  record With(List<Set> values, List<Statement> body) implements Statement {}

  /** A part that is only marked, for training. */
  record Marked(List<Statement> body) implements Statement {}

  record Break() implements Statement {}

  record Continue() implements Statement {}

  /**
   * What is assigned to.
   *
   * @param names one name, or several for a tuple
   * @param attribute of the one name, a namespace; else null
   */
  record Target(List<String> names, String attribute) {}
}
