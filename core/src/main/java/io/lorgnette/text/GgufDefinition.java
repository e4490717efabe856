package io.lorgnette.text;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.GgufModel;
import io.lorgnette.weights.GgufVocabulary;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * Makes a tokenizer out of what a GGUF file holds: the definition that its model's own {@code
 * tokenizer.json} would have, as far as ids and texts depend on it.
 */
final class GgufDefinition {

  private final Path file;
  private final GgufVocabulary vocabulary;
  private final List<SentencePieceFile.Piece> pieces = new ArrayList<>();
  private final Map<String, Integer> ids = new LinkedHashMap<>();

  /**
   * Reads and checks the vocabulary of a file.
   *
   * @throws InputException if it has none, or one that contradicts itself
   */
  GgufDefinition(Path file) {
    this.file = file;
    this.vocabulary = GgufModel.open(file).vocabulary();
    List<String> tokens = vocabulary.tokens();
    if (tokens.isEmpty()) {
      throw problem("holds no tokenizer; give a file that does, or the folder of the original");
    }
    requireOneEach("token_type", vocabulary.types());
    if (!vocabulary.scores().isEmpty()) {
      requireOneEach("scores", vocabulary.scores());
    }
    for (int id = 0; id < tokens.size(); id++) {
      readPiece(id);
    }
  }

  private void requireOneEach(String list, List<?> values) {
    if (values.size() != vocabulary.tokens().size()) {
      throw broken(
          "has " + vocabulary.tokens().size() + " tokens and " + values.size() + " " + list);
    }
  }

  private void readPiece(int id) {
    String text = vocabulary.tokens().get(id);
    double score = vocabulary.scores().isEmpty() ? 0 : vocabulary.scores().get(id);
    SentencePieceFile.Type type = SentencePieceFile.Type.of(vocabulary.types().get(id));
    if (text.isEmpty() || text.length() > SentencePieceFile.LONGEST_PIECE) {
      throw broken(
          "has a token "
              + id
              + " of "
              + text.length()
              + " characters; expected 1 to "
              + SentencePieceFile.LONGEST_PIECE);
    }
    if (!Double.isFinite(score)) {
      throw broken("has the score " + score + " of token " + id);
    }
    if (type == null) {
      throw broken("has the type " + vocabulary.types().get(id) + " of token " + id);
    }
    Integer other = ids.putIfAbsent(text, id);
    if (other != null) {
      throw broken("has the token \"" + text + "\" as " + other + " and as " + id);
    }
    pieces.add(new SentencePieceFile.Piece(text, (float) score, type));
  }

  byte[] json() {
    return switch (vocabulary.model()) {
      case "gpt2" -> bytePairs();
      case "llama" -> sentencePieces();
      default ->
          throw problem(
              "has a tokenizer of the kind '"
                  + vocabulary.model()
                  + "'; those read from GGUF are gpt2 and llama, so give the folder of the"
                  + " original");
    };
  }

  private byte[] bytePairs() {
    BytePairRule rule =
        BytePairRule.ofGguf(vocabulary.pre())
            .orElseThrow(
                () ->
                    problem(
                        (vocabulary.pre().isEmpty()
                                ? "does not say by which rule texts are split into words"
                                : "splits texts into words by the rule '" + vocabulary.pre() + "'")
                            + "; those known are "
                            + BytePairRule.IN_GGUF
                            + ", so give the folder of the original"));
    if (vocabulary.merges().isEmpty()) {
      throw broken("has a vocabulary of byte-level pairs without merges");
    }
    if (vocabulary.addSpacePrefix()) {
      throw problem(
          "puts a blank before texts of byte-level pairs, which no known model does; give the"
              + " folder of the original");
    }
    List<BytePairs.Merge> merges = new ArrayList<>();
    for (String line : vocabulary.merges()) {
      BytePairs.Merge merge = BytePairs.Merge.of(line);
      if (merge == null
          || !ids.containsKey(merge.left())
          || !ids.containsKey(merge.right())
          || !ids.containsKey(merge.left() + merge.right())) {
        throw broken(
            "has a merge " + merges.size() + " \"" + line + "\" that is not of two tokens to one");
      }
      merges.add(merge);
    }
    TokenizerDefinition definition =
        new BytePairs(file.toString(), ids, merges).definition(rule, false, null);
    return finished(definition, vocabulary.addBos().orElse(rule.beginsTexts()));
  }

  private byte[] sentencePieces() {
    if (vocabulary.scores().isEmpty()) {
      throw broken("has a vocabulary of SentencePiece without scores");
    }
    Map<String, Float> scores = new LinkedHashMap<>();
    pieces.forEach(piece -> scores.put(piece.text(), piece.score()));
    TokenizerDefinition definition =
        SentencePieceDefinition.pairs(
            file.toString(), scores, token("unk", unknown()), vocabulary.addSpacePrefix(), true);
    return finished(definition, vocabulary.addBos().orElse(true));
  }

  /** Adds special tokens and what stands around every text. */
  private byte[] finished(TokenizerDefinition definition, boolean addBos) {
    SentencePieceDefinition.addPieces(definition, pieces);
    // A named token is special whatever its type says.
    names().values().forEach(text -> definition.add(AddedToken.special(text, false)));
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    if (addBos) {
      before.add(required("bos", vocabulary.bos()));
    }
    if (vocabulary.addEos()) {
      after.add(required("eos", vocabulary.eos()));
    }
    if (!before.isEmpty() || !after.isEmpty()) {
      definition.template(before, after);
    }
    return definition.json();
  }

  private String required(String what, OptionalInt id) {
    String text = token(what, id);
    if (text == null) {
      throw broken("puts its " + what + " token around texts and does not say which that is");
    }
    return text;
  }

  /** A named token, or null where the file names none. */
  private String token(String what, OptionalInt id) {
    if (id.isEmpty()) {
      return null;
    }
    if (id.getAsInt() >= pieces.size()) {
      throw broken(
          "has " + pieces.size() + " tokens and names " + id.getAsInt() + " as its " + what);
    }
    return pieces.get(id.getAsInt()).text();
  }

  private OptionalInt unknown() {
    return vocabulary.unknown().isPresent()
        ? vocabulary.unknown()
        : IntStream.range(0, pieces.size())
            .filter(id -> pieces.get(id).type() == SentencePieceFile.Type.UNKNOWN)
            .findFirst();
  }

  /** The named tokens, as chat templates and configurations call them. */
  Map<String, String> names() {
    Map<String, String> names = new LinkedHashMap<>();
    Map<String, OptionalInt> all = new LinkedHashMap<>();
    all.put("bos", vocabulary.bos());
    all.put("eos", vocabulary.eos());
    all.put("unk", unknown());
    all.put("pad", vocabulary.padding());
    all.forEach(
        (name, id) -> {
          if (id.isPresent()) {
            names.put(name + "_token", token(name, id));
          }
        });
    return names;
  }

  /** The templates by name. */
  Map<String, String> chatTemplates() {
    return vocabulary.chatTemplates();
  }

  private InputException broken(String what) {
    return problem(what + "; convert the model again");
  }

  private InputException problem(String what) {
    return new InputException(file + ": " + what);
  }
}
