package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.error.InputException;
import io.lorgnette.image.RgbImage;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.testing.Golden;
import io.lorgnette.vision.DualEncoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Folders as CLIP is released: configuration, processor, weights and tokenizer. */
class JointEmbedderTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Golden PAIR = Golden.open("goldens/clip-dual");
  private static final int SIZE = 30;
  private static final int POSITIONS = 16;
  private static final List<String> TEXTS =
      List.of("A red barn", "", "Boats, boats, boats, boats!");

  /** The golden's vocabulary: CLIP's letters, and the two marks that its configuration names. */
  private static final int START = 197;

  private static final int END = 198;

  @TempDir private Path temporary;

  private Path folder(boolean tokenizer) throws IOException {
    Path folder = Files.createDirectory(temporary.resolve(tokenizer ? "whole" : "bare"));
    for (String name : List.of("config.json", "model.safetensors")) {
      Files.copy(PAIR.path("checkpoint").resolve(name), folder.resolve(name));
    }
    ObjectNode processor =
        JSON.createObjectNode().put("image_processor_type", "CLIPImageProcessor");
    processor.putObject("size").put("shortest_edge", SIZE);
    processor.putObject("crop_size").put("height", SIZE).put("width", SIZE);
    Files.write(folder.resolve("preprocessor_config.json"), JSON.writeValueAsBytes(processor));
    if (tokenizer) {
      Files.write(folder.resolve("tokenizer.json"), JSON.writeValueAsBytes(tokenizer()));
    }
    return folder;
  }

  /** CLIP's tokenizer without merges and without most letters, so that it fits the weights. */
  private static JsonNode tokenizer() throws IOException {
    Path clip = Golden.resource("goldens/tokenizers/clip/tokenizer.json");
    ObjectNode all = (ObjectNode) JSON.readTree(clip.toFile());
    ObjectNode vocabulary = JSON.createObjectNode();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      vocabulary.put("" + letter, letter - 'a').put(letter + "</w>", 30 + letter - 'a');
    }
    vocabulary.put("!</w>", 60).put(",</w>", 61);
    vocabulary.put("<|startoftext|>", START).put("<|endoftext|>", END);
    ObjectNode model = (ObjectNode) all.get("model");
    model.set("vocab", vocabulary);
    model.putArray("merges");
    for (JsonNode added : all.withArray("added_tokens")) {
      ((ObjectNode) added)
          .put("id", added.path("content").asText().contains("start") ? START : END);
    }
    JsonNode special = all.at("/post_processor/special_tokens");
    ((ObjectNode) special.get("<|startoftext|>")).putArray("ids").add(START);
    ((ObjectNode) special.get("<|endoftext|>")).putArray("ids").add(END);
    return all;
  }

  /** What CLIP's tokenizer makes of a text of the letters above, one by one. */
  private static long[] ids(String text) {
    List<Long> ids = new ArrayList<>(List.of((long) START));
    for (String word : text.toLowerCase(Locale.ROOT).replaceAll("([,!])", " $1 ").split(" +", -1)) {
      for (int i = 0; i < word.length(); i++) {
        char letter = word.charAt(i);
        boolean last = i == word.length() - 1;
        ids.add(letter == '!' ? 60L : letter == ',' ? 61L : (long) letter - 'a' + (last ? 30 : 0));
      }
    }
    while (ids.size() >= POSITIONS) {
      ids.remove(ids.size() - 1);
    }
    while (ids.size() < POSITIONS) {
      ids.add((long) END);
    }
    return ids.stream().mapToLong(Long::longValue).toArray();
  }

  private static RgbImage picture(int number) {
    int width = 40 + number;
    int height = 33;
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (i * (7 + number) + i / width * 31);
    }
    return new RgbImage(width, height, rgb);
  }

  @Test
  void aReleasedFolderEqualsItsTowers() throws IOException {
    Path folder = folder(true);
    // More pictures than are looked at together.
    List<RgbImage> pictures = IntStream.range(0, 18).mapToObj(JointEmbedderTest::picture).toList();
    float[][] images;
    float[][] texts;
    try (JointEmbedder model = JointEmbedder.load("tiny", folder, Dtype.F32, Device.CPU)) {
      assertThat(model.name()).isEqualTo("tiny");
      assertThat(model.identity()).contains(" tokenizer ").endsWith(" in F32");
      images = model.images(pictures);
      texts = model.texts(TEXTS);
      assertThat(model.images(List.of())).isEmpty();
    }
    assertThat(images).hasDimensions(18, 32);
    assertThat(texts).hasDimensions(3, 32);
    try (Scope scope = Scope.open();
        Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair = DualEncoder.load(folder, Dtype.F32, Device.CPU)) {
      for (int number : new int[] {0, 15, 17}) {
        float[] pixels = pair.images().processor().process(pictures.get(number));
        Tensor one = pair.images().imageEmbeds(Tensors.ofFloats(pixels, 1, 3, SIZE, SIZE));
        assertThat(images[number]).containsExactly(unit(one), within(1e-5f));
      }
      for (int number = 0; number < TEXTS.size(); number++) {
        Tensor ids = Tensors.ofLongs(ids(TEXTS.get(number)), 1, POSITIONS);
        Tensor one = pair.texts().textEmbeds(ids, null);
        assertThat(texts[number]).containsExactly(unit(one), within(1e-5f));
      }
    }
  }

  private static float[] unit(Tensor vector) {
    float[] values = Tensors.toFloats(vector);
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    for (int i = 0; i < values.length; i++) {
      values[i] /= (float) Math.sqrt(sum);
    }
    return values;
  }

  @Test
  void whatIsMissingIsNamed() throws IOException {
    Path bare = folder(false);
    assertThatThrownBy(() -> JointEmbedder.load("tiny", bare, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tokenizer.json");
    Path whole = folder(true);
    Files.delete(whole.resolve("preprocessor_config.json"));
    assertThatThrownBy(() -> JointEmbedder.load("tiny", whole, Dtype.F32, Device.CPU))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("preprocessor_config.json");
  }
}
