package io.lorgnette.text;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Makes LLaMA's and T5's tokenizers out of a SentencePiece model file. */
final class SentencePieceDefinition {

  private static final int MOST_SENTINELS = 10_000;

  private final Path file;
  private final TokenizerSettings settings;
  private final SentencePieceFile model;

  SentencePieceDefinition(Path file, TokenizerSettings settings) {
    this.file = file;
    this.settings = settings;
    this.model = SentencePieceFile.parse(TokenizerFolder.bytes(file), file.toString());
  }

  /** The kind that the model's own type shows. */
  TokenizerKind kind() {
    return model.unigram() ? TokenizerKind.T5 : TokenizerKind.LLAMA;
  }

  byte[] json(TokenizerKind kind) {
    if (kind != kind()) {
      throw new InputException(
          file
              + ": is a model of "
              + (model.unigram() ? "unigrams, as T5 has" : "byte pairs, as LLaMA has")
              + ", but the folder says "
              + kind
              + "; the files do not belong together");
    }
    return kind == TokenizerKind.T5 ? t5() : llama();
  }

  private byte[] llama() {
    NamedTokens named = NamedTokens.of(TokenizerKind.LLAMA);
    Map<String, Float> scores = new LinkedHashMap<>();
    for (SentencePieceFile.Piece piece : model.pieces()) {
      int id = scores.size();
      // The first three may have been given other names.
      AddedToken listed = id < 3 ? settings.listed().get(id) : null;
      scores.put(listed == null ? piece.text() : listed.content(), id < 3 ? 0 : piece.score());
    }
    if (scores.size() != model.pieces().size()) {
      throw new InputException(
          file + ": its first pieces are renamed to pieces that it has; the files do not match");
    }
    TokenizerDefinition definition =
        pairs(
            file.toString(),
            scores,
            model.unknownPiece(),
            settings.flag("add_prefix_space", true),
            settings.flag("legacy", true));
    addPieces(definition, model.pieces());
    named.addAll(definition, settings, List.of());
    List<String> before = new ArrayList<>();
    List<String> after = new ArrayList<>();
    if (settings.flag("add_bos_token", true)) {
      before.add(named.content(settings, "bos_token"));
    }
    if (settings.flag("add_eos_token", false)) {
      after.add(named.content(settings, "eos_token"));
    }
    return definition.template(before, after).json();
  }

  /**
   * LLaMA's kind of definition, without special tokens and without anything around a text.
   *
   * @param name what messages call it
   * @param scores by piece, in the order of ids
   * @param unknown the piece of what has none, or null
   * @param space whether a blank is put before a text
   * @param legacy whether it is also put behind every special token
   */
  static TokenizerDefinition pairs(
      String name, Map<String, Float> scores, String unknown, boolean space, boolean legacy) {
    Map<String, Integer> vocabulary = ids(scores);
    ObjectNode bpe =
        TokenizerDefinition.part("BPE")
            .put("unk_token", unknown)
            .put("fuse_unk", true)
            .put("byte_fallback", true);
    ObjectNode entries = bpe.putObject("vocab");
    vocabulary.forEach(entries::put);
    ArrayNode merges = bpe.putArray("merges");
    merges(scores, vocabulary).forEach(m -> merges.addArray().add(m.left()).add(m.right()));
    TokenizerDefinition definition =
        new TokenizerDefinition(name, vocabulary, bpe).decoder(llamaDecoder(space));
    ObjectNode blanks = TokenizerDefinition.replace("String", " ", "\u2581");
    if (!legacy) {
      return definition.preTokenizer(
          TokenizerDefinition.metaspace(space ? "first" : "never", false));
    }
    return definition.normalizer(
        space
            ? TokenizerDefinition.sequence(
                "normalizers", TokenizerDefinition.part("Prepend").put("prepend", "\u2581"), blanks)
            : TokenizerDefinition.sequence("normalizers", blanks));
  }

  private static ObjectNode llamaDecoder(boolean space) {
    ObjectNode decoder =
        TokenizerDefinition.sequence(
            "decoders",
            TokenizerDefinition.replace("String", "\u2581", " "),
            TokenizerDefinition.part("ByteFallback"),
            TokenizerDefinition.part("Fuse"));
    if (space) {
      decoder
          .withArray("decoders")
          .add(
              TokenizerDefinition.part("Strip").put("content", " ").put("start", 1).put("stop", 0));
    }
    return decoder;
  }

