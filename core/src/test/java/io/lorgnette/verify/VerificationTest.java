package io.lorgnette.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.tensor.Engine;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.verify.Row.Verdict;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a comparison finds and refuses; that every golden passes is tested with the program. */
class VerificationTest {

  @TempDir Path folder;

  @BeforeAll
  static void oneThread() {
    Engine.threads(1);
  }

  private static Path golden(String name) {
    return Golden.resource("goldens/" + name);
  }

  private static Verification verify(String name) {
    return Verification.run(golden(name).resolve("checkpoint"), golden(name));
  }

  /** A copy of a safetensors file with some tensors changed, in a folder with what is beside it. */
  private Path changed(Path file, String name, Consumer<Map<String, Tensor>> change)
      throws IOException {
    Path into = Files.createDirectories(folder.resolve(name));
    for (String beside : List.of("config.json", "generation_config.json", "golden.json")) {
      if (Files.exists(file.resolveSibling(beside))) {
        Files.copy(file.resolveSibling(beside), into.resolve(beside));
      }
    }
    try (Scope scope = Scope.open();
        Checkpoint checkpoint = Checkpoint.open(file)) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      checkpoint.names().forEach(tensor -> tensors.put(tensor, checkpoint.get(tensor).clone()));
      change.accept(tensors);
      Safetensors.write(into.resolve(file.getFileName()), tensors, Map.of());
    }
    return into;
  }

  private Verification withWeights(String name, Consumer<Map<String, Tensor>> change)
      throws IOException {
    Path weights = golden(name).resolve("checkpoint/model.safetensors");
    return Verification.run(changed(weights, "weights", change), golden(name));
  }

  private Verification withRecording(String name, Consumer<Map<String, Tensor>> change)
      throws IOException {
    Path recording = golden(name).resolve("golden.safetensors");
    return Verification.run(
        golden(name).resolve("checkpoint"), changed(recording, "recording", change));
  }

  private static void shift(Map<String, Tensor> tensors, String name) {
    Tensor tensor = tensors.get(name);
    assertThat(tensor).as(name).isNotNull();
    // One value only: norms do not see a shift of all.
    tensor.view(-1).narrow(0, 0, 1).add_(new Scalar(0.1));
  }

  @ParameterizedTest
  @CsvSource({
    "gpt2, transformer.h.1.mlp.c_proj.bias, hidden_states.2",
    "bart, model.decoder.layers.0.fc2.bias, decoder_hidden_states.1",
    "dinov2, encoder.layer.1.mlp.fc2.bias, hidden_states.2",
    "beit, encoder.layer.0.output.dense.bias, hidden_states.1",
    "clip-dual, text_projection.weight, text_pooled",
    "blip2-opt, qformer.encoder.layer.1.output_query.dense.bias, qformer_hidden_states.2",
    "blip2-itm, itm_head.bias, itm_logits",
    "instructblip-t5, language_projection.bias, logits",
    "llava-1.5, multi_modal_projector.linear_2.bias, projected"
  })
  void theFirstStageThatDiffersIsWhereTheDifferenceBegins(String name, String weight, String stage)
      throws IOException {
    Verification result = withWeights(name, tensors -> shift(tensors, weight));
    assertThat(result.passed()).isFalse();
    Row first = result.firstDifference().orElseThrow();
    assertThat(first.name()).isEqualTo(stage);
    assertThat(first.difference()).isGreaterThan(first.tolerance());
  }

  @Test
  void theRowsOfAWholeModelAreInTheOrderOfTheComputation() {
    Verification result = verify("blip2-opt");
    assertThat(result.model()).isEqualTo("blip-2");
    assertThat(result.passed()).isTrue();
    assertThat(result.compared()).isEqualTo(result.rows().size());
    assertThat(result.rows().stream().map(Row::name))
        .startsWith(
            "vision_hidden_states.0",
            "vision_hidden_states.1",
            "vision_hidden_states.2",
            "vision_last_hidden_state",
            "qformer_hidden_states.0",
            "qformer_hidden_states.1",
            "qformer_hidden_states.2",
            "qformer_hidden_states.3",
            "qformer_last_hidden_state",
            "visual_prefix",
            "logits",
            "loss",
            "greedy.ids")
        .endsWith("beam3_eos_never.scores", "beam3_eos_never.ids");
  }

  @Test
  void idsAreComparedAsFarAsMarginsAllow() throws IOException {
    Verification otherId =
        withRecording(
            "gpt2",
            tensors -> {
              Tensor id = tensors.get("greedy.ids").select(0, 1).narrow(0, 20, 1);
              id.copy_(id.add(new Scalar(1)));
            });
    Row row = row(otherId, "greedy.ids");
    assertThat(row.verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(row.difference()).isEqualTo(1);
    assertThat(otherId.firstDifference()).contains(row);
  }

  @Test
  void anIdBehindACloseChoiceMayDiffer() throws IOException {
    Verification close =
        withRecording(
            "gpt2",
            tensors -> {
              // The tenth new id of the second row was a close choice, so it and later ones may
              // come out either way.
              tensors.get("greedy.margin").select(0, 1).narrow(0, 9, 1).zero_();
              Tensor id = tensors.get("greedy.ids").select(0, 1).narrow(0, 20, 1);
              id.copy_(id.add(new Scalar(1)));
            });
    Row row = row(close, "greedy.ids");
    assertThat(row.verdict()).isEqualTo(Verdict.SAME);
    assertThat(row.note()).contains("first 21 of 24");
  }

  @Test
  void scoresAndAnswersOfBeamsAreCompared() throws IOException {
    Verification result =
        withRecording(
            "t5",
            tensors -> {
              shift(tensors, "beam5.scores");
              Tensor id = tensors.get("prefix.beam3_eos_never.ids").select(0, 0).narrow(0, 1, 1);
              id.copy_(id.add(new Scalar(1)));
            });
    assertThat(row(result, "beam5.scores").verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(row(result, "prefix.beam3_eos_never.ids").difference()).isEqualTo(1);
    assertThat(result.rows().stream().filter(row -> row.verdict() == Verdict.DIFFERENT).toList())
        .hasSize(2);
  }

  private static Row row(Verification result, String name) {
    return result.rows().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void anotherShapeAndWhatIsNoNumberDiffer() throws IOException {
    Verification result =
        withRecording(
            "clip-vision",
            tensors -> {
              tensors.compute("pooler_output", (name, x) -> x.narrow(1, 0, 3).clone());
              Tensor state = tensors.get("hidden_states.1").select(0, 0).select(0, 0);
              state.narrow(0, 0, 1).fill_(new Scalar(Double.NaN));
            });
    assertThat(row(result, "pooler_output").note()).startsWith("shape [");
    assertThat(row(result, "pooler_output").verdict()).isEqualTo(Verdict.DIFFERENT);
    assertThat(row(result, "hidden_states.1").difference()).isInfinite();
    assertThat(result.firstDifference()).contains(row(result, "hidden_states.1"));
  }

  @Test
  void whatIsNotComputedIsNamed() throws IOException {
    Verification result =
        withRecording(
            "clip-vision",
            tensors -> tensors.put("attentions.0", Tensors.ofFloats(new float[] {1}, 1)));
    assertThat(row(result, "attentions.0").verdict()).isEqualTo(Verdict.NOT_COMPARED);
    assertThat(result.passed()).isTrue();
    Path alone = Files.createDirectories(folder.resolve("alone"));
    Files.copy(golden("gpt2").resolve("golden.safetensors"), alone.resolve("golden.safetensors"));
    Verification unset = Verification.run(golden("gpt2").resolve("checkpoint"), alone);
    assertThat(row(unset, "greedy.ids").note()).contains("golden.json");
    assertThat(row(unset, "greedy.margin").verdict()).isEqualTo(Verdict.NOT_COMPARED);
    assertThat(row(unset, "logits").verdict()).isEqualTo(Verdict.SAME);
  }

  @Test
  void drawsAreNotCompared() throws IOException {
    Path copy = changed(golden("gpt2").resolve("golden.safetensors"), "drawn", tensors -> {});
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode json = (ObjectNode) mapper.readTree(copy.resolve("golden.json").toFile());
    ((ObjectNode) json.at("/generation/greedy")).put("do_sample", true);
    Files.write(copy.resolve("golden.json"), mapper.writeValueAsBytes(json));
    Verification result = Verification.run(golden("gpt2").resolve("checkpoint"), copy);
    assertThat(row(result, "greedy.ids").note()).contains("at random");
  }

  @ParameterizedTest
  @CsvSource({"llama, t5", "blip2-opt, clip-vision", "t5, clip-vision"})
  void aRecordingOfAnotherModelIsRefused(String model, String recording) {
    assertThatThrownBy(
            () -> Verification.run(golden(model).resolve("checkpoint"), golden(recording)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(golden(recording).toString());
  }

  @Test
  void badInputIsToldWithItsFile() throws IOException {
    Path checkpoint = golden("gpt2").resolve("checkpoint");
    assertRefused(checkpoint, folder, folder.toString(), "golden.safetensors");
    assertRefused(folder.resolve("none"), golden("gpt2"), "none");
    assertRefused(folder, golden("gpt2"), "config.json");
    Path none =
        changed(
            golden("clip-vision").resolve("golden.safetensors"),
            "none",
            tensors -> tensors.keySet().removeIf(name -> !name.equals("pixel_values")));
    assertRefused(golden("clip-vision").resolve("checkpoint"), none, "nothing that can be");
    Path odd = Files.createDirectories(folder.resolve("odd"));
    Files.writeString(odd.resolve("config.json"), "{\"model_type\": \"mamba\"}");
    assertRefused(odd, golden("gpt2"), "'mamba'", "gpt_neo");
    Path wide =
        changed(
            golden("gpt2").resolve("golden.safetensors"),
            "wide",
            tensors -> shiftIds(tensors.get("input_ids")));
    assertRefused(checkpoint, wide, "input_ids", "vocabulary");
    Path broken = changed(golden("gpt2").resolve("golden.safetensors"), "broken", t -> {});
    Files.writeString(broken.resolve("golden.json"), "{");
    assertRefused(checkpoint, broken, "golden.json", "not JSON");
    Path unknown = changed(golden("gpt2").resolve("golden.safetensors"), "unknown", t -> {});
    Files.writeString(
        unknown.resolve("golden.json"), "{\"generation\": {\"greedy\": {\"beems\": 3}}}");
    assertRefused(checkpoint, unknown, "beems");
  }

  private static void shiftIds(Tensor ids) {
    ids.add_(new Scalar(100_000));
  }

  private static void assertRefused(Path checkpoint, Path recording, String... said) {
    assertThatThrownBy(() -> Verification.run(checkpoint, recording))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(said);
  }

  @Test
  void nativeMemoryIsFreed() {
    verify("llava-1.5");
    long before = Tensors.liveNativeObjects();
    // An object of the binding's start may be collected meanwhile; three leaks would outweigh it.
    for (int i = 0; i < 3; i++) {
      verify("llava-1.5");
    }
    assertThat(Tensors.liveNativeObjects()).isLessThanOrEqualTo(before);
  }
}
