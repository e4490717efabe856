package io.lorgnette.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where templates are found, and what a hostile one can do: nothing. */
final class ChatTemplateTest {

  private static final List<ChatMessage> HELLO = List.of(ChatMessage.of("user", "Hello"));

  @TempDir Path folder;

  private void write(String file, String text) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private static String render(String template) {
    return ChatTemplate.parse(template, Map.of(), "t").render(HELLO, true);
  }

  @Test
  void picturesAreParts() {
    ChatMessage message =
        ChatMessage.of("user", new ChatMessage.Picture(), new ChatMessage.Text("What is it?"));
    String template =
        "{% for p in messages[0].content %}{{ '<image>' if p.type == 'image' else p.text }}{% endfor %}";
    assertThat(ChatTemplate.parse(template, Map.of(), "t").render(List.of(message), false))
        .isEqualTo("<image>What is it?");
  }

  @Test
  void theTemplatesFileComesFirst() throws IOException {
    assertThatThrownBy(() -> ChatTemplate.load(folder))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(folder + ": has no chat template; choose");
    write(
        "tokenizer_config.json",
        "{\"tokenizer_class\": \"LlamaTokenizer\", \"eos_token\": {\"content\": \"<end>\"},"
            + " \"chat_template\": \"config {{ bos_token }}{{ eos_token }}{{ pad_token }}\"}");
    assertThat(ChatTemplate.load(folder).render(HELLO, false)).isEqualTo("config <s><end>");
    write("chat_template.json", "{\"chat_template\": \"older\"}");
    assertThat(ChatTemplate.load(folder).render(HELLO, false)).isEqualTo("older");
    write("chat_template.jinja", "file {{ messages[0].role }}\n");
    assertThat(ChatTemplate.load(folder).render(HELLO, false)).isEqualTo("file user");
  }

  @Test
  void oneOfSeveralIsNamed() throws IOException {
    write(
        "tokenizer_config.json",
        "{\"tokenizer_class\": \"SomeTokenizer\", \"bos_token\": \"<b>\", \"chat_template\": ["
            + "{\"name\": \"default\", \"template\": \"d{{ bos_token }}\"},"
            + "{\"name\": \"tool_use\", \"template\": \"t{{ x }}\"}]}");
    write("additional_chat_templates/rag.jinja", "r");
    assertThat(ChatTemplate.load(folder).render(HELLO, false)).isEqualTo("d<b>");
    assertThat(ChatTemplate.load(folder, "tool_use").render(HELLO, false, Map.of("x", 3)))
        .isEqualTo("t3");
    assertThat(ChatTemplate.load(folder, "rag").render(HELLO, false)).isEqualTo("r");
    assertThatThrownBy(() -> ChatTemplate.load(folder, "nope"))
        .hasMessageContaining("no chat template \"nope\", only [default, tool_use]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{{ ''.__class__.__mro__ }} # has no \"__class__\"",
        "{{ messages.getClass() }} # has no \"getClass\"",
        "{{ messages[0].content.getBytes() }} # has no \"getBytes\"",
        "{{ messages.append(1) }} # may not change a list",
        "{{ messages[0].update(a=1) }} # may not change a dict",
        "{% include 'x' %} # the block \"include\" is not known",
        "{% import 'x' as y %} # the block \"import\" is not known",
        "{{ 1 | nosuch }} # the filter \"nosuch\" is not known",
        "{{ 1 is nosuch }} # the test \"nosuch\" is not known",
        "{{ x.y }} # \"x\" is not defined",
        "{{ x + 1 }} # \"x\" is not defined",
        "{{ 1 + 'a' }} # can not use + with a number and a text",
        "{{ 9223372036854775807 + 1 }} # too large",
        "{{ 1 // 0 }} # divides by zero",
        "{% for i in 3 %}{% endfor %} # can not go through a number",
        "{% set x.y = 1 %} # only a namespace",
        "{{ strftime_now('%Q') }} # the date pattern %Q is not known",
        "{{ 'a'.split('') }} # can not split at an empty text",
        "{{ strftime_now(3) }} # not of the kind or size",
      })
  void oneSentenceTellsWhatFails(String template, String message) {
    assertThatThrownBy(() -> render("\n" + template))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t: line 2 of its chat template fails: ")
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{% if x %}",
        "{{ x",
        "{% endif %}",
        "{% for x %}{% endfor %}",
        "{{ 'a }}",
        "{# a",
        "{{ (1 }}",
        "{% set 1 = 2 %}",
        "{{ }}",
        "{% raw %}a",
        "{{ a b }}",
        "{% break %}",
        "{{ 99999999999999999999 }}"
      })
  void brokenTemplatesAreRefused(String template) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("t: line ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '#',
      value = {
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %} # takes too long",
        "{{ 'a' * 99999999 }} # characters",
        "{{ [0] * 99999999 }} # items",
        "{{ range(99999999) }} # items",
        "{% set n = namespace(x='a') %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %} # characters",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = n.x + n.x %}{% endfor %} # items",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x }} # characters",
        "{% set n = namespace(x=[1]) %}{% for i in range(99) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x|tojson }} # characters",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }} # too deeply",
        "{% for i in range(99999) %}{{ 'abcdefghijklmnopqrstuvwxyz' * 99 }}{% endfor %} # characters",
        "{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.replace('a', 'a' * 999999) }} # characters",
        "{{ 'a' | indent(999999999) }} # too wide",
      })
  void aTemplateCanNotTakeTheMachine(String template, String message) {
    assertThatThrownBy(() -> render(template))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void deepNestingIsRefused() {
    for (String template :
        List.of(
            "{{ " + "(".repeat(5000) + "1" + ")".repeat(5000) + " }}",
            "{{ " + "-".repeat(5000) + "1 }}",
            "{{ " + "not ".repeat(5000) + "1 }}",
            "{{ " + "1+".repeat(300_000) + "1 }}",
            "{% if 1 %}".repeat(5000) + "{% endif %}".repeat(5000),
            "{{ '" + "\\n".repeat(200_000) + "' + 1 }}")) {
      assertThatThrownBy(() -> render(template)).isInstanceOf(InputException.class);
    }
  }

  @Test
  void valuesThatAreNotPlainAreRefused() {
    ChatTemplate template = ChatTemplate.parse("{{ x }}", Map.of(), "t");
    assertThatThrownBy(() -> template.render(HELLO, true, Map.of("x", folder)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a template takes texts");
  }
}
