package io.lorgnette.langchain4j;

import static java.util.Map.entry;

import java.util.Map;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The tests of LangChain4j's contracts that are not run, each with its reason. What they say of
 * form besides is asserted by {@link ChatFormTest} and {@link StreamingFormTest}.
 */
final class SwitchedOff implements ExecutionCondition {

  private static final String CAPITAL = "the answer must be Berlin: knowledge of the world";
  private static final String HELLO = "the model must repeat \"Hello\" when it is told to";

  static final Map<String, String> REASONS =
      Map.ofEntries(
          entry("should_respect_user_message", CAPITAL),
          entry("should_respect_system_message", "the answer must be a translation into German"),
          entry("should_respect_multiple_messages", "the answer must be recalled from small talk"),
          entry("should_respect_stopSequences_in_chat_request", HELLO),
          entry("should_respect_stopSequences_in_default_model_parameters", HELLO),
          entry(
              "should_accept_single_image_as_base64_encoded_string",
              "the answer must name the cat of a photo"),
          entry(
              "should_accept_multiple_images_as_base64_encoded_strings",
              "the answer must name the cat and the dice of two photos"),
          entry("should_propagate_user_exceptions_thrown_from_onPartialResponse", CAPITAL),
          entry("should_propagate_user_exceptions_thrown_from_onCompleteResponse", CAPITAL),
          entry("should_ignore_user_exceptions_thrown_from_onError", CAPITAL),
          entry(
              "should_cancel_streaming",
              "it asks for a long story, and waits 30 seconds for what must not come"));

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return context
        .getTestMethod()
        .map(method -> REASONS.get(method.getName()))
        .map(ConditionEvaluationResult::disabled)
        .orElseGet(() -> ConditionEvaluationResult.enabled("part of the contract that is kept"));
  }
}
