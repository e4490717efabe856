package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.published.ModelPart;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.MemoryBudget;
import io.lorgnette.weights.Precision;
import io.lorgnette.weights.TensorInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The tensors of a checkpoint and what they belong to, from its header. */
final class CheckpointInspection implements Inspection {

  /** Tensors whose names begin alike. */
  private static final class Group {
    private int tensors;
    private long parameters;
  }

  private static final int LONGEST_METADATA = 200;

  /** Forms in which weights can be kept in memory. */
  private static final List<Precision> PRECISIONS =
      List.of(Precision.F32, Precision.BF16, Precision.INT8, Precision.INT4);

  private final Path path;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, String> metadata;
  private final ModelIdentity identity;
  private final boolean listAll;
  private final Map<Precision, Long> memory = new LinkedHashMap<>();
  private final MemoryBudget budget = MemoryBudget.now();

  CheckpointInspection(Path path, boolean listAll) {
    this.path = path;
    this.listAll = listAll;
    try (Checkpoint checkpoint = Checkpoint.open(path)) {
      for (String name : new TreeSet<>(checkpoint.names())) {
        tensors.put(name, checkpoint.info(name));
      }
      for (Precision precision : PRECISIONS) {
        memory.put(precision, checkpoint.bytes(precision));
      }
      metadata = new TreeMap<>(checkpoint.metadata());
      identity = ModelIdentity.of(path, checkpoint);
    }
  }

  /** A name up to its first number, or without its last word. */
  static String groupOf(String name) {
    String[] words = name.split("\\.");
    for (int i = 1; i < words.length; i++) {
      if (words[i].matches("\\d+")) {
        return String.join(".", List.of(words).subList(0, i)) + ".*";
      }
    }
    return words.length == 1 ? name : name.substring(0, name.lastIndexOf('.'));
  }

  private Map<String, Group> groups() {
    Map<String, Group> groups = new LinkedHashMap<>();
    tensors.forEach(
        (name, info) -> {
          Group group = groups.computeIfAbsent(groupOf(name), key -> new Group());
          group.tensors++;
          group.parameters += info.elements();
        });
    return groups;
  }

  private Map<String, Long> formats() {
    return tensors.values().stream()
        .collect(
            Collectors.groupingBy(
                info -> info.dtype().safetensorsName(), TreeMap::new, Collectors.counting()));
  }

  private long parameters() {
    return tensors.values().stream().mapToLong(TensorInfo::elements).sum();
  }

  private long bytes() {
    return tensors.values().stream().mapToLong(TensorInfo::bytes).sum();
  }

  @Override
  public ObjectNode json() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", "checkpoint").put("path", path.toString());
    node.put("holds", identity.kind());
    node.put("description", identity.description());
    node.put("tensors", tensors.size()).put("parameters", parameters()).put("bytes", bytes());
    ObjectNode formats = node.putObject("formats");
    formats().forEach(formats::put);
    ArrayNode model = node.putArray("modelParts");
    for (ModelPart part : identity.parts()) {
      model
          .addObject()
          .put("role", part.role())
          .put("architecture", part.architecture())
          .put("parameters", part.parameters());
    }
    ObjectNode sizes = node.putObject("memory");
    memory.forEach((precision, bytes) -> sizes.put(name(precision), bytes));
    node.put("free", budget.free());
    ArrayNode parts = node.putArray("parts");
    groups()
        .forEach(
            (name, group) ->
                parts
                    .addObject()
                    .put("name", name)
                    .put("tensors", group.tensors)
                    .put("parameters", group.parameters));
    ObjectNode strings = node.putObject("metadata");
    metadata.forEach(strings::put);
    if (listAll) {
      ArrayNode list = node.putArray("list");
      tensors.forEach(
          (name, info) -> {
            ObjectNode entry = list.addObject().put("name", name);
            entry.put("format", info.dtype().safetensorsName());
            ArrayNode shape = entry.putArray("shape");
            info.shape().forEach(shape::add);
          });
    }
    return node;
  }

  @Override
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(path + ": " + identity.kind());
    lines.addAll(identity.description().lines().map(line -> "  " + line).toList());
    String formats =
        formats().entrySet().stream()
            .map(entry -> entry.getKey() + " " + entry.getValue())
            .collect(Collectors.joining(", "));
    lines.add(
        "  "
            + Numbers.whole(parameters())
            + " values in "
            + tensors.size()
            + " tensors ("
            + formats
            + "), "
            + Numbers.bytes(bytes()));
    lines.add(
        "  in memory "
            + memory.entrySet().stream()
                .map(entry -> name(entry.getKey()) + " " + Numbers.bytes(entry.getValue()))
                .collect(Collectors.joining(", "))
            + "; free "
            + Numbers.bytes(budget.free())
            + " by "
            + budget.source());
    lines.add("Parts:");
    TextTable parts = new TextTable();
    groups()
        .forEach(
            (name, group) ->
                parts.row(
                    name,
                    Numbers.whole(group.parameters),
                    "in",
                    Integer.toString(group.tensors),
                    group.tensors == 1 ? "tensor" : "tensors"));
    lines.addAll(parts.lines("  "));
    if (!metadata.isEmpty()) {
      lines.add("Header:");
      TextTable table = new TextTable();
      metadata.forEach((key, value) -> table.row(key, shortened(value)));
      lines.addAll(table.lines("  "));
    }
    if (listAll) {
      lines.add("Tensors:");
      TextTable table = new TextTable();
      tensors.forEach(
          (name, info) -> table.row(name, info.dtype().safetensorsName(), info.shape().toString()));
      lines.addAll(table.lines("  "));
    }
    return lines;
  }

  private static String name(Precision precision) {
    return precision.storage().name().toLowerCase(Locale.ROOT);
  }

  private static String shortened(String value) {
    return value.length() <= LONGEST_METADATA
        ? value
        : value.substring(0, LONGEST_METADATA) + " ...";
  }
}
