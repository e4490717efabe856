package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Gives expressions their values. */
final class Evaluator {

  private final Limits limits;

  Evaluator(Limits limits) {
    this.limits = limits;
  }

  Object value(Expression expression, Scope scope) {
    limits.step();
    if (expression instanceof Expression.Literal literal) {
      return literal.value();
    }
    if (expression instanceof Expression.Name name) {
      return scope.get(name.name());
    }
    if (expression instanceof Expression.Attribute attribute) {
      return Sequences.attribute(value(attribute.target(), scope), attribute.name());
    }
    if (expression instanceof Expression.Subscript subscript) {
      return subscript(subscript, scope);
    }
    if (expression instanceof Expression.Binary binary) {
      return binary(binary, scope);
    }
    if (expression instanceof Expression.Comparison comparison) {
      return comparison(comparison, scope);
    }
    if (expression instanceof Expression.Unary unary) {
      return unary(unary, scope);
    }
    if (expression instanceof Expression.Conditional choice) {
      if (Operators.truth(value(choice.test(), scope))) {
        return value(choice.then(), scope);
      }
      return choice.otherwise() == null
          ? new Undefined("the condition does not hold, and there is no else")
          : value(choice.otherwise(), scope);
    }
    if (expression instanceof Expression.Filter filter) {
      return filter(filter, value(filter.input(), scope), scope);
    }
    if (expression instanceof Expression.Test test) {
      boolean holds =
          Tests.holds(test.name(), value(test.input(), scope), arguments(test.arguments(), scope));
      return holds != test.negated();
    }
    if (expression instanceof Expression.Call call) {
      Object target = value(call.target(), scope);
      if (target instanceof Callable function) {
        return function.call(arguments(call.arguments(), scope));
      }
      throw target instanceof Undefined undefined
          ? undefined.error()
          : JinjaException.of("can not call " + Operators.type(target));
    }
    return collection(expression, scope);
  }

  private Object collection(Expression expression, Scope scope) {
    if (expression instanceof Expression.ListOf list) {
      return values(list.items(), scope);
    }
    if (expression instanceof Expression.TupleOf tuple) {
      return new Tuple(values(tuple.items(), scope));
    }
    if (expression instanceof Expression.DictOf dict) {
      Map<Object, Object> map = new LinkedHashMap<>();
      for (Expression.Entry entry : dict.entries()) {
        Object key = value(entry.key(), scope);
        if (key instanceof List || key instanceof Map || key instanceof Undefined) {
          throw JinjaException.of("can not use " + Operators.type(key) + " as a key");
        }
        map.put(key, value(entry.value(), scope));
      }
      return map;
    }
    throw JinjaException.of("a slice stands only in square brackets");
  }

  private List<Object> values(List<Expression> expressions, Scope scope) {
    List<Object> values = new ArrayList<>();
    expressions.forEach(e -> values.add(value(e, scope)));
    return values;
  }

  private Object subscript(Expression.Subscript subscript, Scope scope) {
    Object target = value(subscript.target(), scope);
    if (subscript.index() instanceof Expression.Slice slice) {
      if (target instanceof Undefined undefined) {
        throw undefined.error();
      }
      return Sequences.slice(
          target, part(slice.start(), scope), part(slice.stop(), scope), part(slice.step(), scope));
    }
    return Sequences.item(target, value(subscript.index(), scope));
  }

  private Object part(Expression bound, Scope scope) {
    return bound == null ? null : value(bound, scope);
  }

  private Object binary(Expression.Binary binary, Scope scope) {
    Object left = value(binary.left(), scope);
    if (binary.operator().equals("and")) {
      return Operators.truth(left) ? value(binary.right(), scope) : left;
    }
    if (binary.operator().equals("or")) {
      return Operators.truth(left) ? left : value(binary.right(), scope);
    }
    return Operators.binary(binary.operator(), left, value(binary.right(), scope));
  }

  private Object comparison(Expression.Comparison comparison, Scope scope) {
    Object left = value(comparison.first(), scope);
    for (Expression.Comparand next : comparison.rest()) {
      Object right = value(next.operand(), scope);
      if (!Operators.compare(next.operator(), left, right)) {
        return false;
      }
      left = right;
    }
    return true;
  }

  private Object unary(Expression.Unary unary, Scope scope) {
    Object operand = value(unary.operand(), scope);
    if (unary.operator().equals("not")) {
      return !Operators.truth(operand);
    }
    Object negative = Operators.negative(operand);
    return unary.operator().equals("-") ? negative : Operators.negative(negative);
  }

  /** A text through the filters of a block. */
  Object filtered(List<Expression.Filter> filters, String text, Scope scope) {
    Object value = text;
    for (Expression.Filter filter : filters) {
      value = filter(filter, value, scope);
    }
    return value;
  }

  private Object filter(Expression.Filter filter, Object input, Scope scope) {
    try {
      return Filters.apply(filter.name(), input, arguments(filter.arguments(), scope));
    } catch (JinjaException e) {
      throw e.inLine(filter.line());
    }
  }

  private Arguments arguments(List<Expression.Argument> given, Scope scope) {
    if (given.isEmpty()) {
      return Arguments.NONE;
    }
    List<Object> positional = new ArrayList<>();
    Map<String, Object> named = new LinkedHashMap<>();
    for (Expression.Argument argument : given) {
      Object value = value(argument.value(), scope);
      if (argument.name() == null) {
        positional.add(value);
      } else if (argument.name().equals("*")) {
        positional.addAll(Sequences.items(value));
      } else if (argument.name().equals("**")) {
        ((Map<?, ?>) value).forEach((k, v) -> named.put((String) k, v));
      } else {
        named.put(argument.name(), value);
      }
    }
    return new Arguments(positional, named);
  }
}
