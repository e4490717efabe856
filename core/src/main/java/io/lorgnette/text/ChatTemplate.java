package io.lorgnette.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.lorgnette.error.InputException;
import io.lorgnette.text.jinja.JinjaException;
import io.lorgnette.text.jinja.JinjaTemplate;
import io.lorgnette.weights.GgufModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Makes the prompt of a conversation, exactly as Hugging Face's {@code apply_chat_template} does it
 * from the template that came with a model.
 *
 * <p>A template is a program from outside: it reaches the conversation and the names of the special
 * tokens, nothing else, and its time and output are limited. Immutable and thread-safe.
 */
public final class ChatTemplate {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "chat_template.jinja";
  private static final String OLDER_FILE = "chat_template.json";
  private static final String KEY = "chat_template";

  private final String name;
  private final JinjaTemplate template;
  private final Map<String, Object> tokens;
  private final Supplier<LocalDateTime> now;

  private ChatTemplate(
      String name, JinjaTemplate template, Map<String, ?> tokens, Supplier<LocalDateTime> now) {
    this.name = name;
    this.template = template;
    this.tokens = new LinkedHashMap<>(tokens);
    this.now = now;
  }

  /**
   * Loads the template of a model's folder, and the names of its special tokens. Looked for in this
   * order: {@code chat_template.jinja}; {@code chat_template} in {@code chat_template.json}; {@code
   * chat_template} in {@code tokenizer_config.json}, a text or a list of named ones, of which
   * "default" is taken; the template inside a GGUF file.
   *
   * @param folder of the model, or its GGUF file
   * @throws InputException if there is none, or it can not be read
   */
  public static ChatTemplate load(Path folder) {
    return load(folder, "default");
  }

  /**
   * As {@link #load(Path)} for a template of another name, such as "tool_use", from the list in
   * {@code tokenizer_config.json}, from {@code additional_chat_templates} or from the GGUF file.
   */
  public static ChatTemplate load(Path folder, String which) {
    Map<String, String> found = found(folder, which);
    Optional<Path> gguf = found.isEmpty() ? GgufModel.find(folder) : Optional.empty();
    if (gguf.isPresent()) {
      GgufDefinition definition = new GgufDefinition(gguf.get());
      String template = chosen(definition.chatTemplates(), which, gguf.get());
      return parse(template, definition.names(), gguf.get().toString());
    }
    return parse(chosen(found, which, folder), tokens(folder), folder.toString());
  }

  /** The templates that a folder's files hold, by name. */
  private static Map<String, String> found(Path folder, String which) {
    Map<String, String> found = new LinkedHashMap<>();
    JsonNode config = json(folder.resolve(TokenizerSettings.CONFIG)).path(KEY);
    if (config.isTextual()) {
      found.put("default", config.textValue());
    }
    for (JsonNode entry : config) {
      found.put(entry.path("name").asText(), entry.path("template").asText());
    }
    JsonNode older = json(folder.resolve(OLDER_FILE)).path(KEY);
    if (older.isTextual()) {
      found.put("default", older.textValue());
    }
    Path file =
        which.equals("default")
            ? folder.resolve(FILE)
            : folder.resolve("additional_chat_templates").resolve(which + ".jinja");
    if (Files.isRegularFile(file)) {
      found.put(which, new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8));
    }
    return found;
  }

  private static String chosen(Map<String, String> found, String which, Path from) {
    String template = found.get(which);
    if (template == null) {
      throw new InputException(
          from
              + ": has no chat template"
              + (found.isEmpty() ? "" : " \"" + which + "\", only " + found.keySet())
              + "; choose a model that was trained for chats, or give the whole prompt as text");
    }
    return template;
  }

  /**
   * Reads a template.
   *
   * @param tokens what the template finds under "bos_token", "eos_token" and the like
   * @param name what messages call it
   * @throws InputException if it is not a template, or uses what is not known
   */
  public static ChatTemplate parse(String template, Map<String, String> tokens, String name) {
    return parse(template, tokens, name, LocalDateTime::now);
  }

  static ChatTemplate parse(
      String template, Map<String, String> tokens, String name, Supplier<LocalDateTime> now) {
    try {
      return new ChatTemplate(name, JinjaTemplate.parse(template), tokens, now);
    } catch (JinjaException e) {
      throw problem(name, e);
    }
  }

  /**
   * The prompt.
   *
   * @param addGenerationPrompt whether it ends where the assistant begins to speak
   * @throws InputException if the template refuses the conversation or fails
   */
  public String render(List<ChatMessage> messages, boolean addGenerationPrompt) {
    return render(messages, addGenerationPrompt, Map.of());
  }

  /**
   * The prompt, with further values that some templates ask for, such as "enable_thinking".
   *
   * @param extras texts, numbers, truth values, lists and maps by name
   */
  public String render(
      List<ChatMessage> messages, boolean addGenerationPrompt, Map<String, ?> extras) {
    return renderMaps(
        messages.stream().map(ChatMessage::toMap).toList(), addGenerationPrompt, extras);
  }

  String renderMaps(
      List<Map<String, Object>> messages, boolean addGenerationPrompt, Map<String, ?> extras) {
    Map<String, Object> values = new LinkedHashMap<>(tokens);
    values.putAll(extras);
    values.put("messages", messages);
    values.put("add_generation_prompt", addGenerationPrompt);
    try {
      return template.render(values, now);
    } catch (JinjaException e) {
      throw problem(name, e);
    }
  }

  private static InputException problem(String name, JinjaException e) {
    if (e.isRaised()) {
      return new InputException(
          name + ": its chat template refuses the conversation: " + e.getMessage(), e);
    }
    return new InputException(
        name + ": line " + e.line() + " of its chat template fails: " + e.getMessage(), e);
  }

  /** The special tokens by their names; what no file names and no class implies is left out. */
  private static Map<String, String> tokens(Path folder) {
    TokenizerSettings settings = new TokenizerSettings(folder);
    Optional<NamedTokens> named = settings.knownKind().map(NamedTokens::of);
    Map<String, String> tokens = new LinkedHashMap<>();
    for (String key : TokenizerSettings.NAMES) {
      Optional<AddedToken> token =
          named.isPresent() ? named.get().token(settings, key) : settings.token(key, null, false);
      token.ifPresent(t -> tokens.put(key, t.content()));
    }
    return tokens;
  }

  private static JsonNode json(Path file) {
    if (!Files.isRegularFile(file)) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(new String(TokenizerFolder.bytes(file), StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + ": is not valid JSON (" + e.getOriginalMessage() + "); fetch the file again", e);
    }
  }

  @Override
  public String toString() {
    return "ChatTemplate[" + name + "]";
  }
}
