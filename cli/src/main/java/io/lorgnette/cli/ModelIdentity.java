package io.lorgnette.cli;

import io.lorgnette.error.InputException;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.HfConfig;
import io.lorgnette.language.HfEncoderDecoderConfig;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.method.ConnectorCheckpoint;
import io.lorgnette.method.ConnectorOrigin;
import io.lorgnette.published.ModelPart;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.GgufModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the tensors of a checkpoint belong to, by its header and the {@code config.json} beside it,
 * or the description inside a GGUF file.
 *
 * @param kind in a few words
 * @param description one or more lines, may be empty
 * @param parts of the model, by its configuration; none where that does not tell
 */
record ModelIdentity(String kind, String description, List<ModelPart> parts) {

  ModelIdentity {
    parts = List.copyOf(parts);
  }

  private ModelIdentity(String kind, String description) {
    this(kind, description, List.of());
  }

  static ModelIdentity of(Path path, Checkpoint checkpoint) {
    if ("lorgnette-connector".equals(checkpoint.metadata().get("format"))) {
      return connector(ConnectorCheckpoint.origin(path));
    }
    Path folder = Files.isDirectory(path) ? path : path.toAbsolutePath().getParent();
    Path model = GgufModel.isGguf(checkpoint.path()) ? checkpoint.path() : folder;
    String type = type(model, checkpoint);
    if (type == null) {
      return new ModelIdentity("tensors", "no config.json beside it, so its architecture is open");
    }
    try {
      List<ModelPart> parts = ModelPart.read(model);
      return new ModelIdentity(kind(parts), description(model, parts, checkpoint), parts);
    } catch (InputException e) {
      return new ModelIdentity("model of type " + type, e.getMessage());
    }
  }

  /** What a model calls its kind; null where nothing tells. */
  private static String type(Path model, Checkpoint checkpoint) {
    if (GgufModel.isGguf(model)) {
      return checkpoint.metadata().get("general.architecture");
    }
    Path config = model.resolve("config.json");
    if (Files.isRegularFile(config)) {
      return HfFields.read(config).text("model_type", "unknown");
    }
    return Files.isRegularFile(model.resolve("open_clip_config.json")) ? "open_clip" : null;
  }

  private static String kind(List<ModelPart> parts) {
    if (parts.size() == 1) {
      return parts.get(0).role();
    }
    return switch (parts.get(parts.size() - 1).role()) {
      case "language model" -> "vision-language model";
      case "text encoder" -> "image and text encoders";
      default -> "image-text matcher";
    };
  }

  private static String description(Path model, List<ModelPart> parts, Checkpoint checkpoint) {
    String lines =
        parts.stream()
            .map(
                part ->
                    (parts.size() == 1 ? "" : part.role() + ": ")
                        + part.architecture()
                        + "\n  "
                        + Numbers.whole(part.parameters())
                        + " parameters")
            .collect(Collectors.joining("\n"));
    boolean language = parts.size() == 1 && parts.get(0).role().equals("language model");
    return language ? lines + "\n" + fit(HfFields.ofModel(model), checkpoint) : lines;
  }

  private static String fit(HfFields config, Checkpoint checkpoint) {
    try {
      if (TextModel.isEncoderDecoder(config)) {
        EncoderDecoder.requireFit(
            HfEncoderDecoderConfig.of(config.file(), config.json()), checkpoint);
      } else {
        HfConfig.of(config).keys().requireFit(checkpoint);
      }
      return "tensors fit " + config.file().getFileName();
    } catch (InputException e) {
      return e.getMessage();
    }
  }

  private static ModelIdentity connector(ConnectorOrigin origin) {
    return new ModelIdentity(
        origin.config().kind().title() + " connector",
        "between "
            + origin.pair().encoder().name()
            + " and "
            + origin.pair().language().name()
            + "\n"
            + origin.config().trained(origin.pair()).stream()
                .map(trained -> trained.part().role() + " " + trained.part().name())
                .collect(Collectors.joining("\n"))
            + ", step "
            + origin.step());
  }
}
