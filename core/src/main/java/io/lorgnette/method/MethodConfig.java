package io.lorgnette.method;

import io.lorgnette.nn.Parameters;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.KeyMap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;

/**
 * A system with all its sizes but those that its backbones give: what a recipe says of it. An
 * implementation is a record whose components are the recipe's keys.
 */
public interface MethodConfig {

  /** Which system. */
  MethodKind kind();

  /**
   * Which of the encoder's outputs it sees unless a recipe says otherwise, in the words of {@link
   * io.lorgnette.vision.VisionEncoders}; empty for the encoder's own choice.
   */
  default String output() {
    return "";
  }

  /** Whether it trains the encoder that it is given, and so sees pixels. */
  default boolean trainsEncoder() {
    return false;
  }

  /** Whether it learns from texts in the encoder's joint space, {@link Backbones#teacher}. */
  default boolean learnsFromTexts() {
    return false;
  }

  /** Whether its loss sets the images of a batch against each other, which then stays one part. */
  default boolean comparesImages() {
    return false;
  }

  /** Whether it learns from texts with several images, {@link TrainingBatch.Sequence}. */
  default boolean readsSequences() {
    return false;
  }

  /** Whether its loss weighs texts, {@link TrainingBatch.Text#weight}. */
  default boolean weighsTexts() {
    return true;
  }

  /** The words around images and questions. */
  default Wording wording(LanguageSpec language) {
    return Wording.MAPL.in(language);
  }

  /**
   * What it trains between two backbones, and frozen parts that are neither of them and belong to
   * its connector (see {@link #holds}).
   *
   * @throws io.lorgnette.error.InputException if it can not stand between them
   */
  List<TrainedPart> trained(Pair pair);

  /** Frozen parts besides the two backbones. */
  default List<Part> alsoFrozen(Pair pair) {
    return List.of();
  }

  /**
   * The system between its backbones.
   *
   * @param trained under the names of {@link #keys}, in any number format, with what it {@link
   *     #holds}; owned by the method
   */
  Method of(Backbones backbones, Parameters trained);

  /** Whether a tensor of the connector stays as it is: that of a frozen part. */
  default boolean holds(String name) {
    return false;
  }

  /** Whether a token is predicted where it is part of a target; else it is only read. */
  default boolean learns(int token) {
    return true;
  }

  /** How many times the run's learning rate a trained tensor has. */
  default double rate(String name) {
    return 1;
  }

  /** Whether a trained tensor gets weight decay. */
  default boolean decays(String name, Tensor tensor) {
    return tensor.dim() >= 2;
  }

  /** The system with the weights that training starts with. */
  default Method start(Backbones backbones, long seed) {
    Map<String, Tensor> all = new LinkedHashMap<>();
    for (TrainedPart part : trained(backbones.pair())) {
      part.start()
          .weights(backbones, seed)
          .forEach((name, tensor) -> all.put(part.prefix() + name, tensor));
    }
    return of(backbones, Parameters.of(all));
  }

  /**
   * The system with weights from a file that is no connector of its own kind, where it knows how.
   *
   * @param file open
   * @param seed of what the file does not hold
   * @return or empty where it does not
   * @throws io.lorgnette.error.InputException if the file does not fit
   */
  default Optional<Method> startFrom(Checkpoint file, Backbones backbones, long seed) {
    return Optional.empty();
  }

  /** All trained tensors with their names in released checkpoints. */
  default KeyMap keys(Backbones backbones) {
    KeyMap keys = new KeyMap();
    for (TrainedPart part : trained(backbones.pair())) {
      keys.addAll(part.prefix(), part.keys().apply(backbones));
    }
    return keys;
  }

  /** The format in which a trained tensor is best kept for use. */
  default Dtype format(String name, Backbones backbones) {
    return name.startsWith(LanguageTuning.PREFIX) ? backbones.lm().dtype() : Dtype.F32;
  }

  /** All parts with their numbers of parameters, computed from sizes alone. */
  default Description describe(Pair pair) {
    List<Part> parts = new ArrayList<>(trained(pair).stream().map(TrainedPart::part).toList());
    Stream.of(
            new Part(
                Part.Role.VISION_ENCODER,
                pair.encoder().name(),
                false,
                pair.encoder().parameters()),
            new Part(
                Part.Role.LANGUAGE_MODEL,
                pair.language().name(),
                false,
                pair.language().parameters()))
        .filter(frozen -> parts.stream().noneMatch(part -> part.role() == frozen.role()))
        .toList()
        .forEach(parts::add);
    parts.addAll(alsoFrozen(pair));
    parts.sort(Comparator.comparing(Part::role));
    return new Description(kind(), parts);
  }
}
