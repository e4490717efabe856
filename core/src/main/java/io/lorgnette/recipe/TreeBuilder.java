package io.lorgnette.recipe;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.function.IntFunction;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.StreamEndEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * YAML events to a {@link Tree}.
 *
 * <p>Built from events and not from composed nodes, because a recipe needs no anchors, aliases or
 * tags: refusing them here leaves nothing that could expand or construct anything.
 */
final class TreeBuilder {
  private static final int MAX_DEPTH = 20;
  private static final int MAX_VALUES = 20_000;

  private final IntFunction<String> placeOfLine;
  private final boolean option;
  private final Iterator<Event> events;
  private int values;

  private TreeBuilder(String yaml, boolean option, IntFunction<String> placeOfLine) {
    this.placeOfLine = placeOfLine;
    this.option = option;
    this.events =
        new Parse(LoadSettings.builder().setParseComments(false).build())
            .parseString(yaml)
            .iterator();
  }

  /**
   * Reads the one document of {@code yaml}; an empty document is an empty scalar.
   *
   * @param option the text is the value of {@code --set}
   * @param placeOfLine names a line, counted from 1, in messages
   */
  static Tree build(String yaml, boolean option, IntFunction<String> placeOfLine) {
    TreeBuilder builder = new TreeBuilder(yaml, option, placeOfLine);
    try {
      return builder.document();
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(1);
      throw new InputException(
          placeOfLine.apply(line) + ": not readable as YAML (" + e.getProblem() + ").", e);
    } catch (YamlEngineException e) {
      String problem = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new InputException(
          placeOfLine.apply(1) + ": not readable as YAML (" + problem + ").", e);
    }
  }

  private Tree document() {
    Tree root = new Tree.Scalar("", true, option, placeOfLine.apply(1));
    boolean seen = false;
    while (events.hasNext()) {
      Event event = events.next();
      if (event instanceof DocumentStartEvent) {
        if (seen) {
          throw refused(event, "a second document begins here; a recipe is one document");
        }
        seen = true;
        root = value(events.next(), 0);
        Event end = events.next();
        if (!(end instanceof DocumentEndEvent)) {
          throw new IllegalStateException("YAML parser gave " + end + " after a document");
        }
      } else if (event instanceof StreamEndEvent) {
        break;
      }
    }
    return root;
  }

  private Tree value(Event event, int depth) {
    if (event instanceof AliasEvent
        || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
      throw refused(event, "anchors and aliases (& and *) are not allowed; write the value out");
    }
    if (++values > MAX_VALUES) {
      throw refused(event, "more than " + MAX_VALUES + " values; a recipe is a short file");
    }
    if (depth > MAX_DEPTH) {
      throw refused(event, "nested deeper than " + MAX_DEPTH + " levels");
    }
    if (event instanceof ScalarEvent scalar) {
      refuseTag(event, scalar.getTag().isPresent());
      return new Tree.Scalar(scalar.getValue(), scalar.isPlain(), option, place(event));
    }
    refuseTag(event, ((CollectionStartEvent) event).getTag().isPresent());
    return event instanceof MappingStartEvent ? mapping(event, depth) : sequence(event, depth);
  }

  private Tree mapping(Event start, int depth) {
    Tree.Mapping mapping = Tree.Mapping.empty(place(start));
    for (Event key = events.next(); !(key instanceof MappingEndEvent); key = events.next()) {
      if (!(value(key, depth) instanceof Tree.Scalar scalar)) {
        throw refused(key, "a key must be a word, not a list or a section");
      }
      String name = scalar.text();
      if (mapping.values().containsKey(name)) {
        throw refused(
            key,
            "the key "
                + name
                + " stands here a second time, first at "
                + mapping.keyPlaces().get(name)
                + "; keep one");
      }
      mapping.put(name, place(key), value(events.next(), depth + 1));
    }
    return mapping;
  }

  private Tree sequence(Event start, int depth) {
    ArrayList<Tree> items = new ArrayList<>();
    for (Event item = events.next(); !(item instanceof SequenceEndEvent); item = events.next()) {
      items.add(value(item, depth + 1));
    }
    return new Tree.Sequence(items, place(start));
  }

  private void refuseTag(Event event, boolean tagged) {
    if (tagged) {
      throw refused(event, "tags (!name) are not allowed; write the plain value");
    }
  }

  private InputException refused(Event event, String why) {
    return new InputException(place(event) + ": " + why + ".");
  }

  private String place(Event event) {
    return placeOfLine.apply(event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
  }
}
