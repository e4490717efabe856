package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes expressions out of tokens, with Jinja2's order of operators. */
final class ExpressionParser {

  private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");
  private static final Set<String> NO_ARGUMENT =
      Set.of("else", "or", "and", "if", "not", "in", "is");

  private final List<Token> tokens;
  private int at;
  private int depth;

  ExpressionParser(List<Token> tokens) {
    this.tokens = tokens;
  }

  Token peek() {
    return peek(0);
  }

  Token peek(int ahead) {
    return tokens.get(Math.min(at + ahead, tokens.size() - 1));
  }

  Token next() {
    Token token = peek();
    at++;
    return token;
  }

  Token expect(Token.Kind kind) {
    Token token = next();
    if (token.kind() != kind) {
      throw JinjaException.at(token.line(), "did not expect " + token);
    }
    return token;
  }

  boolean skipOperator(String operator) {
    boolean is = peek().isOperator(operator);
    at += is ? 1 : 0;
    return is;
  }

  boolean skipName(String name) {
    boolean is = peek().isName(name);
    at += is ? 1 : 0;
    return is;
  }

  private void close(String operator) {
    if (!skipOperator(operator)) {
      throw JinjaException.at(peek().line(), "expected \"" + operator + "\", not " + peek());
    }
  }

  /** One expression, or several with commas between them, which make a tuple. */
  Expression tuple() {
    Expression first = expression();
    return peek().isOperator(",") ? rest(first) : first;
  }

  private Expression rest(Expression first) {
    List<Expression> items = new ArrayList<>(List.of(first));
    while (skipOperator(",")) {
      if (!startsExpression()) {
        break;
      }
      items.add(expression());
    }
    return new Expression.TupleOf(items);
  }

  private boolean startsExpression() {
    Token token = peek();
    return switch (token.kind()) {
      case NAME, STRING, INTEGER, FLOAT -> true;
      case OPERATOR -> Set.of("(", "[", "{", "-", "+").contains(token.text());
      default -> false;
    };
  }

  /** What a loop goes over: an "if" after it is the loop's. */
  Expression tupleWithoutCondition() {
    Expression first = or();
    return peek().isOperator(",") ? rest(first) : first;
  }

  Expression expression() {
    if (++depth > Limits.DEEPEST) {
      throw JinjaException.at(peek().line(), "an expression is nested too deeply");
    }
    Expression value = or();
    while (skipName("if")) {
      Expression test = or();
      value = new Expression.Conditional(test, value, skipName("else") ? expression() : null);
    }
    depth--;
    return value;
  }

  private Expression or() {
    Expression left = and();
    while (skipName("or")) {
      left = new Expression.Binary("or", left, and());
    }
    return left;
  }

  private Expression and() {
    Expression left = not();
    while (skipName("and")) {
      left = new Expression.Binary("and", left, not());
    }
    return left;
  }

  private Expression not() {
    if (!peek().isName("not")) {
      return comparison();
    }
    if (++depth > Limits.DEEPEST) {
      throw JinjaException.at(peek().line(), "an expression is nested too deeply");
    }
    next();
    Expression negated = new Expression.Unary("not", not());
    depth--;
    return negated;
  }

  private Expression comparison() {
    Expression first = sum();
    List<Expression.Comparand> rest = new ArrayList<>();
    while (true) {
      Token token = peek();
      if (token.kind() == Token.Kind.OPERATOR && COMPARISONS.contains(token.text())) {
        next();
        rest.add(new Expression.Comparand(token.text(), sum()));
      } else if (skipName("in")) {
        rest.add(new Expression.Comparand("in", sum()));
      } else if (token.isName("not") && peek(1).isName("in")) {
        next();
        next();
        rest.add(new Expression.Comparand("not in", sum()));
      } else {
        return rest.isEmpty() ? first : new Expression.Comparison(first, rest);
      }
    }
  }

  private Expression sum() {
    Expression left = concatenation();
    while (peek().isOperator("+") || peek().isOperator("-")) {
      left = new Expression.Binary(next().text(), left, concatenation());
    }
    return left;
  }

