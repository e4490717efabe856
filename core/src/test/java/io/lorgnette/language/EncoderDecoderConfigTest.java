package io.lorgnette.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.nn.Activation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncoderDecoderConfigTest {

  @TempDir Path folder;

  private EncoderDecoderConfig read(String json) throws IOException {
    return HfEncoderDecoderConfig.read(Files.writeString(folder.resolve("config.json"), json));
  }

  private static String t5(int width, int hidden, int layers, int heads, String more) {
    return "{'model_type':'t5','vocab_size':32128,'d_model':%W,'d_kv':64,'d_ff':%F,'num_layers':%L,"
        .concat("'num_heads':%H,'relative_attention_num_buckets':32,'pad_token_id':0,")
        .concat("'decoder_start_token_id':0,'layer_norm_epsilon':1e-6")
        .concat(more)
        .concat("}")
        .replace("%W", "" + width)
        .replace("%F", "" + hidden)
        .replace("%L", "" + layers)
        .replace("%H", "" + heads)
        .replace('\'', '"');
  }

  private static String bart(int width, int hidden, int layers, int heads, String more) {
    return "{'model_type':'bart','vocab_size':50265,'d_model':%W,'encoder_layers':%L,"
        .concat("'decoder_layers':%L,'encoder_attention_heads':%H,'decoder_attention_heads':%H,")
        .concat("'encoder_ffn_dim':%F,'decoder_ffn_dim':%F,'max_position_embeddings':1024,")
        .concat("'activation_function':'gelu','scale_embedding':false,'normalize_before':false")
        .concat(more)
        .concat("}")
        .replace("%W", "" + width)
        .replace("%F", "" + hidden)
        .replace("%L", "" + layers)
        .replace("%H", "" + heads)
        .replace('\'', '"');
  }

  private static final String FLAN =
      ",'feed_forward_proj':'gated-gelu','tie_word_embeddings':false,'num_decoder_layers':24";

  @ParameterizedTest
  @CsvSource({
    "512, 2048, 6, 8, 60506624", // T5-small
    "768, 3072, 12, 12, 222903552" // T5-base
  })
  void countsT5(int width, int hidden, int layers, int heads, long expected) throws IOException {
    EncoderDecoderConfig config =
        read(t5(width, hidden, layers, heads, ",'feed_forward_proj':'relu'"));
    assertThat(config.parameterCount()).isEqualTo(expected);
    assertThat(config.scaledOutput()).isTrue();
    assertThat(config.activation()).isEqualTo(Activation.RELU);
  }

  @ParameterizedTest
  @CsvSource({
    "2048, 5120, 32, 2849757184", // FlanT5-XL
    "4096, 10240, 64, 11135332352" // FlanT5-XXL
  })
  void countsFlanT5(int width, int hidden, int heads, long expected) throws IOException {
    EncoderDecoderConfig config = read(t5(width, hidden, 24, heads, FLAN));
    assertThat(config.parameterCount()).isEqualTo(expected);
    assertThat(config.scaledOutput()).isFalse();
    assertThat(config.tied()).isFalse();
    assertThat(config.activation()).isEqualTo(Activation.GELU_TANH);
  }

  @ParameterizedTest
  @CsvSource({
    "768, 3072, 6, 12, 139420416", // BART-base
    "1024, 4096, 12, 16, 406291456" // BART-large
  })
  void countsBart(int width, int hidden, int layers, int heads, long expected) throws IOException {
    EncoderDecoderConfig config = read(bart(width, hidden, layers, heads, ""));
    assertThat(config.parameterCount()).isEqualTo(expected);
    assertThat(config.keys().shapes().get("decoder.positions.weight").get(0)).isEqualTo(1026);
    assertThat(config.start()).isEqualTo(2);
    assertThat(config.pad()).isEqualTo(1);
  }

  @Test
  void theActivationThatIsNamedWins() throws IOException {
    // BLIP-2's conversions keep the exact GELU of the original that way.
    assertThat(read(t5(16, 32, 2, 2, FLAN + ",'dense_act_fn':'gelu'")).activation())
        .isEqualTo(Activation.GELU);
    assertThat(read(t5(16, 32, 2, 2, ",'feed_forward_proj':'gated-silu'")).activation())
        .isEqualTo(Activation.SILU);
  }

  @Test
  void newerFilesSayWhetherTheOutputIsScaled() throws IOException {
    String newer = ",'tie_word_embeddings':true,'scale_decoder_outputs':";
    assertThat(read(t5(16, 32, 2, 2, newer + "false")).scaledOutput()).isFalse();
    assertThat(read(t5(16, 32, 2, 2, newer + "true")).scaledOutput()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",'num_heads':3.5",
        ",'num_heads':0",
        ",'feed_forward_proj':'gated-tanhh'",
        ",'relative_attention_num_buckets':7",
        ",'relative_attention_max_distance':16",
        ",'decoder_start_token_id':40000",
        ",'model_type':'pegasus'"
      })
  void refusesWhatNoT5Has(String more) {
    assertThatThrownBy(() -> read(t5(16, 32, 2, 2, more)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",'normalize_before':true",
        ",'add_final_layer_norm':true",
        ",'encoder_attention_heads':5",
        ",'activation_function':'unheard'"
      })
  void refusesWhatNoBartHas(String more) {
    assertThatThrownBy(() -> read(bart(16, 32, 2, 2, more)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("config.json");
  }
}
