package io.lorgnette.text.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs the statements of a template once. */
final class Interpreter {

  /** How a list of statements ended. */
  private enum End {
    NORMAL,
    BREAK,
    CONTINUE
  }

  private final Limits limits = new Limits();
  private final Evaluator evaluator = new Evaluator(limits);
  private StringBuilder out = new StringBuilder();
  private int depth;

  String run(List<Statement> statements, Scope scope) {
    run(statements, scope, true);
    return out.toString();
  }

  private End run(List<Statement> statements, Scope scope, boolean top) {
    for (Statement statement : statements) {
      limits.step();
      End end = run(statement, scope);
      if (end != End.NORMAL) {
        if (top) {
          throw JinjaException.of("break and continue stand outside of a loop");
        }
        return end;
      }
    }
    return End.NORMAL;
  }

  private End run(Statement statement, Scope scope) {
    if (statement instanceof Statement.Text text) {
      write(text.text());
    } else if (statement instanceof Statement.Output output) {
      inLine(output.line(), () -> write(Python.str(evaluator.value(output.value(), scope))));
    } else if (statement instanceof Statement.If branches) {
      return run(chosen(branches, scope), scope, false);
    } else if (statement instanceof Statement.For loop) {
      inLine(loop.line(), () -> loop(loop, scope));
    } else if (statement instanceof Statement.Set set) {
      inLine(set.line(), () -> assign(set.target(), evaluator.value(set.value(), scope), scope));
    } else if (statement instanceof Statement.SetBlock set) {
      String text = inner(set.body(), new Scope(scope));
      inLine(
          set.line(),
          () -> assign(set.target(), evaluator.filtered(set.filters(), text, scope), scope));
    } else if (statement instanceof Statement.FilterBlock block) {
      String text = inner(block.body(), new Scope(scope));
      inLine(
          block.line(), () -> write(Python.str(evaluator.filtered(block.filters(), text, scope))));
    } else if (statement instanceof Statement.Macro macro) {
      scope.set(macro.name(), (Callable) a -> call(macro, a, scope));
    } else if (statement instanceof Statement.With with) {
      Scope own = new Scope(scope);
      for (Statement.Set set : with.values()) {
        assign(set.target(), evaluator.value(set.value(), scope), own);
      }
      return run(with.body(), own, false);
    } else if (statement instanceof Statement.Marked marked) {
      return run(marked.body(), new Scope(scope), false);
    } else {
      return statement instanceof Statement.Break ? End.BREAK : End.CONTINUE;
    }
    return End.NORMAL;
  }

  private static void inLine(int line, Runnable action) {
    try {
      action.run();
    } catch (JinjaException e) {
      throw e.inLine(line);
    } catch (ArithmeticException | ClassCastException e) {
      throw JinjaException.at(line, "a value is not of the kind or size that is needed here");
    }
  }

  private void write(String text) {
    Limits.checkText((long) out.length() + text.length());
    out.append(text);
  }

  private String inner(List<Statement> body, Scope scope) {
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      run(body, scope, true);
      return out.toString();
    } finally {
      out = outer;
    }
  }

  private List<Statement> chosen(Statement.If branches, Scope scope) {
    for (Statement.Branch branch : branches.branches()) {
      boolean[] holds = new boolean[1];
      inLine(
          branches.line(), () -> holds[0] = Operators.truth(evaluator.value(branch.test(), scope)));
      if (holds[0]) {
        return branch.body();
      }
    }
    return branches.otherwise();
  }

  private static void assign(Statement.Target target, Object value, Scope scope) {
    if (target.attribute() != null) {
      if (scope.get(target.names().get(0)) instanceof Namespace namespace) {
        namespace.set(target.attribute(), value);
        return;
      }
      throw JinjaException.of("only a namespace can be given a \"" + target.attribute() + "\"");
    }
    if (target.names().size() == 1) {
      scope.set(target.names().get(0), value);
      return;
    }
    List<Object> parts = Sequences.items(value);
    if (parts.size() != target.names().size()) {
      throw JinjaException.of(
          "expected " + target.names().size() + " values, there are " + parts.size());
    }
    for (int i = 0; i < parts.size(); i++) {
      scope.set(target.names().get(i), parts.get(i));
    }
  }

  private void loop(Statement.For loop, Scope scope) {
    List<Object> items = Sequences.items(evaluator.value(loop.items(), scope));
    if (loop.filter() != null) {
      List<Object> taken = new ArrayList<>();
      for (Object item : items) {
        limits.step();
        Scope own = new Scope(scope);
        assign(loop.target(), item, own);
        if (Operators.truth(evaluator.value(loop.filter(), own))) {
          taken.add(item);
        }
      }
      items = taken;
    }
    if (items.isEmpty()) {
      run(loop.otherwise(), new Scope(scope), false);
      return;
    }
    for (int i = 0; i < items.size(); i++) {
      limits.step();
      Scope own = new Scope(scope);
      own.set("loop", loopValues(items, i));
      assign(loop.target(), items.get(i), own);
      if (run(loop.body(), own, false) == End.BREAK) {
        break;
      }
    }
  }

  private static Map<Object, Object> loopValues(List<Object> items, int i) {
    int size = items.size();
    Map<Object, Object> values = new LinkedHashMap<>();
    values.put("index", (long) i + 1);
    values.put("index0", (long) i);
    values.put("revindex", (long) size - i);
    values.put("revindex0", (long) size - i - 1);
    values.put("first", i == 0);
    values.put("last", i == size - 1);
    values.put("length", (long) size);
    values.put("previtem", i == 0 ? new Undefined("there is no previous item") : items.get(i - 1));
    values.put(
        "nextitem", i == size - 1 ? new Undefined("there is no next item") : items.get(i + 1));
    values.put(
        "cycle",
        (Callable)
            a -> {
              if (a.positional().isEmpty()) {
                throw JinjaException.of("cycle needs values");
              }
              return a.positional().get(i % a.positional().size());
            });
    return values;
  }

  private Object call(Statement.Macro macro, Arguments arguments, Scope around) {
    if (++depth > Limits.DEEPEST) {
      throw JinjaException.of("functions call each other too deeply");
    }
    List<Statement.Parameter> parameters = macro.parameters();
    arguments.only(
        parameters.size(),
        parameters.stream().map(Statement.Parameter::name).toArray(String[]::new));
    Scope own = new Scope(around);
    for (int i = 0; i < parameters.size(); i++) {
      Statement.Parameter parameter = parameters.get(i);
      boolean given =
          i < arguments.positional().size() || arguments.named().containsKey(parameter.name());
      Object value;
      if (given) {
        value = arguments.require(i, parameter.name());
      } else if (parameter.otherwise() != null) {
        value = evaluator.value(parameter.otherwise(), own);
      } else {
        value = new Undefined("\"" + parameter.name() + "\" was not given");
      }
      own.set(parameter.name(), value);
    }
    String text = inner(macro.body(), own);
    depth--;
    return text;
  }
}
