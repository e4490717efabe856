package io.lorgnette.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig.EarlyStopping;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GenerationDefaultsTest {

  @TempDir Path folder;

  private GenerationDefaults read(String file, String json) throws IOException {
    Files.writeString(folder.resolve(file), json.replace('\'', '"'));
    return GenerationDefaults.read(folder);
  }

  private GenerationDefaults read(String json) throws IOException {
    return read("generation_config.json", json);
  }

  @Test
  void withoutSettingsItIsGreedyForTwentyTokens() throws IOException {
    assertThat(read("{}").config(7)).isEqualTo(GenerationConfig.greedy(20));
  }

  @Test
  void readsEveryKnownKey() throws IOException {
    GenerationConfig config =
        read("{'max_new_tokens':9,'min_new_tokens':2,'eos_token_id':[5,6],'num_beams':4,"
                + "'length_penalty':0.5,'early_stopping':'never','num_return_sequences':3,"
                + "'repetition_penalty':1.2,'no_repeat_ngram_size':3,'do_sample':false,"
                + "'temperature':0.1,'forced_bos_token_id':0,'forced_eos_token_id':2,"
                + "'stop_strings':'\\n','pad_token_id':1,'decoder_start_token_id':2,"
                + "'use_cache':true,'transformers_version':'4.38.2','num_beam_groups':1,"
                + "'diversity_penalty':0.0,'bad_words_ids':null,'min_p':0.3}")
            .config(30);
    assertThat(config)
        .isEqualTo(
            GenerationConfig.beams(4, 9)
                .withLength(2, 9)
                .withEos(5, 6)
                .withRanking(0.5, EarlyStopping.NEVER)
                .withNumReturn(3)
                .withRepetition(1.2, 3)
                .withStop("\n")
                .withForced(new GenerationConfig.Forced(OptionalInt.of(0), Set.of(2))));
  }

  @Test
  void readsSampling() throws IOException {
    GenerationConfig config =
        read("{'do_sample':true,'temperature':0.7,'top_p':0.8,'repetition_penalty':1.05,"
                + "'eos_token_id':[5,4],'stop_strings':['a','b']}")
            .config(1);
    // The k best are fifty where nothing is said.
    assertThat(config.sampling()).isEqualTo(new Sampling(0.7, 50, 0.8, 0));
    assertThat(config.eos()).containsExactlyInAnyOrder(4, 5);
    assertThat(config.stop()).isEqualTo(List.of("a", "b"));
    assertThat(config.repetitionPenalty()).isEqualTo(1.05);
    assertThat(read("{'do_sample':true,'top_k':0}").config(1).sampling().topK()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    // prompt, least, most
    "1, 55, 141", // an encoder-decoder
    "60, 0, 82",
    "141, 0, 1"
  })
  void lengthsOfWholeSequencesCountThePrompt(int prompt, int least, int most) throws IOException {
    GenerationConfig config = read("{'max_length':142,'min_length':56}").config(prompt);
    assertThat(config.minNewTokens()).isEqualTo(least);
    assertThat(config.maxNewTokens()).isEqualTo(most);
  }

  @Test
  void newTokensGoBeforeLengths() throws IOException {
    GenerationDefaults defaults =
        read("{'max_length':10,'min_length':9,'max_new_tokens':30,'min_new_tokens':40}");
    assertThat(defaults.config(20).maxNewTokens()).isEqualTo(30);
    // No end token is allowed at all.
    assertThat(defaults.config(20).minNewTokens()).isEqualTo(30);
    assertThatThrownBy(() -> read("{'max_length':10}").config(10))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "a prompt of 10 tokens leaves none of the checkpoint's max_length 10");
  }

  @Test
  void olderReleasesHaveTheSettingsInTheirConfiguration() throws IOException {
    GenerationConfig config =
        read(
                "config.json",
                "{'model_type':'bart','d_model':1024,'num_beams':4,'early_stopping':true,"
                    + "'no_repeat_ngram_size':3,'forced_bos_token_id':0,'eos_token_id':2}")
            .config(1);
    assertThat(config.beams()).isEqualTo(4);
    assertThat(config.earlyStopping()).isEqualTo(EarlyStopping.TRUE);
    assertThat(config.noRepeatNgram()).isEqualTo(3);
    assertThat(config.forced().bos()).hasValue(0);
    assertThat(config.eos()).containsExactly(2);
    // The file of its own is the one that counts.
    assertThat(read("{'eos_token_id':7}").config(1))
        .isEqualTo(GenerationConfig.greedy(20).withEos(7));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'num_beam_groups':2}",
        "{'diversity_penalty':0.5}",
        "{'bad_words_ids':[[3]]}",
        "{'suppress_tokens':[1]}",
        "{'guidance_scale':1.5}",
        "{'renormalize_logits':true}",
        "{'encoder_no_repeat_ngram_size':3}",
        "{'do_sample':true,'min_p':0.1}",
        "{'do_sample':true,'typical_p':0.9}",
        "{'do_sample':true,'num_beams':2}",
        "{'do_sample':'yes'}",
        "{'temprature':0.5}",
        "{'eos_token_id':'</s>'}",
        "{'eos_token_id':[1,'a']}",
        "{'num_beams':2.5}",
        "{'num_beams':0}",
        "{'num_return_sequences':2}",
        "{'length_penalty':'long'}",
        "{'early_stopping':'soon'}",
        "{'max_new_tokens':0}",
        "{'min_length':-1}",
        "[1]",
        "{"
      })
  void refusesWhatIsNotDone(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("generation_config.json");
  }

  @Test
  void saysWhereNothingIs() {
    assertThatThrownBy(() -> GenerationDefaults.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("can not be read");
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "bart", "llama", "qwen2"})
  void readsWhatCheckpointsHave(String golden) {
    Path checkpoint = Golden.resource("goldens/" + golden + "/checkpoint");
    int eos =
        Golden.open("goldens/" + golden)
            .json("checkpoint/generation_config.json")
            .path("eos_token_id")
            .asInt();
    assertThat(GenerationDefaults.read(checkpoint).config(1).eos()).containsExactly(eos);
  }
}