  private Expression concatenation() {
    Expression left = product();
    while (skipOperator("~")) {
      left = new Expression.Binary("~", left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = power();
    while (peek().kind() == Token.Kind.OPERATOR
        && Set.of("*", "/", "//", "%").contains(peek().text())) {
      left = new Expression.Binary(next().text(), left, power());
    }
    return left;
  }

  private Expression power() {
    Expression left = unary(true);
    while (skipOperator("**")) {
      left = new Expression.Binary("**", left, unary(true));
    }
    return left;
  }

  private Expression unary(boolean withFilters) {
    Token token = peek();
    Expression value;
    if (token.isOperator("-") || token.isOperator("+")) {
      if (++depth > Limits.DEEPEST) {
        throw JinjaException.at(token.line(), "an expression is nested too deeply");
      }
      next();
      value = new Expression.Unary(token.text(), unary(false));
      depth--;
    } else {
      value = primary();
    }
    value = postfix(value);
    return withFilters ? filtersAndTests(value) : value;
  }

  private Expression primary() {
    Token token = next();
    return switch (token.kind()) {
      case NAME ->
          switch (token.text()) {
            case "true", "True" -> new Expression.Literal(true);
            case "false", "False" -> new Expression.Literal(false);
            case "none", "None" -> new Expression.Literal(null);
            default -> new Expression.Name(token.text());
          };
      case STRING -> {
        StringBuilder text = new StringBuilder(token.text());
        while (peek().kind() == Token.Kind.STRING) {
          text.append(next().text());
        }
        yield new Expression.Literal(text.toString());
      }
      case INTEGER -> {
        try {
          yield new Expression.Literal(Long.decode(token.text().replaceFirst("^0+(?=\\d)", "")));
        } catch (NumberFormatException e) {
          throw JinjaException.at(token.line(), "the number " + token.text() + " is too large");
        }
      }
      case FLOAT -> new Expression.Literal(Double.parseDouble(token.text()));
      default -> bracket(token);
    };
  }

  private Expression bracket(Token token) {
    if (token.isOperator("(")) {
      if (skipOperator(")")) {
        return new Expression.TupleOf(List.of());
      }
      Expression inner = tuple();
      close(")");
      return inner;
    }
    if (token.isOperator("[")) {
      return new Expression.ListOf(items("]"));
    }
    if (token.isOperator("{")) {
      List<Expression.Entry> entries = new ArrayList<>();
      while (!skipOperator("}")) {
        if (!entries.isEmpty()) {
          close(",");
          if (skipOperator("}")) {
            break;
          }
        }
        Expression key = expression();
        close(":");
        entries.add(new Expression.Entry(key, expression()));
      }
      return new Expression.DictOf(entries);
    }
    throw JinjaException.at(token.line(), "did not expect " + token);
  }

  private List<Expression> items(String end) {
    List<Expression> items = new ArrayList<>();
    while (!skipOperator(end)) {
      if (!items.isEmpty()) {
        close(",");
        if (skipOperator(end)) {
          break;
        }
      }
      items.add(expression());
    }
    return items;
  }

  private Expression postfix(Expression target) {
    Expression value = target;
    while (true) {
      Token token = peek();
      if (skipOperator(".")) {
        Token name = next();
        if (name.kind() == Token.Kind.INTEGER) {
          value = new Expression.Subscript(value, new Expression.Literal(Long.decode(name.text())));
        } else if (name.kind() == Token.Kind.NAME) {
          value = new Expression.Attribute(value, name.text());
        } else {
          throw JinjaException.at(name.line(), "did not expect " + name + " after a dot");
        }
      } else if (skipOperator("[")) {
        value = new Expression.Subscript(value, subscript());
        close("]");
      } else if (token.isOperator("(")) {
        value = new Expression.Call(value, arguments(), token.line());
      } else {
        return value;
      }
    }
  }

  private Expression subscript() {
    Expression start = peek().isOperator(":") ? null : expression();
    if (!skipOperator(":")) {
      return start;
    }
    Expression stop = peek().isOperator(":") || peek().isOperator("]") ? null : expression();
    Expression step = null;
    if (skipOperator(":") && !peek().isOperator("]")) {
      step = expression();
    }
    return new Expression.Slice(start, stop, step);
  }

  private List<Expression.Argument> arguments() {
    close("(");
    List<Expression.Argument> arguments = new ArrayList<>();
    while (!skipOperator(")")) {
      if (!arguments.isEmpty()) {
        close(",");
        if (skipOperator(")")) {
          break;
        }
      }
      String name = null;
      if (peek().isOperator("*") || peek().isOperator("**")) {
        name = next().text();
      } else if (peek().kind() == Token.Kind.NAME && peek(1).isOperator("=")) {
        name = next().text();
        next();
      }
      arguments.add(new Expression.Argument(name, expression()));
    }
    return arguments;
  }

  private Expression filtersAndTests(Expression target) {
    Expression value = target;
    while (true) {
      Token token = peek();
      if (skipOperator("|")) {
        value = filter(value);
      } else if (skipName("is")) {
        value = test(value);
      } else if (token.isOperator("(")) {
        value = new Expression.Call(value, arguments(), token.line());
      } else {
        return value;
      }
    }
  }

  /** A filter's name and arguments. */
  Expression.Filter filter(Expression input) {
    Token name = expect(Token.Kind.NAME);
    return new Expression.Filter(
        input, name.text(), peek().isOperator("(") ? arguments() : List.of(), name.line());
  }

  private Expression test(Expression input) {
    boolean negated = skipName("not");
    Token name = expect(Token.Kind.NAME);
    List<Expression.Argument> arguments = List.of();
    Token token = peek();
    if (token.isOperator("(")) {
      arguments = arguments();
    } else if (startsExpression()
        && !token.isOperator("-")
        && !token.isOperator("+")
        && !(token.kind() == Token.Kind.NAME && NO_ARGUMENT.contains(token.text()))) {
      arguments = List.of(new Expression.Argument(null, postfix(primary())));
    }
    return new Expression.Test(input, name.text(), arguments, negated, name.line());
  }
}
