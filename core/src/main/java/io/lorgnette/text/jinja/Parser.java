package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Makes statements out of tokens. */
final class Parser {

  private final ExpressionParser expressions;
  private int depth;

  private Parser(List<Token> tokens) {
    expressions = new ExpressionParser(tokens);
  }

  static List<Statement> parse(String template) {
    Parser parser = new Parser(Lexer.tokens(template));
    List<Statement> statements = parser.body(Set.of());
    Token rest = parser.expressions.peek();
    if (rest.kind() != Token.Kind.END) {
      throw JinjaException.at(rest.line(), "did not expect " + rest);
    }
    return statements;
  }

  /** Statements up to a block that starts with one of the names, or to the end. */
  private List<Statement> body(Set<String> ends) {
    if (++depth > Limits.DEEPEST) {
      throw JinjaException.at(expressions.peek().line(), "blocks are nested too deeply");
    }
    List<Statement> statements = new ArrayList<>();
    while (true) {
      Token token = expressions.peek();
      switch (token.kind()) {
        case TEXT -> {
          expressions.next();
          statements.add(new Statement.Text(token.text()));
        }
        case VARIABLE_BEGIN -> {
          expressions.next();
          statements.add(new Statement.Output(expressions.tuple(), token.line()));
          expressions.expect(Token.Kind.VARIABLE_END);
        }
        case BLOCK_BEGIN -> {
          if (ends.contains(expressions.peek(1).text())) {
            depth--;
            return statements;
          }
          expressions.next();
          statements.add(block());
        }
        case END -> {
          if (!ends.isEmpty()) {
            throw JinjaException.at(token.line(), "a block is not closed; expected " + ends);
          }
          depth--;
          return statements;
        }
        default -> throw JinjaException.at(token.line(), "did not expect " + token);
      }
    }
  }

  private Statement block() {
    Token name = expressions.expect(Token.Kind.NAME);
    int line = name.line();
    return switch (name.text()) {
      case "if" -> branches(line);
      case "for" -> loop(line);
      case "set" -> set(line);
      case "macro" -> macro();
      case "filter" -> {
        List<Expression.Filter> filters = filters(true);
        yield new Statement.FilterBlock(filters, closed("endfilter"), line);
      }
      case "with" -> with(line);
      case "generation" -> {
        expressions.expect(Token.Kind.BLOCK_END);
        yield new Statement.Marked(closed("endgeneration"));
      }
      case "break" -> {
        expressions.expect(Token.Kind.BLOCK_END);
        yield new Statement.Break();
      }
      case "continue" -> {
        expressions.expect(Token.Kind.BLOCK_END);
        yield new Statement.Continue();
      }
      default -> throw JinjaException.at(line, "the block \"" + name.text() + "\" is not known");
    };
  }

  /** A body whose opening block was just read, and the block that ends it. */
  private List<Statement> closed(String end) {
    List<Statement> body = body(Set.of(end));
    end(end);
    return body;
  }

  private void end(String name) {
    expressions.expect(Token.Kind.BLOCK_BEGIN);
    Token token = expressions.expect(Token.Kind.NAME);
    if (!token.isName(name)) {
      throw JinjaException.at(token.line(), "expected " + name + ", not " + token);
    }
    if (name.equals("endmacro") && expressions.peek().kind() == Token.Kind.NAME) {
      expressions.next();
    }
    expressions.expect(Token.Kind.BLOCK_END);
  }

  private Statement branches(int line) {
    List<Statement.Branch> branches = new ArrayList<>();
    List<Statement> otherwise = List.of();
    Set<String> ends = Set.of("elif", "else", "endif");
    while (true) {
      Expression test = expressions.tuple();
      expressions.expect(Token.Kind.BLOCK_END);
      branches.add(new Statement.Branch(test, body(ends)));
      if (expressions.peek(1).isName("elif")) {
        expressions.next();
        expressions.next();
        continue;
      }
      if (expressions.peek(1).isName("else")) {
        end("else");
        otherwise = body(Set.of("endif"));
      }
      end("endif");
      return new Statement.If(branches, otherwise, line);
    }
  }

