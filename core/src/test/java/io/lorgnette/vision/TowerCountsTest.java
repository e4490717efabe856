package io.lorgnette.vision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.testing.Golden;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameters of published models, computed from their configurations alone. */
class TowerCountsTest {

  private static final JsonNode COUNTS = Golden.open("goldens/tower-counts").json("counts.json");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path temporary;

  static Stream<String> openClip() {
    return names("open_clip ");
  }

  static Stream<String> siglip() {
    return names("siglip");
  }

  private static Stream<String> names(String prefix) {
    return COUNTS.properties().stream().map(Map.Entry::getKey).filter(n -> n.startsWith(prefix));
  }

  @ParameterizedTest
  @MethodSource("openClip")
  void ofOpenClip(String name) throws IOException {
    JsonNode counts = COUNTS.get(name);
    Files.write(
        temporary.resolve("open_clip_config.json"),
        JSON.writeValueAsBytes(JSON.createObjectNode().set("model_cfg", counts.get("config"))));
    OpenClipFolder folder = OpenClipFolder.read(temporary);
    long vision =
        folder.isResNet() ? folder.resNet().parameterCount() : folder.vit().parameterCount();
    assertThat(vision).isEqualTo(counts.get("vision").longValue());
    if (folder.isResNet()) {
      assertThat(folder.resNet().trunkParameterCount()).isEqualTo(counts.get("trunk").longValue());
    }
    assertThat(vision + folder.text().parameterCount() + 1)
        .isEqualTo(counts.get("model").longValue());
  }

  @ParameterizedTest
  @MethodSource("siglip")
  void ofSiglip(String name) throws IOException {
    JsonNode counts = COUNTS.get(name);
    Path file = temporary.resolve("config.json");
    Files.write(file, JSON.writeValueAsBytes(counts.get("config")));
    long vision = SiglipVitConfig.from(ConfigFile.read(file)).parameterCount();
    long text = TextTowerConfig.from(ConfigFile.read(file), true).parameterCount();
    assertThat(vision).isEqualTo(counts.get("vision").longValue());
    assertThat(text).isEqualTo(counts.get("text").longValue());
    assertThat(vision + text + 2).isEqualTo(counts.get("model").longValue());
    assertThat(VisionEncoders.shape(temporary).parameters()).isEqualTo(vision);
  }

  @Test
  void theNamedConfigurationsAreThePublishedOnes() {
    Map<String, ClipVitConfig> vits =
        new TreeMap<>(
            Map.of(
                "ViT-B-32", ClipVitConfig.vitB32(),
                "ViT-B-16", ClipVitConfig.vitB16(),
                "ViT-L-14", ClipVitConfig.vitL14(),
                "ViT-L-14-336", ClipVitConfig.vitL14At336(),
                "ViT-H-14", ClipVitConfig.vitH14(),
                "ViT-bigG-14", ClipVitConfig.vitBigG14()));
    vits.forEach(
        (name, config) -> {
          JsonNode counts = COUNTS.get("open_clip " + name);
          int joint = counts.at("/config/embed_dim").intValue();
          assertThat(config.withProjection(joint).parameterCount())
              .as(name)
              .isEqualTo(counts.get("vision").longValue());
        });
    Map<String, ClipResNetConfig> resNets =
        Map.of(
            "RN50", ClipResNetConfig.rn50(),
            "RN101", ClipResNetConfig.rn101(),
            "RN50x4", ClipResNetConfig.rn50x4(),
            "RN50x16", ClipResNetConfig.rn50x16(),
            "RN50x64", ClipResNetConfig.rn50x64());
    resNets.forEach(
        (name, config) -> {
          JsonNode vision = COUNTS.get("open_clip " + name).at("/config/vision_cfg");
          assertThat(config.imageSize()).isEqualTo(vision.get("image_size").intValue());
          assertThat(config.parameterCount())
              .as(name)
              .isEqualTo(COUNTS.get("open_clip " + name).get("vision").longValue());
        });
  }
}
