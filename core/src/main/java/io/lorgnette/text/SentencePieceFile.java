package io.lorgnette.text;

import io.lorgnette.error.InputException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a SentencePiece model file ({@code tokenizer.model}, {@code spiece.model}) holds, as far as
 * ids depend on it.
 *
 * @param pieces by id
 * @param unigram whether it is a unigram model; otherwise byte pairs
 * @param unknownId id of the unknown piece
 * @param unknownPiece its text
 * @param byteFallback whether unknown characters become raw bytes
 * @param charsMap the precompiled normalisation; empty where there is none
 */
@SuppressWarnings("ArrayRecordComponent") // Carried from the file to the definition.
record SentencePieceFile(
    List<Piece> pieces,
    boolean unigram,
    int unknownId,
    String unknownPiece,
    boolean byteFallback,
    byte[] charsMap) {

  /** Larger than any published model; nobody's memory is at stake below it. */
  private static final int LARGEST_FILE = 64 << 20;

  /** Characters of the longest piece: merges are found by cutting pieces at every place. */
  static final int LONGEST_PIECE = 512;

  private static final int UNIGRAM = 1;
  private static final int BYTE_PAIRS = 2;

  /** What a piece is for. */
  enum Type {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE;

    /** By its number in a file, from 1 on; null for another. */
    static Type of(long number) {
      return number < 1 || number > values().length ? null : values()[(int) number - 1];
    }
  }

  record Piece(String text, float score, Type type) {}

  static SentencePieceFile parse(byte[] file, String name) {
    if (file.length > LARGEST_FILE) {
      throw new InputException(
          name
              + ": has "
              + file.length
              + " bytes, more than any SentencePiece model; check that it is one");
    }
    return new Parser(new ProtoReader(file, name), name).parse();
  }

  private static final class Parser {

    private final ProtoReader in;
    private final String name;
    private final List<Piece> pieces = new ArrayList<>();
    private final Set<String> texts = new HashSet<>();
    private int modelType = UNIGRAM;
    private int unknownId;
    private String unknownPiece = "<unk>";
    private boolean byteFallback;
    private byte[] charsMap = new byte[0];

    Parser(ProtoReader in, String name) {
      this.in = in;
      this.name = name;
    }

    SentencePieceFile parse() {
      while (in.next()) {
        switch (in.field()) {
          case 1 -> piece(in.message());
          case 2 -> trainer(in.message());
          case 3 -> normalizer(in.message());
          default -> in.skip();
        }
      }
      if (modelType != UNIGRAM && modelType != BYTE_PAIRS) {
        throw new InputException(
            name
                + ": is a SentencePiece model of type "
                + modelType
                + "; unigram (1) and byte pairs (2) are known");
      }
      if (unknownId < 0 || unknownId >= pieces.size()) {
        throw in.broken("it has " + pieces.size() + " pieces, the unknown one is " + unknownId);
      }
      CharsMap.check(charsMap, name);
      return new SentencePieceFile(
          pieces, modelType == UNIGRAM, unknownId, unknownPiece, byteFallback, charsMap);
    }

    private void piece(ProtoReader fields) {
      String text = "";
      float score = 0;
      int type = 1;
      while (fields.next()) {
        switch (fields.field()) {
          case 1 -> text = fields.string();
          case 2 -> score = fields.float32();
          case 3 -> type = fields.int32();
          default -> fields.skip();
        }
      }
      if (text.isEmpty() || text.length() > LONGEST_PIECE || !texts.add(text)) {
        throw in.broken(
            "piece "
                + pieces.size()
                + " is empty, longer than "
                + LONGEST_PIECE
                + " characters or there twice");
      }
      if (!Float.isFinite(score)) {
        throw in.broken("piece " + pieces.size() + " has the score " + score);
      }
      if (Type.of(type) == null) {
        throw in.broken("piece " + pieces.size() + " is of type " + type);
      }
      pieces.add(new Piece(text, score, Type.of(type)));
    }

    private void trainer(ProtoReader fields) {
      while (fields.next()) {
        switch (fields.field()) {
          case 3 -> modelType = fields.int32();
          case 35 -> byteFallback = fields.varint() != 0;
          case 40 -> unknownId = fields.int32();
          case 45 -> unknownPiece = fields.string();
          default -> fields.skip();
        }
      }
    }

    private void normalizer(ProtoReader fields) {
      while (fields.next()) {
        if (fields.field() == 2) {
          charsMap = fields.bytes();
        } else {
          fields.skip();
        }
      }
    }
  }
}
