package io.lorgnette.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import io.lorgnette.VisionLanguageModel;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the two kinds of chat models are built of. What a request names itself goes before what is
 * set here. Belongs to one thread.
 *
 * @param <B> the builder itself
 * @since 0.1
 */
public abstract class ChatModelBuilder<B extends ChatModelBuilder<B>> {

  private final Map<String, VisionLanguageModel> models = new LinkedHashMap<>();
  private final LorgnetteChatRequestParameters.Builder parameters =
      LorgnetteChatRequestParameters.builder();
  private List<ChatModelListener> listeners = List.of();
  private ImageFetcher imageFetcher;

  ChatModelBuilder() {}

  abstract B self();

  /**
   * Adds a model; at least one is needed. It stays the caller's to close, behind the last request.
   *
   * @param name by which requests choose it as {@code modelName}; the first model is used where
   *     they name none
   */
  public B model(String name, VisionLanguageModel model) {
    models.put(name, model);
    return self();
  }

  /** The model that answers where a request names none; else the first. */
  public B modelName(String name) {
    parameters.modelName(name);
    return self();
  }

  /** Of random choice; 0, and none at all, for the most probable words. */
  public B temperature(Double value) {
    parameters.temperature(value);
    return self();
  }

  /** The share of probability from which words are drawn, above 0 and at most 1. */
  public B topP(Double value) {
    parameters.topP(value);
    return self();
  }

  /** From how many of the most probable tokens words are drawn; 0 for all. */
  public B topK(Integer value) {
    parameters.topK(value);
    return self();
  }

  /** The seed of what is drawn at random. */
  public B seed(Long value) {
    parameters.seed(value);
    return self();
  }

  /** Tokens of an answer at most, by default 128; cut to the model's positions. */
  public B maxOutputTokens(Integer value) {
    parameters.maxOutputTokens(value);
    return self();
  }

  /** Texts at which an answer ends. */
  public B stopSequences(List<String> values) {
    parameters.stopSequences(values);
    return self();
  }

  /** Several of the values above at once; those that are set in it replace what was set before. */
  public B defaultRequestParameters(ChatRequestParameters values) {
    parameters.overrideWith(values);
    return self();
  }

  /** Who hears of requests, answers and failures. */
  public B listeners(List<ChatModelListener> values) {
    listeners = List.copyOf(values);
    return self();
  }

  /** Brings images of http and https addresses, which are refused without one. */
  public B imageFetcher(ImageFetcher value) {
    imageFetcher = value;
    return self();
  }

  /**
   * What has been set.
   *
   * @throws dev.langchain4j.exception.UnsupportedFeatureException if the parameters ask for what no
   *     model here has
   * @throws IllegalArgumentException if there is no model, or a value is out of range
   */
  final Answering answering() {
    return new Answering(models, parameters.build(), listeners, new Pictures(imageFetcher));
  }
}
