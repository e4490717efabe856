package io.lorgnette.pocket.lm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.lorgnette.data.CaptionText;
import io.lorgnette.data.DataRoots;
import io.lorgnette.data.Dataset;
import io.lorgnette.data.DatasetSpec;
import io.lorgnette.data.Datasets;
import io.lorgnette.data.Problems;
import io.lorgnette.data.Split;
import io.lorgnette.method.Prompts;
import io.lorgnette.text.Tokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every caption that a connector learns ends in the token at which generation stops. */
class TrainingCaptionsTest {

  @ParameterizedTest
  @CsvSource({"flickr8k, 30000", "coco-captions, 100"})
  void endInTheStopToken(String name, int atLeast) throws IOException {
    DataRoots roots = DataRoots.find(Optional.of(root()), Map.of());
    String resource = "/io/lorgnette/pocket/lm/tokenizer.json";
    try (InputStream in = TrainingCaptionsTest.class.getResourceAsStream(resource);
        Tokenizer tokenizer = Tokenizer.load(in.readAllBytes(), resource);
        Dataset train =
            Datasets.open(DatasetSpec.named(name, Split.TRAIN), roots, Problems.collecting())) {
      Prompts prompts = new Prompts(tokenizer);
      int[] counted = {0, 0};
      train
          .examples()
          .flatMap(example -> example.captions().stream())
          .forEach(
              caption -> {
                counted[0]++;
                boolean ends = prompts.ends(prompts.caption(CaptionText.training(caption)));
                counted[1] += ends ? 0 : 1;
              });
      assertThat(counted[0]).isGreaterThanOrEqualTo(atLeast);
      assertThat(counted[1]).as("captions that do not end in the stop token").isZero();
    }
  }

  private static Path root() {
    String variable = System.getenv(DataRoots.VARIABLE);
    Path root =
        variable != null ? Path.of(variable) : Path.of("..", "..", "shared", "data").normalize();
    assumeTrue(
        Files.isDirectory(root.resolve("flickr8k")), "the data sets are not on this machine");
    return root;
  }
}
