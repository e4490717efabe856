package io.lorgnette.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Path;

/** Gives a tokenizer one special token more: a mask, say, which text never has. */
public final class AddedWord {

  private static final ObjectMapper JSON = new ObjectMapper();

  private AddedWord() {}

  /**
   * A {@code tokenizer.json} with one more special token, whose texts are otherwise cut as before.
   *
   * @param file a {@code tokenizer.json}
   * @param content the token's text
   * @param id the first that is free, its row in an embedding
   * @return the new file's bytes
   * @throws InputException if the file is no {@code tokenizer.json}
   */
  public static byte[] in(Path file, String content, int id) {
    try {
      JsonNode json = JSON.readTree(TokenizerFolder.bytes(file));
      if (!(json instanceof ObjectNode definition)) {
        throw new InputException(file + ": is not a JSON object; give a tokenizer.json");
      }
      AddedToken.special(content, false)
          .write(definition.withArray("added_tokens").addObject(), id);
      return JSON.writeValueAsBytes(definition);
    } catch (IOException e) {
      throw new InputException(file + ": is not JSON; give a tokenizer.json", e);
    }
  }
}
