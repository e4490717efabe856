package io.lorgnette.report;

import java.util.List;

/** Cells of tables in Markdown. */
public final class Cells {

  private Cells() {}

  /** Text that Markdown shows as it is, in one line. */
  public static String markdown(String text) {
    return text.replace("\\", "\\\\")
        .replaceAll("\\R", " ")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replaceAll("([*_`])", "\\\\$1");
  }

  /** A GitHub-flavoured table, numbers to the right but for the first column. */
  public static void markdown(StringBuilder out, List<String> head, List<List<String>> rows) {
    markdownLine(out, head);
    out.append("|---").append("|---:".repeat(head.size() - 1)).append("|\n");
    rows.forEach(row -> markdownLine(out, row));
  }

  /** One line of a table. */
  public static void markdownLine(StringBuilder out, List<String> cells) {
    cells.forEach(cell -> out.append("| ").append(markdown(cell)).append(' '));
    out.append("|\n");
  }
}
