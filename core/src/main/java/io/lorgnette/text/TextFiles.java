package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads documents out of plain and gzip text files, one line at a time. */
final class TextFiles {

  private TextFiles() {}

  static void documents(
      List<Path> files, TextSource.Kind kind, UnaryOperator<String> line, Consumer<String> out) {
    for (Path file : files) {
      long number = 0;
      try (BufferedReader reader = open(file)) {
        StringBuilder document = new StringBuilder();
        for (String raw = reader.readLine(); raw != null; raw = reader.readLine()) {
          number++;
          String text = raw.isBlank() ? "" : line.apply(raw);
          boolean blank = text.isBlank();
          if (!blank) {
            document.append(document.length() == 0 ? "" : "\n").append(text);
          }
          // A line that the transform empties is left out; it does not end a document.
          boolean ends = kind == TextSource.Kind.LINES || raw.isBlank();
          if (ends && document.length() > 0) {
            out.accept(document.toString());
            document.setLength(0);
          }
        }
        if (document.length() > 0) {
          out.accept(document.toString());
        }
      } catch (NoSuchFileException e) {
        throw new InputException(
            file + ": there is no such file; check the data folder given with --data", e);
      } catch (CharacterCodingException e) {
        throw new InputException(
            file + ", after line " + number + ": not UTF-8; convert the file to UTF-8", e);
      } catch (EOFException | ZipException e) {
        throw new InputException(
            file
                + ", after line "
                + number
                + ": the gzip data is broken or cut off ("
                + e.getMessage()
                + "); fetch the file again",
            e);
      } catch (IOException e) {
        throw new InputException(
            file + ", after line " + number + ": can not be read (" + e.getMessage() + ")", e);
      }
    }
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
      // A decoder made from the charset replaces broken bytes; this one reports them.
      return new BufferedReader(
          new InputStreamReader(plain, StandardCharsets.UTF_8.newDecoder()), 1 << 16);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }
}
