package io.lorgnette.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.OpenBatch.Token;
import io.lorgnette.method.AnswerText;
import io.lorgnette.text.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** Makes a chat completion of what the engine tells. Belongs to the request's thread. */
final class Completion {

  /** One answer of several. */
  private static final class Answer {
    final AnswerText text;
    final StringBuilder whole = new StringBuilder();
    final List<Token> tokens = new ArrayList<>();
    boolean begun;
    String finish;

    Answer(AnswerText text) {
      this.text = text;
    }
  }

  private final ChatJson.Asked asked;
  private final ChatJson.Head head;
  private final Tokenizer tokenizer;
  private final List<Answer> answers = new ArrayList<>();
  private Event.Begun prompt;
  private int tokens;
  private long firstToken = -1; // nanoseconds from its arrival
  private long lastToken;

  Completion(ChatJson.Asked asked, String id, long created) {
    this.asked = asked;
    this.head = new ChatJson.Head("chatcmpl-" + id, created, asked.chat().model().id());
    this.tokenizer = asked.chat().model().model().method().backbones().tokenizer();
  }

  /** What is known of the prompt, or null before it was run. */
  Event.Begun prompt() {
    return prompt;
  }

  /** Tokens of all answers. */
  int tokens() {
    return tokens;
  }

  /** Nanoseconds from the arrival to the first token, or -1. */
  long firstToken() {
    return firstToken;
  }

  /** Nanoseconds of each token behind the first, or -1. */
  long perToken() {
    int behind = tokens / Math.max(1, answers.size()) - 1;
    return behind < 1 ? -1 : (lastToken - firstToken) / behind;
  }

  /** Collects all answers. */
  ObjectNode whole(Supplier<Event> events, Exchange exchange) {
    for (Event event = events.get(); !(event instanceof Event.Done); event = events.get()) {
      take(event, exchange);
    }
    ArrayNode choices = JsonNodeFactory.instance.arrayNode();
    for (int i = 0; i < answers.size(); i++) {
      Answer answer = answers.get(i);
      choices.add(
          ChatJson.choice(
              i, answer.whole.toString().strip(), logprobs(answer.tokens), answer.finish));
    }
    return head.completion(choices, ChatJson.usage(prompt, tokens));
  }

  /** Sends answers as they grow. */
  void stream(Supplier<Event> events, Exchange exchange) {
    for (Event event = events.get(); !(event instanceof Event.Done); event = events.get()) {
      int index = index(event);
      AnswerText.Piece piece = take(event, exchange);
      if (index < 0) {
        exchange.open();
        continue;
      }
      Answer answer = answers.get(index);
      boolean told = !piece.text().isEmpty() || (asked.logprobs() && !piece.tokens().isEmpty());
      if (told || !answer.begun) {
        ArrayNode logprobs = logprobs(piece.tokens());
        send(
            exchange,
            head.chunk(ChatJson.delta(index, !answer.begun, piece.text(), logprobs, null)));
        answer.begun = true;
      }
      if (answer.finish != null) {
        send(exchange, head.chunk(ChatJson.delta(index, false, null, null, answer.finish)));
      }
    }
    if (asked.usage()) {
      send(exchange, head.lastChunk(ChatJson.usage(prompt, tokens)));
    }
    exchange.event("[DONE]");
    exchange.end();
  }

  private static void send(Exchange exchange, ObjectNode node) {
    exchange.event(node.toString());
  }

  private ArrayNode logprobs(List<Token> some) {
    return asked.logprobs() ? ChatJson.logprobs(some, tokenizer) : null;
  }

  /** Number of the answer that an event is about, or -1. */
  private static int index(Event event) {
    if (event instanceof Event.Grown grown) {
      return grown.answer();
    }
    return event instanceof Event.Ended ended ? ended.answer() : -1;
  }

  private AnswerText.Piece take(Event event, Exchange exchange) {
    if (event instanceof Event.Begun begun) {
      prompt = begun;
      int end = asked.chat().model().model().method().prompts().stop();
      for (int i = 0; i < asked.chat().answers(); i++) {
        answers.add(
            new Answer(new AnswerText(tokenizer, asked.chat().stop(), end, begun.caption())));
      }
      return null;
    }
    AnswerText.Piece piece;
    Answer answer;
    if (event instanceof Event.Grown grown) {
      tokens++;
      lastToken = exchange.nanos();
      firstToken = firstToken < 0 ? lastToken : firstToken;
      answer = answers.get(grown.answer());
      piece = answer.text.add(grown.token());
    } else if (event instanceof Event.Ended ended) {
      answer = answers.get(ended.answer());
      piece = answer.text.end(ended.finish());
      answer.finish = ended.finish() == Generation.Finish.LENGTH ? "length" : "stop";
    } else {
      throw new IllegalStateException("a chat is not told of " + event.getClass().getSimpleName());
    }
    answer.whole.append(piece.text());
    answer.tokens.addAll(piece.tokens());
    return piece;
  }
}
