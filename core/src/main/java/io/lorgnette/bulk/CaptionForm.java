package io.lorgnette.bulk;

import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.Locale;

/** The forms in which captions are written; all but the first are made from it at the end. */
public enum CaptionForm {
  /** JSON lines: what a run writes as it goes, and goes on with. */
  JSONL,
  /** Comma-separated values. */
  CSV,
  /** Results as COCO's tools read them. */
  COCO,
  /** Pages with the photos. */
  HTML;

  /**
   * The form that a file's ending stands for.
   *
   * @throws InputException if it stands for none
   */
  public static CaptionForm of(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "jsonl", "ndjson" -> JSONL;
      case "csv" -> CSV;
      case "json" -> COCO;
      case "html", "htm" -> HTML;
      default ->
          throw new InputException(
              file
                  + " does not say by its ending what it is to be; call it .jsonl, .csv, .json for"
                  + " COCO results or .html, or add --as");
    };
  }

  /**
   * Makes a file of this form from JSON lines.
   *
   * @throws InputException if it can not be written, or a line is no caption
   */
  public void write(Path captions, Path file) {
    switch (this) {
      case JSONL -> throw new IllegalArgumentException("JSON lines are not made from others");
      case CSV -> CaptionTable.write(captions, file);
      case COCO -> CocoResults.write(captions, file);
      case HTML -> CaptionGallery.write(captions, file);
    }
  }
}
