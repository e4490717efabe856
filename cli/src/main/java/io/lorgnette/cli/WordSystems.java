package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.method.LanguageSpec;
import io.lorgnette.train.TrigRecipe;
import io.lorgnette.verbal.PicaRecipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The systems whose images are words, in the list of the methods: they have no connector. */
enum WordSystems {
  PICA(PicaRecipe.METHOD, PicaRuns.TITLE, "trains nothing: the language model is told of images"),
  TRIG(
      TrigRecipe.METHOD,
      TrigRuns.TITLE,
      "trains a whole encoder-decoder on words about images and passages");

  private static final Set<String> ENCODER_DECODERS = Set.of("t5", "bart");

  private final String id;
  private final String title;
  private final String approach;

  WordSystems(String id, String title, String approach) {
    this.id = id;
    this.title = title;
    this.approach = approach;
  }

  private boolean trains() {
    return this == TRIG;
  }

  private boolean fits(LanguageSpec language) {
    return !trains() || ENCODER_DECODERS.contains(language.layers().family());
  }

  /** Adds each to a list for machines, or shows it to people. */
  static void show(Console console, ArrayNode list, LanguageSpec language) {
    for (WordSystems system : values()) {
      if (console.json()) {
        system.json(list.addObject(), language);
      } else {
        system.lines(language).forEach(console::result);
      }
    }
  }

  private void json(ObjectNode node, LanguageSpec language) {
    node.put("method", id).put("title", title).put("approach", approach);
    if (!fits(language)) {
      node.put("unfit", unfit(language));
      return;
    }
    String part = "language model";
    ArrayNode trained = node.putArray("trained");
    if (trains()) {
      trained.add(part);
    }
    node.putArray("parts")
        .addObject()
        .put("role", part)
        .put("name", language.name())
        .put("trained", trains())
        .put("parameters", language.parameters());
    node.put("trainedParameters", trains() ? language.parameters() : 0);
    node.put("frozenParameters", trains() ? 0 : language.parameters());
  }

  private List<String> lines(LanguageSpec language) {
    String heading = title + " (" + id + "): " + approach;
    if (!fits(language)) {
      return List.of(heading, "  does not fit: " + unfit(language));
    }
    String all = Numbers.whole(language.parameters());
    TextTable table = new TextTable();
    table.row("language model", language.name(), trains() ? "trained" : "frozen", all);
    List<String> lines = new ArrayList<>(List.of(heading));
    lines.addAll(table.lines("  "));
    lines.add("  trained " + (trains() ? all : "0") + " of " + all + " parameters");
    return lines;
  }

  private static String unfit(LanguageSpec language) {
    return language.name() + " is no encoder-decoder; choose a T5 or BART";
  }
}