  private byte[] t5() {
    NamedTokens named = NamedTokens.of(TokenizerKind.T5);
    int sentinels = settings.count("extra_ids", 100, MOST_SENTINELS);
    Map<String, Float> scores = new LinkedHashMap<>();
    model.pieces().forEach(p -> scores.put(p.text(), p.score()));
    List<AddedToken> extra = new ArrayList<>();
    for (int i = sentinels - 1; i >= 0; i--) {
      String sentinel = "<extra_id_" + i + ">";
      if (scores.put(sentinel, 0f) != null) {
        throw new InputException(
            file + ": already holds " + sentinel + "; set extra_ids to 0 in tokenizer_config.json");
      }
      extra.add(AddedToken.special(sentinel, false));
    }
    ObjectNode unigram =
        TokenizerDefinition.part("Unigram")
            .put("unk_id", model.unknownId())
            .put("byte_fallback", false);
    ArrayNode entries = unigram.putArray("vocab");
    scores.forEach((piece, score) -> entries.addArray().add(piece).add((double) score));
    ObjectNode blanks = TokenizerDefinition.replace("Regex", " {2,}", "\u2581");
    ObjectNode strip =
        TokenizerDefinition.part("Strip").put("strip_left", false).put("strip_right", true);
    ObjectNode map =
        TokenizerDefinition.part("Precompiled")
            .put("precompiled_charsmap", Base64.getEncoder().encodeToString(model.charsMap()));
    ObjectNode normalizer =
        model.charsMap().length == 0
            ? TokenizerDefinition.sequence("normalizers", strip, blanks)
            : TokenizerDefinition.sequence("normalizers", map, strip, blanks);
    String scheme = prependScheme();
    TokenizerDefinition definition =
        new TokenizerDefinition(file.toString(), ids(scores), unigram)
            .normalizer(normalizer)
            .preTokenizer(TokenizerDefinition.metaspace(scheme, true))
            .decoder(TokenizerDefinition.metaspace(scheme, true));
    addPieces(definition, model.pieces());
    named.addAll(definition, settings, extra);
    return definition.template(List.of(), List.of("</s>")).json();
  }

  private String prependScheme() {
    if (!settings.flag("add_prefix_space", true)) {
      return "never";
    }
    return settings.flag("legacy", true) ? "always" : "first";
  }

  /** Control pieces and user-defined ones are found in the text as given. */
  static void addPieces(TokenizerDefinition definition, List<SentencePieceFile.Piece> pieces) {
    for (SentencePieceFile.Piece piece : pieces) {
      boolean control = piece.type() == SentencePieceFile.Type.CONTROL;
      if (control || piece.type() == SentencePieceFile.Type.USER_DEFINED) {
        definition.add(new AddedToken(piece.text(), false, false, false, false, control));
      }
    }
  }

  private static Map<String, Integer> ids(Map<String, Float> scores) {
    Map<String, Integer> ids = new LinkedHashMap<>();
    scores.keySet().forEach(piece -> ids.put(piece, ids.size()));
    return ids;
  }

  private record Merge(String left, String right, float score, int leftId, int rightId) {

    private static int letters(String piece) {
      return piece.codePointCount(0, piece.length());
    }

    int leftLetters() {
      return letters(left);
    }

    int rightLetters() {
      return letters(right);
    }
  }

  /**
   * The merges that a SentencePiece model implies: every way to cut a piece in two pieces, those
   * with the best score first, of equal ones the longer first.
   */
  private static List<Merge> merges(Map<String, Float> scores, Map<String, Integer> ids) {
    List<Merge> merges = new ArrayList<>();
    for (Map.Entry<String, Float> entry : scores.entrySet()) {
      String piece = entry.getKey();
      List<Merge> cuts = new ArrayList<>();
      for (int cut = 1; cut < piece.length(); cut++) {
        Integer left = ids.get(piece.substring(0, cut));
        Integer right = left == null ? null : ids.get(piece.substring(cut));
        if (right != null) {
          cuts.add(
              new Merge(
                  piece.substring(0, cut), piece.substring(cut), entry.getValue(), left, right));
        }
      }
      cuts.sort(Comparator.comparingInt(Merge::leftId).thenComparingInt(Merge::rightId));
      merges.addAll(cuts);
    }
    merges.sort(
        Comparator.comparingDouble(Merge::score)
            .thenComparingInt(Merge::leftLetters)
            .thenComparingInt(Merge::rightLetters)
            .reversed());
    return merges;
  }
}
