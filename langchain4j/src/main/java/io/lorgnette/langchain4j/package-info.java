/**
 * Lorgnette's models where LangChain4j expects one: {@link
 * io.lorgnette.langchain4j.LorgnetteChatModel} and its streaming sibling answer about images in
 * process, {@link io.lorgnette.langchain4j.LorgnetteEmbeddingModel} places texts and images in one
 * space.
 *
 * <p>What comes in is LangChain4j's, what is asked of {@link io.lorgnette.VisionLanguageModel} is
 * ours; {@code Conversation} is the border between the two.
 *
 * <pre>{@code
 * try (var model = VisionLanguageModel.load(vision, language, connector, numerics)) {
 *   ChatModel chat = LorgnetteChatModel.builder().model("mine", model).build();
 *   UserMessage message =
 *       UserMessage.from(TextContent.from("What is this?"), ImageContent.from(photo, "image/jpeg"));
 *   System.out.println(chat.chat(message).aiMessage().text());
 * }
 * }</pre>
 */
package io.lorgnette.langchain4j;
