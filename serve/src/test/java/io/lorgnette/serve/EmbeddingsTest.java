package io.lorgnette.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.text.Tokenizer;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.JointConfig;
import io.lorgnette.vision.JointSpace;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places in a joint space over the pocket encoder, whose own weights are drawn at random. */
class EmbeddingsTest {

  private static final int WIDTH = 8;

  @TempDir static Path folder;

  private static Bench bench;
  private static DualEncoder towers;
  private static Tokenizer tokenizer;
  private static LorgnetteServer server;

  @BeforeAll
  static void start() {
    bench = new Bench(folder);
    tokenizer = Tokenizer.load(Pocket.tokenizer());
    VisionEncoder encoder = VisionEncoders.load(Pocket.vision(), Dtype.F32, Device.CPU);
    JointConfig config =
        JointConfig.of(
            bench.answers.method().backbones().encoder().width(),
            16,
            tokenizer.vocabularySize(),
            12,
            16,
            1,
            2,
            WIDTH,
            0);
    try (JointSpace space = config.create(5, Device.CPU)) {
      space.save(folder.resolve("clip"), encoder.identity());
    }
    towers = DualEncoder.over(encoder, folder.resolve("clip"), Dtype.F32, Device.CPU);
    ServedModel model = new ServedModel("answers", bench.answers);
    server =
        LorgnetteServer.start(
            List.of(model),
            model,
            Optional.of(new ServedSpace("space", towers, tokenizer)),
            ServerConfig.local(0),
            null,
            RequestLog.NONE);
  }

  @AfterAll
  static void stop() {
    server.close();
    towers.close();
    tokenizer.close();
    bench.close();
  }

  private static HttpResponse<String> post(String body) throws Exception {
    return bench.send(Bench.post(server, "/v1/embeddings", body));
  }

  private static JsonNode good(String body) throws Exception {
    HttpResponse<String> response = post(body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Bench.JSON.readTree(response.body());
  }

  private static float[] vector(JsonNode embedding) {
    float[] vector = new float[embedding.size()];
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) embedding.path(i).doubleValue();
    }
    return vector;
  }

  private static String image(int photo) {
    return "{\"type\":\"image_url\",\"image_url\":{\"url\":\"" + bench.url(photo) + "\"}}";
  }

  @Test
  void textsAndImagesArePlacedAsByTheTowers() throws Exception {
    JsonNode got =
        good(
            "{\"model\":\"space\",\"input\":[\"a boat\","
                + image(0)
                + ",{\"type\":\"text\",\"text\":\"a dog\"},"
                + image(1)
                + "]}");
    assertThat(got.path("data")).hasSize(4);
    assertThat(got.path("usage").path("prompt_tokens").intValue())
        .isEqualTo(tokenizer.encode("a boat").length + tokenizer.encode("a dog").length);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad()) {
      Tensor ids = towers.texts().ids(tokenizer, List.of("a boat"));
      float[] text = Tensors.toFloats(towers.textEmbeds(ids, null));
      int size = towers.images().processor().size();
      float[] pixels = towers.images().processor().process(bench.image(1));
      float[] image =
          Tensors.toFloats(towers.imageEmbeds(Tensors.ofFloats(pixels, 1, 3, size, size)));
      assertThat(vector(got.path("data").path(0).path("embedding")))
          .hasSize(WIDTH)
          .containsExactly(text, within(1e-5f));
      assertThat(vector(got.path("data").path(3).path("embedding")))
          .containsExactly(image, within(1e-5f));
    }
    assertThat(got.path("data").path(1)).isNotEqualTo(got.path("data").path(3));
  }

  @Test
  void numbersComeAsBytesToo() throws Exception {
    JsonNode plain = good("{\"input\":\"a boat\"}").path("data").path(0).path("embedding");
    JsonNode packed =
        good("{\"input\":\"a boat\",\"encoding_format\":\"base64\"}")
            .path("data")
            .path(0)
            .path("embedding");
    byte[] bytes = Base64.getDecoder().decode(packed.textValue());
    float[] unpacked = new float[WIDTH];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(unpacked);
    assertThat(unpacked).containsExactly(vector(plain), within(1e-6f));
  }

  @Test
  void wrongInputsAreToldOf() throws Exception {
    String[][] wrong = {
      {"{}", "input is missing"},
      {"{\"input\":[]}", "1 to 256"},
      {"{\"input\":[[1,2]]}", "not token ids"},
      {"{\"input\":\" \"}", "is empty"},
      {"{\"input\":\"a\",\"dimensions\":4}", "must be 8"},
      {"{\"input\":\"a\",\"encoding_format\":\"int8\"}", "float or base64"},
      {"{\"input\":\"" + "boat ".repeat(40) + "\"}", "but the space reads 12"}
    };
    for (String[] one : wrong) {
      HttpResponse<String> response = post(one[0]);
      assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
      assertThat(response.body()).contains(one[1]);
    }
    assertThat(post("{\"input\":\"a\",\"model\":\"answers\"}").statusCode()).isEqualTo(404);
  }
}
