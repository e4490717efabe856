package io.lorgnette.published;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Published sizes, from configurations that leave out what published files leave out. */
class ModelPartTest {

  private static final String OPT =
      """
      {"model_type": "opt", "hidden_size": 2560, "ffn_dim": 10240, "num_attention_heads": 32,
       "num_hidden_layers": 32, "word_embed_proj_dim": 2560}
      """;
  private static final String FLAN_T5_XL =
      """
      {"model_type": "t5", "d_model": 2048, "d_ff": 5120, "num_heads": 32, "num_layers": 24,
       "feed_forward_proj": "gated-gelu", "dense_act_fn": "gelu", "tie_word_embeddings": false}
      """;
  private static final String CLIP_336 =
      """
      {"model_type": "clip_vision_model", "hidden_size": 1024, "image_size": 336,
       "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24,
       "patch_size": 14, "projection_dim": 768}
      """;

  @TempDir Path folder;

  private List<ModelPart> read(String config) throws IOException {
    Files.writeString(folder.resolve("config.json"), config);
    return ModelPart.read(folder);
  }

  private static List<Long> parameters(List<ModelPart> parts) {
    return parts.stream().map(ModelPart::parameters).toList();
  }

  /** ViT-g with its last norm and bias for keys, so the Q-Former is without the image's norm. */
  @Test
  void blip2WithOpt() throws IOException {
    List<ModelPart> parts = read("{\"model_type\": \"blip-2\", \"text_config\": " + OPT + "}");
    assertThat(parts)
        .extracting(ModelPart::role)
        .containsExactly("vision encoder", "Q-Former", "language model");
    assertThat(parameters(parts))
        .containsExactly(985_952_256L, 107_133_696L - 2 * 1408, 2_651_596_800L);
    assertThat(parts.get(1).architecture()).isEqualTo("32 queries, 12 layers of width 768 -> 2560");
  }

  @Test
  void blip2AndInstructBlipWithFlanT5() throws IOException {
    List<ModelPart> blip =
        read("{\"model_type\": \"blip-2\", \"text_config\": " + FLAN_T5_XL + "}");
    assertThat(parameters(blip))
        .containsExactly(985_952_256L, 106_739_968L - 2 * 1408, 2_849_757_184L);
    List<ModelPart> instruct =
        read("{\"model_type\": \"instructblip\", \"text_config\": " + FLAN_T5_XL + "}");
    long textSide = (30_522L + 512) * 768 + 12 * 4_723_968L;
    assertThat(instruct.get(1).parameters()).isEqualTo(106_739_968L - 2 * 1408 + textSide);
    assertThat(instruct.get(1).architecture()).contains("reads texts of 30522 tokens");
  }

  @Test
  void llava() throws IOException {
    List<ModelPart> seven =
        read(
            "{\"model_type\": \"llava\", \"vision_config\": "
                + CLIP_336
                + ", \"text_config\": {\"model_type\": \"llama\", \"vocab_size\": 32064,"
                + " \"max_position_embeddings\": 4096, \"rms_norm_eps\": 1e-05}}");
    assertThat(parameters(seven))
        .containsExactly(303_507_456L, 20_979_712L, 6_738_415_616L + 2 * 64 * 4096);
    assertThat(seven.get(1).architecture())
        .isEqualTo("2 linear maps, 1024 -> 4096, of each of 576 tokens (layer-2-patches)");
    List<ModelPart> thirteen =
        read(
            "{\"model_type\": \"llava\", \"vision_config\": "
                + CLIP_336
                + ", \"text_config\": {\"hidden_size\": 5120, \"intermediate_size\": 13824,"
                + " \"num_attention_heads\": 40, \"num_hidden_layers\": 40}}");
    assertThat(parameters(thirteen)).containsExactly(303_507_456L, 31_467_520L, 13_015_864_320L);
  }

  @Test
  void pairs() throws IOException {
    List<ModelPart> parts =
        read(
            "{\"model_type\": \"clip\", \"projection_dim\": 768, \"vision_config\": "
                + CLIP_336.replace("336", "224")
                + ", \"text_config\": {\"model_type\": \"clip_text_model\", \"hidden_size\": 768,"
                + " \"intermediate_size\": 3072, \"num_attention_heads\": 12,"
                + " \"projection_dim\": 768}}");
    assertThat(parts).extracting(ModelPart::role).containsExactly("vision encoder", "text encoder");
    assertThat(parts.get(0).parameters()).isEqualTo(303_179_776L);
    // CLIP ViT-L/14 has 427,616,513, of which one is its scale and 786,432 the image's projection.
    assertThat(parts.get(1).parameters()).isEqualTo(427_616_513L - 303_179_776L - 786_432 - 1);
  }

  /** The configuration's count is that of the loaded model. */
  @ParameterizedTest
  @ValueSource(strings = {"blip2-opt", "blip2-t5", "instructblip-t5", "llava-1.5"})
  void countsWhatIsLoaded(String name) {
    Path checkpoint = Golden.resource("goldens/" + name + "/checkpoint");
    try (Scope scope = Scope.open();
        WritingModel model =
            WritingModel.load(checkpoint, ImageProcessor.blip(28), Dtype.F32, Device.CPU)) {
      long sum = ModelPart.read(checkpoint).stream().mapToLong(ModelPart::parameters).sum();
      assertThat(sum).isEqualTo(model.parameterCount());
    }
  }

  @Test
  void anUnknownKindIsRefused() {
    assertThatThrownBy(() -> read("{\"model_type\": \"mamba\"}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("mamba");
  }
}
