package io.lorgnette.text;

import io.lorgnette.error.InputException;
import io.lorgnette.weights.GgufModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the tokenizer in a folder.
 *
 * <p>{@code tokenizer.json} comes first and needs nothing else. Without it the kind is taken from
 * {@code tokenizer_class} in {@code tokenizer_config.json}, else from {@code model_type} in {@code
 * config.json}, else from the files that are there: {@code vocab.json} with {@code merges.txt}
 * (GPT-2, OPT, BART or CLIP by the special tokens in it), {@code vocab.txt} (BERT), {@code
 * tokenizer.model} or {@code spiece.model} (LLaMA or T5 by the type of the model). Where none of
 * them is and just one GGUF file, the tokenizer inside that.
 */
final class TokenizerFolder {

  static final String DEFINITION = "tokenizer.json";

  /** Most bytes of one file; the largest published {@code tokenizer.json} is a tenth of it. */
  private static final long LARGEST_FILE = 512L << 20;

  private static final List<String> MODELS = List.of("tokenizer.model", "spiece.model");

  private final Path folder;
  private final TokenizerSettings settings;

  private TokenizerFolder(Path folder) {
    this.folder = folder;
    this.settings = new TokenizerSettings(folder);
  }

  /** A definition and what messages call it. */
  @SuppressWarnings("ArrayRecordComponent") // Handed over once.
  record Found(byte[] json, String name) {}

  static Found find(Path fileOrFolder) {
    if (!Files.isDirectory(fileOrFolder)) {
      return ofFile(fileOrFolder);
    }
    Path definition = fileOrFolder.resolve(DEFINITION);
    if (Files.isRegularFile(definition)) {
      return new Found(bytes(definition), definition.toString());
    }
    TokenizerFolder folder = new TokenizerFolder(fileOrFolder);
    Optional<Path> gguf = folder.hasOlder() ? Optional.empty() : GgufModel.find(fileOrFolder);
    return gguf.map(TokenizerFolder::ofGguf).orElseGet(folder::older);
  }

  private static Found ofGguf(Path file) {
    return new Found(new GgufDefinition(file).json(), file.toString());
  }

  private boolean hasOlder() {
    return Stream.concat(
            Stream.of(BytePairDefinition.VOCABULARY, WordPieceDefinition.VOCABULARY),
            MODELS.stream())
        .anyMatch(this::has);
  }

  private static Found ofFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file + ": there is no such file; give a tokenizer.json or the folder that holds it");
    }
    if (GgufModel.isGguf(file)) {
      return ofGguf(file);
    }
    String name = String.valueOf(file.getFileName());
    Path folder = file.toAbsolutePath().getParent();
    if (name.endsWith(".model")) {
      TokenizerSettings settings = new TokenizerSettings(folder);
      SentencePieceDefinition pieces = new SentencePieceDefinition(file, settings);
      return new Found(pieces.json(settings.kind().orElseGet(pieces::kind)), file.toString());
    }
    if (List.of(
            BytePairDefinition.VOCABULARY,
            BytePairDefinition.MERGES,
            WordPieceDefinition.VOCABULARY)
        .contains(name)) {
      return new TokenizerFolder(folder).older();
    }
    return new Found(bytes(file), file.toString());
  }

  private Found older() {
    Optional<TokenizerKind> named = settings.kind();
    if (named.isPresent()) {
      return of(named.get());
    }
    if (has(BytePairDefinition.VOCABULARY) && has(BytePairDefinition.MERGES)) {
      BytePairDefinition pairs = new BytePairDefinition(folder, settings);
      TokenizerKind kind =
          pairs
              .kind()
              .orElseThrow(
                  () ->
                      new InputException(
                          folder
                              + ": its vocab.json does not show what kind it is; add the"
                              + " tokenizer_config.json or config.json that came with it"));
      return new Found(pairs.json(kind), folder.resolve(BytePairDefinition.VOCABULARY).toString());
    }
    if (has(WordPieceDefinition.VOCABULARY)) {
      return of(TokenizerKind.BERT);
    }
    for (String model : MODELS) {
      if (has(model)) {
        Path file = folder.resolve(model);
        SentencePieceDefinition pieces = new SentencePieceDefinition(file, settings);
        return new Found(pieces.json(pieces.kind()), file.toString());
      }
    }
    throw new InputException(
        folder.resolve(DEFINITION)
            + ": there is no such file; give a folder that holds it, or vocab.json and merges.txt,"
            + " vocab.txt, tokenizer.model, spiece.model or one GGUF file");
  }

  private Found of(TokenizerKind kind) {
    return switch (kind) {
      case GPT2, OPT, BART, CLIP, QWEN2 -> {
        need(kind, BytePairDefinition.VOCABULARY);
        need(kind, BytePairDefinition.MERGES);
        yield new Found(
            new BytePairDefinition(folder, settings).json(kind),
            folder.resolve(BytePairDefinition.VOCABULARY).toString());
      }
      case BERT -> {
        need(kind, WordPieceDefinition.VOCABULARY);
        yield new Found(
            new WordPieceDefinition(folder, settings).json(),
            folder.resolve(WordPieceDefinition.VOCABULARY).toString());
      }
      case LLAMA, T5 -> {
        String name = MODELS.stream().filter(this::has).findFirst().orElse(MODELS.get(0));
        need(kind, name);
        Path file = folder.resolve(name);
        yield new Found(new SentencePieceDefinition(file, settings).json(kind), file.toString());
      }
    };
  }

  private boolean has(String name) {
    return Files.isRegularFile(folder.resolve(name));
  }

  private void need(TokenizerKind kind, String name) {
    if (!has(name)) {
      throw new InputException(
          folder.resolve(name)
              + ": there is no such file; a folder with a tokenizer of kind "
              + kind
              + " needs it, or a tokenizer.json");
    }
  }

  /** The whole content of a file. */
  static byte[] bytes(Path file) {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new InputException(
            file + ": has " + Files.size(file) + " bytes, too many for a tokenizer's file");
      }
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new InputException(file + ": can not be read (" + e.getMessage() + ")", e);
    }
  }
}
