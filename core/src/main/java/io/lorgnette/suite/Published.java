package io.lorgnette.suite;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The published values that tables show beside ours, which are of other data and other backbones:
 * {@code published.csv} of a suite, with table, system, trained parameters, training examples,
 * column, value in percent and a note in each line.
 */
public final class Published {

  private static final String FILE = "published.csv";
  private static final int FIELDS = 7;
  private static final int SYSTEM = 1;
  private static final int EXAMPLES = 3;
  private static final int COLUMN = 4;
  private static final int VALUE = 5;

  private final Map<List<String>, String> values;

  private Published(Map<List<String>, String> values) {
    this.values = values;
  }

  /**
   * Reads a suite's values; without the file there are none.
   *
   * @throws InputException naming the line that is broken
   */
  public static Published read(Suite suite) {
    Path file = suite.folder().resolve(FILE);
    Map<List<String>, String> values = new HashMap<>();
    if (!Files.isRegularFile(file)) {
      return new Published(values);
    }
    try {
      List<String> lines = Files.readAllLines(file);
      for (int i = 1; i < lines.size(); i++) {
        String[] fields = lines.get(i).split(",", FIELDS);
        if (fields.length != FIELDS || !fields[VALUE].matches("-?[0-9]+(\\.[0-9]+)?")) {
          throw new InputException(
              file + ", line " + (i + 1) + ": expected seven fields with a number in the sixth");
        }
        values.put(
            List.of(fields[SYSTEM] + ", " + fields[EXAMPLES], fields[COLUMN]), fields[VALUE]);
      }
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
    return new Published(values);
  }

  /** The published value of a cell, in percent, where there is one. */
  public Optional<String> of(TableSpec.Row row, TableSpec.Column column) {
    return row.published()
        .flatMap(system -> column.published().map(c -> values.get(List.of(system, c))));
  }

  /** Whether any cell of a column has a published value. */
  public boolean has(TableSpec table, TableSpec.Column column) {
    return table.rows().stream().anyMatch(row -> of(row, column).isPresent());
  }
}
