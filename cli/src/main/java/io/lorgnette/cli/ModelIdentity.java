package io.lorgnette.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.error.InputException;
import io.lorgnette.language.DecoderConfig;
import io.lorgnette.language.HfConfig;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.vision.EncoderShape;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

/**
 * What the tensors of a checkpoint belong to, by its header and the {@code config.json} beside it.
 *
 * @param kind in a few words
 * @param description one or more lines, may be empty
 */
record ModelIdentity(String kind, String description) {

  private static final Set<String> VISION =
      Set.of("clip", "clip_vision_model", "efficientnet-lite");

  static ModelIdentity of(Path path, Checkpoint checkpoint) {
    if ("lorgnette-connector".equals(checkpoint.metadata().get("format"))) {
      return connector(ConnectorCheckpoint.origin(path));
    }
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    Path config = folder.resolve("config.json");
    if (!Files.isRegularFile(config)) {
      return new ModelIdentity("tensors", "no config.json beside it, so its architecture is open");
    }
    String type = modelType(config);
    try {
      return VISION.contains(type) ? encoder(folder) : languageModel(config, checkpoint);
    } catch (InputException e) {
      return new ModelIdentity("model of type " + type, e.getMessage());
    }
  }

  private static String modelType(Path config) {
    try {
      JsonNode node = new ObjectMapper().readTree(Files.readAllBytes(config));
      return node.path("model_type").asText("unknown");
    } catch (IOException e) {
      throw new InputException(config + " can not be read: " + e.getMessage(), e);
    }
  }

  private static ModelIdentity connector(ConnectorOrigin origin) {
    return new ModelIdentity(
        origin.method().title() + " connector",
        "between "
            + origin.pair().encoder().name()
            + " and "
            + origin.pair().language().name()
            + "\n"
            + origin.mapper().inputWidth()
            + " -> "
            + origin.mapper().prefixLength()
            + " x "
            + origin.mapper().outputWidth()
            + ", step "
            + origin.step());
  }

  private static ModelIdentity encoder(Path folder) {
    EncoderShape shape = VisionEncoders.shape(folder);
    return new ModelIdentity(
        "vision encoder",
        shape.description()
            + "\n"
            + shape.imageSize()
            + " pixels -> "
            + shape.tokens()
            + " tokens of width "
            + shape.width());
  }

  private static ModelIdentity languageModel(Path file, Checkpoint checkpoint) {
    DecoderConfig c = HfConfig.read(file);
    String fit = "tensors fit config.json";
    try {
      c.keys().requireFit(checkpoint);
    } catch (InputException e) {
      fit = e.getMessage();
    }
    return new ModelIdentity(
        "language model",
        c.family().name().toLowerCase(Locale.ROOT)
            + ", "
            + c.layers()
            + " layers of width "
            + c.inner()
            + ", "
            + c.heads()
            + " heads, feed-forward "
            + c.hidden()
            + "\n"
            + Numbers.whole(c.vocabulary())
            + " tokens, "
            + Numbers.whole(c.positions())
            + " positions, "
            + Numbers.whole(c.parameterCount())
            + " parameters\n"
            + fit);
  }
}
