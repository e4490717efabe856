package io.lorgnette.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.error.InputException;
import io.lorgnette.method.Dialogue.Role;
import io.lorgnette.method.Dialogue.Turn;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DialogueTest {

  private Scope scope;
  private TinyBackbones tiny;
  private Method method;
  private Tensor seen;

  @BeforeEach
  void open() {
    scope = Scope.open();
    tiny = new TinyBackbones(1);
    method = Mapl.of(tiny.get(), TinyBackbones.mapper(1));
    seen = Tensors.zeros(Dtype.F32, Device.CPU, TinyBackbones.PREFIX, TinyBackbones.LM_WIDTH);
  }

  @AfterEach
  void close() {
    method.close();
    tiny.close();
    scope.close();
  }

  private static Turn said(Role role, String text) {
    return new Turn(role, List.of(), text);
  }

  private Turn shown(String text) {
    return new Turn(Role.USER, List.of(seen), text);
  }

  private int length(Turn... turns) {
    return Dialogue.of(method, List.of(turns)).prompt().length();
  }

  @Test
  void aQuestionIsAskedInTheMethodsWords() {
    Dialogue dialogue = Dialogue.of(method, List.of(shown("What? Why?")));
    assertThat(dialogue.prompt().length())
        .isEqualTo(method.answer(seen, "What? Why?", List.of()).length());
    assertThat(dialogue.sentences()).isEqualTo(2);
    assertThat(dialogue.caption()).isFalse();
  }

  @Test
  void anImageAloneIsCaptioned() {
    Dialogue dialogue = Dialogue.of(method, List.of(shown(" ")));
    assertThat(dialogue.caption()).isTrue();
    assertThat(dialogue.sentences()).isEqualTo(1);
    assertThat(dialogue.prompt().length()).isEqualTo(method.caption(seen).length());
  }

  @Test
  void earlierTurnsAreShotsWithTheLastImage() {
    Method.Shot shot = new Method.Shot(seen, "What?", "A dog");
    int expected = method.answer(seen, "Where?", List.of(shot)).length();
    Turn answer = said(Role.ASSISTANT, "A dog");
    assertThat(length(shown("What?"), answer, said(Role.USER, "Where?"))).isEqualTo(expected);
    assertThat(length(shown("What?"), answer, shown("Where?"))).isEqualTo(expected);
  }

  @Test
  void turnsOfOneSpeakerAreJoined() {
    assertThat(length(shown(""), said(Role.USER, "What?"))).isEqualTo(length(shown("What?")));
    assertThat(length(shown(""), shown("What?")))
        .isEqualTo(length(shown("What?")) + TinyBackbones.PREFIX);
    assertThat(length(said(Role.SYSTEM, "Be brief."), shown("What?")))
        .isEqualTo(length(shown("What?")) + method.prompts().text("Be brief.").length);
    assertThat(length(said(Role.USER, "What?")))
        .isEqualTo(length(shown("What?")) - TinyBackbones.PREFIX);
  }

  @Test
  void whatCanNotBeAnsweredIsRefused() {
    refused("not the user's", shown("What?"), said(Role.ASSISTANT, "A dog"));
    refused("not the user's", said(Role.SYSTEM, "Be brief."));
    refused("follows no message", said(Role.ASSISTANT, "A dog"), shown("What?"));
    refused("is empty", said(Role.USER, ""));
    refused("has no question", shown("What?"), said(Role.ASSISTANT, "A dog"), shown(""));
  }

  private void refused(String why, Turn... turns) {
    assertThatThrownBy(() -> Dialogue.of(method, List.of(turns)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(why);
  }
}
