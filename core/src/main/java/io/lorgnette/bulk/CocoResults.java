package io.lorgnette.bulk;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.report.WholeFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Captions as COCO's tools read results: {@code [{"image_id": 42, "caption": "..."}]}.
 *
 * <p>The id of {@code COCO_val2014_000000000042.jpg} or {@code 42.jpg} is the number 42, that of
 * any other photo its name without folder and ending. Where two photos would have one id, all ids
 * are the photos' whole names.
 */
final class CocoResults {

  /** COCO's twelve digits behind anything, or digits alone. */
  private static final Pattern NUMBER = Pattern.compile("(?:\\w+_)?(\\d{12})|(\\d{1,15})");

  private CocoResults() {}

  static void write(Path captions, Path json) {
    boolean distinct = distinct(captions);
    ObjectMapper mapper = new ObjectMapper();
    WholeFile.writeText(
        json,
        "the results",
        out -> {
          JsonGenerator generator = mapper.createGenerator(out);
          generator.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
          generator.writeStartArray();
          CaptionFile.forEach(captions, line -> write(generator, line, distinct));
          generator.writeEndArray();
          generator.flush();
          out.write('\n');
        });
  }

  private static boolean distinct(Path captions) {
    NameSet ids = new NameSet();
    AtomicBoolean distinct = new AtomicBoolean(true);
    CaptionFile.forEach(
        captions,
        line -> {
          if (!ids.add(id(line.image()))) {
            distinct.set(false);
          }
        });
    return distinct.get();
  }

  private static void write(JsonGenerator out, CaptionLine line, boolean distinct) {
    try {
      out.writeRaw('\n');
      out.writeStartObject();
      String id = distinct ? id(line.image()) : line.image();
      if (distinct && NUMBER.matcher(id).matches()) {
        out.writeNumberField("image_id", Long.parseLong(id));
      } else {
        out.writeStringField("image_id", id);
      }
      out.writeStringField("caption", line.caption());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The id as text; a number without leading zeros. */
  static String id(String image) {
    String base = image.substring(Math.max(image.lastIndexOf('/'), image.lastIndexOf('\\')) + 1);
    base = base.substring(base.lastIndexOf('!') + 1);
    int dot = base.lastIndexOf('.');
    String stem = dot > 0 ? base.substring(0, dot) : base;
    Matcher number = NUMBER.matcher(stem);
    if (!number.matches()) {
      return stem;
    }
    String digits = number.group(1) != null ? number.group(1) : number.group(2);
    return Long.toString(Long.parseLong(digits));
  }
}
