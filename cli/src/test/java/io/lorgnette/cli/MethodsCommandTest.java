package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.language.LanguageModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MethodsCommandTest {

  @Test
  void countsThePapersPair() throws Exception {
    Cli cli = Cli.run("methods", "--json");
    assertThat(cli.code()).isZero();
    JsonNode list = new ObjectMapper().readTree(cli.out());
    assertThat(list.findValuesAsText("method"))
        .startsWith("mapl", "mapl-blind")
        .hasSizeGreaterThan(10);
    JsonNode mapl = list.get(0);
    assertThat(mapl.path("trainedParameters").asLong()).isEqualTo(3_431_680);
    assertThat(mapl.path("frozenParameters").asLong()).isEqualTo(303_179_776L + 6_050_882_784L);
    assertThat(mapl.path("trained").get(0).asText()).isEqualTo("mapping network");
    assertThat(mapl.path("approach").asText()).isNotEmpty();
    assertThat(mapl.path("parts")).hasSize(3);
    assertThat(Cli.run("methods").out()).contains("3,431,680", "frozen", "(0.054 %)");
  }

  @Test
  void takesPublishedNamesFoldersAndPocket(@TempDir Path folder) throws Exception {
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"model_type": "gpt2", "vocab_size": 50257, "n_embd": 768, "n_layer": 12, "n_head": 12,
         "n_positions": 1024, "activation_function": "gelu_new"}
        """);
    JsonNode byName =
        new ObjectMapper()
            .readTree(Cli.run("methods", "--json", "--vision=pocket", "--lm=gpt2").out());
    JsonNode byFolder =
        new ObjectMapper()
            .readTree(Cli.run("methods", "--json", "--vision=pocket", "--lm=" + folder).out());
    assertThat(byName.get(0).path("frozenParameters").asLong())
        .isEqualTo(4_652_008L + 124_439_808L);
    for (String key : new String[] {"trainedParameters", "frozenParameters"}) {
      assertThat(byFolder.get(0).path(key)).isEqualTo(byName.get(0).path(key));
    }
  }

  @Test
  void systemsWhoseImagesAreWords() throws Exception {
    JsonNode decoder = last(Cli.run("methods", "--json"), 2);
    assertThat(decoder.get(0).path("method").asText()).isEqualTo("pica");
    assertThat(decoder.get(0).path("trainedParameters").asLong(-1)).isZero();
    assertThat(decoder.get(0).path("frozenParameters").asLong()).isEqualTo(6_050_882_784L);
    assertThat(decoder.get(1).path("unfit").asText()).contains("encoder-decoder");
    Path bart = Cli.repository().resolve("core/src/test/resources/goldens/bart/checkpoint");
    JsonNode both = last(Cli.run("methods", "--json", "--vision=pocket", "--lm=" + bart), 2);
    long parameters = both.get(0).path("frozenParameters").asLong();
    assertThat(parameters).isPositive();
    assertThat(both.get(1).path("trainedParameters").asLong()).isEqualTo(parameters);
    assertThat(both.get(1).path("frozenParameters").asLong()).isZero();
    assertThat(Cli.run("methods", "--vision=pocket", "--lm=" + bart).out())
        .contains("PICa (pica)", "TRiG-style (trig)", "trained 0 of");
  }

  private static JsonNode last(Cli cli, int count) throws Exception {
    assertThat(cli.code()).as(cli.err()).isZero();
    var list = new ObjectMapper().readTree(cli.out());
    var end = new ObjectMapper().createArrayNode();
    for (int i = list.size() - count; i < list.size(); i++) {
      end.add(list.get(i));
    }
    return end;
  }

  @Test
  void takesAGgufFile() throws Exception {
    Path tiny =
        Cli.repository().resolve("core/src/test/resources/goldens/gguf-tokenizers/tiny.gguf");
    JsonNode methods =
        new ObjectMapper()
            .readTree(Cli.run("methods", "--json", "--vision=pocket", "--lm=" + tiny).out());
    long parameters;
    try (LanguageModel lm = LanguageModel.load(tiny, Dtype.F32, Device.CPU)) {
      parameters = lm.config().parameterCount();
    }
    assertThat(methods.get(0).path("frozenParameters").asLong()).isEqualTo(4_652_008L + parameters);
  }

  @Test
  void namesWhatIsKnown() {
    Cli cli = Cli.run("methods", "--lm", "gpt5");
    assertThat(cli.code()).isEqualTo(2);
    assertThat(cli.err()).contains("gpt5", "gpt2-xl", "folder of a model");
    assertThat(cli.out()).isEmpty();
  }
}
