package io.lorgnette.cli;

import io.lorgnette.metrics.WordNetNouns;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where WordNet is, for WUPS. */
final class WordNetOption {

  @Option(
      names = "--wordnet",
      paramLabel = "FOLDER",
      defaultValue = "${env:LORGNETTE_WORDNET}",
      description =
          "DAQUAR: WordNet's folder dict, or corpora/wordnet of NLTK's data, for WUPS@0.9 (default:"
              + " LORGNETTE_WORDNET). Without it only exact-set accuracy is computed.")
  private Path folder;

  Optional<WordNetNouns> nouns() {
    return Optional.ofNullable(folder).map(WordNetNouns::load);
  }
}