  private Statement loop(int line) {
    List<String> names = names();
    if (!expressions.skipName("in")) {
      throw JinjaException.at(line, "a loop needs \"in\" after its names");
    }
    Expression items = expressions.tupleWithoutCondition();
    Expression filter = expressions.skipName("if") ? expressions.expression() : null;
    if (expressions.peek().isName("recursive")) {
      throw JinjaException.at(line, "recursive loops are not known");
    }
    expressions.expect(Token.Kind.BLOCK_END);
    List<Statement> body = body(Set.of("else", "endfor"));
    List<Statement> otherwise = List.of();
    if (expressions.peek(1).isName("else")) {
      end("else");
      otherwise = body(Set.of("endfor"));
    }
    end("endfor");
    return new Statement.For(
        new Statement.Target(names, null), items, filter, body, otherwise, line);
  }

  private List<String> names() {
    List<String> names = new ArrayList<>();
    boolean brackets = expressions.skipOperator("(");
    do {
      names.add(expressions.expect(Token.Kind.NAME).text());
    } while (expressions.skipOperator(","));
    if (brackets && !expressions.skipOperator(")")) {
      throw JinjaException.at(expressions.peek().line(), "a bracket is not closed");
    }
    return names;
  }

  private Statement.Target target() {
    List<String> names = names();
    String attribute =
        names.size() == 1 && expressions.skipOperator(".")
            ? expressions.expect(Token.Kind.NAME).text()
            : null;
    return new Statement.Target(names, attribute);
  }

  private Statement set(int line) {
    Statement.Target target = target();
    if (expressions.skipOperator("=")) {
      Statement set = new Statement.Set(target, expressions.tuple(), line);
      expressions.expect(Token.Kind.BLOCK_END);
      return set;
    }
    List<Expression.Filter> filters = filters(false);
    return new Statement.SetBlock(target, filters, closed("endset"), line);
  }

  /** Filters up to the end of the block. */
  private List<Expression.Filter> filters(boolean firstWithoutBar) {
    List<Expression.Filter> filters = new ArrayList<>();
    while (expressions.peek().kind() != Token.Kind.BLOCK_END) {
      if (!(firstWithoutBar && filters.isEmpty()) && !expressions.skipOperator("|")) {
        throw JinjaException.at(expressions.peek().line(), "did not expect " + expressions.peek());
      }
      filters.add(expressions.filter(null));
    }
    expressions.expect(Token.Kind.BLOCK_END);
    return filters;
  }

  private Statement with(int line) {
    List<Statement.Set> values = new ArrayList<>();
    while (expressions.peek().kind() != Token.Kind.BLOCK_END) {
      if (!values.isEmpty() && !expressions.skipOperator(",")) {
        throw JinjaException.at(line, "did not expect " + expressions.peek());
      }
      String name = expressions.expect(Token.Kind.NAME).text();
      if (!expressions.skipOperator("=")) {
        throw JinjaException.at(line, "expected = after " + name);
      }
      values.add(
          new Statement.Set(
              new Statement.Target(List.of(name), null), expressions.expression(), line));
    }
    expressions.expect(Token.Kind.BLOCK_END);
    return new Statement.With(values, closed("endwith"));
  }

  private Statement macro() {
    String name = expressions.expect(Token.Kind.NAME).text();
    List<Statement.Parameter> parameters = new ArrayList<>();
    if (!expressions.skipOperator("(")) {
      throw JinjaException.at(expressions.peek().line(), "expected ( after " + name);
    }
    while (!expressions.skipOperator(")")) {
      if (!parameters.isEmpty() && !expressions.skipOperator(",")) {
        throw JinjaException.at(expressions.peek().line(), "did not expect " + expressions.peek());
      }
      if (expressions.skipOperator(")")) {
        break;
      }
      String parameter = expressions.expect(Token.Kind.NAME).text();
      Expression otherwise = expressions.skipOperator("=") ? expressions.expression() : null;
      parameters.add(new Statement.Parameter(parameter, otherwise));
    }
    expressions.expect(Token.Kind.BLOCK_END);
    return new Statement.Macro(name, parameters, closed("endmacro"));
  }
}
