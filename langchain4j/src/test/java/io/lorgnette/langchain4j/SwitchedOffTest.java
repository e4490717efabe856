package io.lorgnette.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.model.chat.common.AbstractBaseChatModelIT;
import dev.langchain4j.model.chat.common.AbstractStreamingChatModelIT;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The list of what is switched off is neither longer nor shorter than the page says. */
class SwitchedOffTest {

  @Test
  void eachTestThatIsSwitchedOffExistsAndIsOnThePage() throws IOException {
    String page = Files.readString(Path.of("../docs/langchain4j.md"));
    List<String> contract =
        Stream.<Class<?>>of(AbstractBaseChatModelIT.class, AbstractStreamingChatModelIT.class)
            .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
            .map(Method::getName)
            .toList();
    assertThat(contract).containsAll(SwitchedOff.REASONS.keySet());
    List<String> listed =
        page.lines()
            .filter(line -> line.startsWith("| `should_"))
            .map(line -> line.substring(3, line.indexOf('`', 3)))
            .toList();
    assertThat(listed).containsExactlyInAnyOrderElementsOf(SwitchedOff.REASONS.keySet());
  }
}
