package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.language.FlamingoModel;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Greedy decoding and beams of a model that looks at images: caches, padding, rows that move. */
class FlamingoGenerationTest {

  private static final int EOC = 70;
  private static final int COLUMNS = 9;
  private static final int NEW = 6;

  @ParameterizedTest
  @CsvSource({"1, generate.greedy_ids", "3, generate.beam3_ids"})
  void equalsTheReference(int beams, String name) {
    Engine.threads(1);
    Golden golden = Golden.open("goldens/flamingo");
    try (Scope scope = Scope.open();
        FlamingoModel flamingo = new FlamingoModel(golden)) {
      long[] ids = golden.longs("generate.input_ids");
      LanguageModel looking =
          flamingo.looking(
              Tensors.ofFloats(golden.floats("perceiver.output"), golden.shape("perceiver.output")),
              Tensors.ofLongs(FlamingoModel.seen(ids, COLUMNS), 2, COLUMNS));
      GenerationConfig config =
          GenerationConfig.beams(beams, NEW)
              .withLength(NEW, NEW)
              .withEos(EOC)
              .withRanking(0, GenerationConfig.EarlyStopping.FALSE);
      List<Generation> results = new Generator(looking).generate(prompts(golden, ids), config);
      long[] expected = golden.longs(name);
      for (int row = 0; row < 2; row++) {
        int width = COLUMNS + NEW;
        int[] reference =
            Arrays.stream(expected, row * width + COLUMNS, (row + 1) * width)
                .mapToInt(Math::toIntExact)
                .toArray();
        assertThat(results.get(row).ids()).isEqualTo(reference);
      }
    }
  }

  private static List<Prompt> prompts(Golden golden, long[] ids) {
    long[] mask = golden.longs("generate.attention_mask");
    List<Prompt> prompts = new ArrayList<>();
    for (int row = 0; row < 2; row++) {
      int end = (row + 1) * COLUMNS;
      int first = row * COLUMNS;
      while (mask[first] == 0) {
        first++;
      }
      prompts.add(Prompt.of(Arrays.stream(ids, first, end).mapToInt(Math::toIntExact).toArray()));
    }
    assertThat(prompts.get(0).length()).isLessThan(prompts.get(1).length());
    return prompts;
  }
}
