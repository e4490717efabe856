package io.lorgnette.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.generate.OpenBatch;
import io.lorgnette.method.Dialogue;
import io.lorgnette.text.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Chat completions in OpenAI's JSON. */
final class ChatJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int MAX_MESSAGES = 256;
  private static final int MAX_STOPS = 4;
  private static final int MAX_LIKELY = 20;
  private static final double MAX_TEMPERATURE = 2;

  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "max_tokens",
          "max_completion_tokens",
          "temperature",
          "top_p",
          "seed",
          "stop",
          "n",
          "logprobs",
          "top_logprobs",
          "response_format",
          "stream",
          "stream_options",
          "frequency_penalty",
          "presence_penalty",
          "logit_bias",
          "tools",
          "tool_choice",
          "functions",
          "modalities");

  /** Sent by clients without a wish behind it. */
  private static final Set<String> HABIT =
      Set.of(
          "user",
          "store",
          "metadata",
          "service_tier",
          "parallel_tool_calls",
          "safety_identifier",
          "prompt_cache_key",
          "prompt_cache_retention");

  private ChatJson() {}

  /**
   * A request as it was asked.
   *
   * @param logprobs whether log-probabilities are to be told
   * @param stream whether the answer is to be told as it grows
   * @param usage whether a stream ends with the number of tokens
   */
  record Asked(Question.Chat chat, boolean logprobs, boolean stream, boolean usage) {}

  /**
   * Reads a request.
   *
   * @param models gives the model of a name, or the first for null
   * @throws ApiException naming the field that is wrong
   */
  static Asked read(
      JsonNode body, Limits limits, Pictures pictures, Function<String, ServedModel> models) {
    Fields fields = new Fields(body, "");
    fields.only(KNOWN, HABIT);
    refuse(fields);
    int newTokens = newTokens(fields, limits);
    int answers = fields.integer("n", 1, limits.answers(), 1);
    List<String> stop = fields.texts("stop", MAX_STOPS);
    if (stop.contains("")) {
      throw fields.wrong("stop", "made of strings that are not empty");
    }
    boolean logprobs = fields.flag("logprobs", false);
    int likely = fields.integer("top_logprobs", 0, MAX_LIKELY, 0);
    if (likely > 0 && !logprobs) {
      throw ApiException.wrong("top_logprobs", "top_logprobs needs logprobs to be true");
    }
    boolean stream = fields.flag("stream", false);
    boolean usage = false;
    if (fields.has("stream_options")) {
      if (!stream) {
        throw ApiException.wrong("stream_options", "stream_options needs stream to be true");
      }
      Fields options = new Fields(fields.get("stream_options"), "stream_options");
      options.only(Set.of("include_usage"), Set.of("include_obfuscation"));
      usage = options.flag("include_usage", false);
    }
    Sampling sampling = sampling(fields, answers);
    ServedModel model = models.apply(fields.text("model"));
    List<Question.Said> messages = new Messages(limits, pictures).read(fields);
    Question.Chat chat =
        new Question.Chat(model, messages, newTokens, sampling, stop, answers, likely);
    return new Asked(chat, logprobs, stream, usage);
  }

  /** What OpenAI's interface has and this server has not. */
  private static void refuse(Fields fields) {
    for (String penalty : List.of("frequency_penalty", "presence_penalty")) {
      if (fields.number(penalty, -2, 2, 0) != 0) {
        throw unsupported(penalty, "0");
      }
    }
    for (String list : List.of("logit_bias", "tools", "functions")) {
      if (fields.has(list) && !fields.get(list).isEmpty()) {
        throw unsupported(list, "empty");
      }
    }
    if (fields.has("tool_choice")
        && !Set.of("none", "auto").contains(fields.get("tool_choice").asText())) {
      throw unsupported("tool_choice", "none");
    }
    for (String modality : fields.texts("modalities", 8)) {
      if (!modality.equals("text")) {
        throw unsupported("modalities", "[\"text\"]");
      }
    }
    if (fields.has("response_format")) {
      Fields format = new Fields(fields.get("response_format"), "response_format");
      if (!format.requiredText("type").equals("text")) {
        throw unsupported("response_format", "{\"type\": \"text\"}");
      }
    }
  }

  private static ApiException unsupported(String field, String allowed) {
    return ApiException.wrong(
        field,
        "unsupported_parameter",
        field + " is not supported by this server; leave it out (it may be " + allowed + ")");
  }

  private static int newTokens(Fields fields, Limits limits) {
    String name = fields.has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    return fields.integer(
        name, 1, limits.newTokens(), Math.min(limits.defaultTokens(), limits.newTokens()));
  }

  /** Greedy, unless the request asks for chance in some way. */
  private static Sampling sampling(Fields fields, int answers) {
    Double topP = fields.has("top_p") ? fields.number("top_p", 0, 1, 1) : null;
    Double temperature =
        fields.has("temperature") ? fields.number("temperature", 0, MAX_TEMPERATURE, 0) : null;
    Long seed = null;
    if (fields.has("seed")) {
      if (!fields.get("seed").isIntegralNumber()) {
        throw fields.wrong("seed", "a whole number");
      }
      seed = fields.get("seed").longValue();
    }
    return Sampling.wanted(temperature, null, topP, seed, answers > 1);
  }

  /** Reads messages. */
  private static final class Messages {

    private final Limits limits;
    private final Pictures pictures;
    private int images;

    Messages(Limits limits, Pictures pictures) {
      this.limits = limits;
      this.pictures = pictures;
    }

    List<Question.Said> read(Fields fields) {
      JsonNode messages = fields.get("messages");
      if (!fields.has("messages")) {
        throw ApiException.wrong("messages", "missing_required_parameter", "messages is missing");
      }
      if (!messages.isArray() || messages.isEmpty() || messages.size() > MAX_MESSAGES) {
        throw fields.wrong("messages", "a list of 1 to " + MAX_MESSAGES + " messages");
      }
      List<Question.Said> all = new ArrayList<>();
      for (int i = 0; i < messages.size(); i++) {
        all.add(message(new Fields(messages.get(i), "messages[" + i + "]")));
      }
      return all;
    }

    private Question.Said message(Fields message) {
      Dialogue.Role role =
          switch (message.requiredText("role")) {
            case "system", "developer" -> Dialogue.Role.SYSTEM;
            case "user" -> Dialogue.Role.USER;
            case "assistant" -> Dialogue.Role.ASSISTANT;
            default -> throw message.wrong("role", "system, developer, user or assistant");
          };
      JsonNode content = message.get("content");
      if (content.isTextual()) {
        return new Question.Said(role, List.of(), content.textValue());
      }
      if (!content.isArray()) {
        throw message.wrong("content", "a string or a list of parts");
      }
      List<Picture> shown = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < content.size(); i++) {
        Fields part = new Fields(content.get(i), message.path("content") + "[" + i + "]");
        switch (part.requiredText("type")) {
          case "text" -> text.append(text.isEmpty() ? "" : "\n").append(part.requiredText("text"));
          case "image_url" -> shown.add(picture(part, role));
          default -> throw part.wrong("type", "text or image_url");
        }
      }
      return new Question.Said(role, shown, text.toString());
    }

    private Picture picture(Fields part, Dialogue.Role role) {
      if (role != Dialogue.Role.USER) {
        throw ApiException.wrong(
            part.path("type"), "images belong to messages of the user, not to " + part.path(""));
      }
      if (++images > limits.images()) {
        throw ApiException.wrong(
            part.path("image_url"),
            "too_many_images",
            "the request has more than " + limits.images() + " images");
      }
      return pictureOf(part, pictures);
    }
  }

  /** The image of a part {@code {"type": "image_url", "image_url": {"url": ...}}}. */
  static Picture pictureOf(Fields part, Pictures pictures) {
    Fields image = new Fields(part.get("image_url"), part.path("image_url"));
    String detail = image.text("detail");
    if (detail != null && !Set.of("low", "high", "auto").contains(detail)) {
      throw image.wrong("detail", "low, high or auto");
    }
    return pictures.of(image.requiredText("url"), image.path("url"));
  }

  /** What the answers of a request share. */
  record Head(String id, long created, String model) {

    private ObjectNode node(String object) {
      return JSON.objectNode()
          .put("id", id)
          .put("object", object)
          .put("created", created)
          .put("model", model);
    }

    /** A whole answer. */
    ObjectNode completion(ArrayNode choices, ObjectNode usage) {
      ObjectNode node = node("chat.completion");
      node.set("choices", choices);
      node.set("usage", usage);
      return node;
    }

    /** A piece of an answer. */
    ObjectNode chunk(ObjectNode choice) {
      ObjectNode node = node("chat.completion.chunk");
      node.putArray("choices").add(choice);
      return node;
    }

    /** The last piece, with numbers of tokens alone. */
    ObjectNode lastChunk(ObjectNode usage) {
      ObjectNode node = node("chat.completion.chunk");
      node.putArray("choices");
      node.set("usage", usage);
      return node;
    }
  }

  /** A whole answer of several. */
  static ObjectNode choice(int index, String text, ArrayNode logprobs, String finish) {
    ObjectNode choice = JSON.objectNode().put("index", index);
    choice.putObject("message").put("role", "assistant").put("content", text).putNull("refusal");
    putLogprobs(choice, logprobs);
    return choice.put("finish_reason", finish);
  }

  /**
   * A piece of one answer of several.
   *
   * @param first whether it is the first one
   * @param text or null behind the last one
   * @param finish why it has ended, or null
   */
  static ObjectNode delta(
      int index, boolean first, String text, ArrayNode logprobs, String finish) {
    ObjectNode choice = JSON.objectNode().put("index", index);
    ObjectNode delta = choice.putObject("delta");
    if (first) {
      delta.put("role", "assistant");
    }
    if (text != null) {
      delta.put("content", text);
    }
    putLogprobs(choice, logprobs);
    return choice.put("finish_reason", finish);
  }

  private static void putLogprobs(ObjectNode choice, ArrayNode logprobs) {
    if (logprobs == null) {
      choice.putNull("logprobs");
    } else {
      choice.putObject("logprobs").set("content", logprobs);
    }
  }

  /** The log-probabilities of tokens. */
  static ArrayNode logprobs(List<OpenBatch.Token> tokens, Tokenizer tokenizer) {
    ArrayNode all = JSON.arrayNode();
    for (OpenBatch.Token token : tokens) {
      ObjectNode node = all.addObject();
      token(node, token.id(), token.logProbability(), tokenizer);
      ArrayNode likely = node.putArray("top_logprobs");
      token
          .likely()
          .forEach(
              other -> token(likely.addObject(), other.id(), other.logProbability(), tokenizer));
    }
    return all;
  }

  private static void token(ObjectNode node, int id, float logProbability, Tokenizer tokenizer) {
    String text = tokenizer.decode(new int[] {id}, false);
    node.put("token", text).put("logprob", logProbability);
    ArrayNode bytes = node.putArray("bytes");
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(value & 0xff);
    }
  }

  /** Numbers of tokens. */
  static ObjectNode usage(Event.Begun prompt, int completionTokens) {
    ObjectNode usage =
        JSON.objectNode()
            .put("prompt_tokens", prompt.promptTokens())
            .put("completion_tokens", completionTokens)
            .put("total_tokens", prompt.promptTokens() + completionTokens);
    usage
        .putObject("prompt_tokens_details")
        .put("cached_tokens", prompt.known())
        .put("image_tokens", prompt.imageTokens());
    return usage;
  }
}
