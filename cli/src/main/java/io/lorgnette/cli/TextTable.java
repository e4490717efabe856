package io.lorgnette.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of text with aligned columns; numbers are aligned at their right. */
final class TextTable {

  private final List<String[]> rows = new ArrayList<>();

  /** Adds a row; rows may differ in length. */
  TextTable row(String... cells) {
    rows.add(cells);
    return this;
  }

  /** The rows as lines, indented. */
  List<String> lines(String indent) {
    int columns = rows.stream().mapToInt(row -> row.length).max().orElse(0);
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < row.length; i++) {
        String gap = " ".repeat(widths[i] - row[i].length());
        boolean number = row[i].matches("-?\\d[\\d,.]*");
        line.append(number && i > 0 ? gap + row[i] : row[i] + gap).append("  ");
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
