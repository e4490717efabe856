package io.lorgnette.bulk;

import io.lorgnette.report.Csv;
import io.lorgnette.report.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/** Captions as comma-separated values with a heading, in UTF-8. */
final class CaptionTable {

  private CaptionTable() {}

  static void write(Path captions, Path csv) {
    WholeFile.writeText(
        csv,
        "the table",
        out -> {
          out.write(
              Csv.line(
                  List.of("image", "caption", "score", "tokens", "complete", "width", "height")));
          CaptionFile.forEach(
              captions,
              line -> {
                try {
                  out.write(Csv.line(cells(line)));
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              });
        });
  }

  private static List<String> cells(CaptionLine line) {
    return List.of(
        line.image(),
        line.caption(),
        Double.isNaN(line.score()) ? "" : Double.toString(line.score()),
        Integer.toString(line.tokens()),
        Boolean.toString(line.complete()),
        Integer.toString(line.width()),
        Integer.toString(line.height()));
  }
}
