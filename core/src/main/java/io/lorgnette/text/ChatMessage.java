package io.lorgnette.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One turn of a conversation.
 *
 * @param role who speaks: "system", "user", "assistant", or what else the template knows
 * @param parts texts and pictures in their order
 * @param plain whether the template gets the text itself, not a list of parts
 */
public record ChatMessage(String role, List<Part> parts, boolean plain) {

  /** A piece of a turn. */
  public sealed interface Part {}

  /** Words. */
  public record Text(String text) implements Part {}

  /** The place of a picture. */
  public record Picture() implements Part {}

  public ChatMessage {
    parts = List.copyOf(parts);
    if (plain && !(parts.size() == 1 && parts.get(0) instanceof Text)) {
      throw new IllegalArgumentException("a plain message is one text");
    }
  }

  /** A turn of words alone, as most templates expect. */
  public static ChatMessage of(String role, String text) {
    return new ChatMessage(role, List.of(new Text(text)), true);
  }

  /** A turn of words and pictures, for templates of vision-language models. */
  public static ChatMessage of(String role, Part... parts) {
    return new ChatMessage(role, List.of(parts), false);
  }

  /** As a template sees it. */
  Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("role", role);
    if (plain) {
      map.put("content", ((Text) parts.get(0)).text());
      return map;
    }
    List<Object> content = new ArrayList<>();
    for (Part part : parts) {
      content.add(
          part instanceof Text text
              ? Map.of("type", "text", "text", text.text())
              : Map.of("type", "image"));
    }
    map.put("content", content);
    return map;
  }
}
