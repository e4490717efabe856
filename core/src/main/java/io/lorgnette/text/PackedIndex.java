package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What {@code corpus.json} in a packed corpus says.
 *
 * @param format version of the layout
 * @param tokenizerSha256 hash of the tokenizer that gave the ids
 * @param vocabularySize rows of its embedding
 * @param endOfDocument id after every document
 * @param sources in the order in which they were given
 */
record PackedIndex(
    int format,
    String tokenizerSha256,
    int vocabularySize,
    int endOfDocument,
    List<SourceEntry> sources) {

  static final String FILE_NAME = "corpus.json";
  static final int FORMAT = 1;

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  record SourceEntry(String name, PartEntry train, PartEntry validation) {
    PartEntry part(PackedCorpus.Part part) {
      return part == PackedCorpus.Part.TRAIN ? train : validation;
    }
  }

  /**
   * @param file name inside the folder: ids as unsigned 16-bit little-endian numbers
   * @param tokens ids in the file, ends of documents included
   * @param bytes UTF-8 bytes of the documents' text
   */
  record PartEntry(String file, long documents, long tokens, long bytes, String sha256) {}

  static PackedIndex read(Path folder) {
    Path file = folder.resolve(FILE_NAME);
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          folder + ": is not a packed corpus (it has no " + FILE_NAME + "); build it first");
    }
    PackedIndex index;
    try {
      index = JSON.readValue(Files.readAllBytes(file), PackedIndex.class);
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + ": not the index of a packed corpus (" + e.getOriginalMessage() + "); rebuild it",
          e);
    } catch (IOException e) {
      throw new InputException(file + ": can not be read (" + e.getMessage() + ")", e);
    }
    if (index.format != FORMAT || index.sources == null) {
      throw new InputException(
          file + ": has layout " + index.format + ", expected " + FORMAT + "; rebuild it");
    }
    for (SourceEntry source : index.sources) {
      check(folder, source.train);
      check(folder, source.validation);
    }
    return index;
  }

  private static void check(Path folder, PartEntry part) {
    if (part == null || part.file == null) {
      throw new InputException(
          folder.resolve(FILE_NAME) + ": a source lacks its train or validation part; rebuild it");
    }
    Path file = folder.resolve(part.file);
    try {
      long size = Files.isRegularFile(file) ? Files.size(file) : -1;
      if (size != 2 * part.tokens) {
        throw new InputException(
            file
                + ": "
                + (size < 0 ? "is missing" : "has " + size + " bytes")
                + ", expected "
                + 2 * part.tokens
                + " bytes for "
                + part.tokens
                + " tokens; rebuild the packed corpus");
      }
    } catch (IOException e) {
      throw new InputException(file + ": can not be read (" + e.getMessage() + ")", e);
    }
  }

  void write(Path folder) throws IOException {
    String json = JSON.writeValueAsString(this) + "\n";
    Files.write(folder.resolve(FILE_NAME), json.getBytes(StandardCharsets.UTF_8));
  }
}
