package io.lorgnette.report;

import java.util.List;
import java.util.stream.Collectors;

/** Lines of comma-separated values, as RFC 4180 has them. */
public final class Csv {

  private Csv() {}

  /** One line with its end; cells are quoted where they need it. */
  public static String line(List<String> cells) {
    return cells.stream().map(Csv::cell).collect(Collectors.joining(",", "", "\r\n"));
  }

  private static String cell(String cell) {
    return cell.matches("[^\",\\r\\n]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
  }
}
