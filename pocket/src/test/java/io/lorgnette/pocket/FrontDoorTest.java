package io.lorgnette.pocket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.VisionLanguageModel.Message;
import io.lorgnette.VisionLanguageModel.Shot;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.Generation.Finish;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Dialogue.Role;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.method.Reply;
import io.lorgnette.method.Utterance;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Numerics;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The front door of the toolkit, by the pocket pair: threads, streams, its end. */
class FrontDoorTest {

  private static final GenerationConfig GREEDY = GenerationConfig.greedy(32);
  private static final String QUESTION = "What colour is it?";

  private static VisionLanguageModel model;

  @BeforeAll
  static void load() {
    model = loaded();
  }

  private static VisionLanguageModel loaded() {
    return VisionLanguageModel.load(
        Pocket.vision(),
        Pocket.languageModel(),
        Pocket.connector("answers"),
        Numerics.choose(Device.CPU, Numerics.Format.F32, 1));
  }

  @AfterAll
  static void close() {
    model.close();
  }

  /** Stripes of two colours, another pair for each number. */
  private static RgbImage picture(int number) {
    int size = 64;
    byte[] rgb = new byte[3 * size * size];
    for (int i = 0; i < rgb.length; i += 3) {
      boolean stripe = (i / 3 % size / (4 + number)) % 2 == 0;
      rgb[i] = (byte) (stripe ? 40 * number : 255 - 30 * number);
      rgb[i + 1] = (byte) (stripe ? 255 - 40 * number : 20);
      rgb[i + 2] = (byte) (60 * number);
    }
    return new RgbImage(size, size, rgb);
  }

  private static List<Message> asked(int picture) {
    return List.of(new Message(Role.USER, List.of(picture(picture)), QUESTION));
  }

  @Test
  void severalThreadsGetWhatEachWouldGetAlone() throws Exception {
    List<Callable<Object>> calls = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      Shot shot = new Shot(picture(number + 1), QUESTION, "red");
      GenerationConfig drawn = GenerationConfig.sampling(new Sampling(1.2, 0, 0.9, number), 12);
      calls.add(() -> model.caption(picture(number)));
      calls.add(() -> model.answer(picture(number), QUESTION, List.of(shot), GREEDY));
      calls.add(() -> model.chat(asked(number), drawn));
    }
    List<Object> alone = new ArrayList<>();
    for (Callable<Object> call : calls) {
      alone.add(call.call());
    }
    assertThat(alone.stream().distinct().count()).isGreaterThan(4);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Object> together = new ArrayList<>();
      for (Future<Object> result : threads.invokeAll(calls)) {
        together.add(result.get());
      }
      assertThat(together).isEqualTo(alone);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aReplyIsToldPieceByPiece() {
    List<Message> photo = List.of(new Message(Role.USER, List.of(picture(1)), ""));
    List<String> pieces = new ArrayList<>();
    Reply reply = model.chat(photo, GREEDY, pieces::add);
    assertThat(String.join("", pieces)).isEqualTo(reply.text());
    assertThat(pieces).hasSizeGreaterThan(1);
    assertThat(reply).isEqualTo(model.chat(photo, GREEDY));
    Utterance caption = model.captions(List.of(picture(1)), GREEDY).get(0);
    assertThat(reply.text()).isEqualTo(caption.text());
    assertThat(reply.tokens()).isEqualTo(caption.tokens());
    assertThat(reply.score()).isEqualTo(caption.score());
    assertThat(reply.imageTokens()).isEqualTo(model.method().imageLength());
    assertThat(reply.promptTokens()).isGreaterThanOrEqualTo(reply.imageTokens());
  }

  @Test
  void anAnswerHasASentenceForEachQuestionUntilItsLengthIsUsedUp() {
    List<Message> two =
        List.of(new Message(Role.USER, List.of(picture(2)), "What is it? What colour is it?"));
    Reply whole = model.chat(two, GREEDY);
    assertThat(whole.text()).contains(".").doesNotEndWith(".");
    assertThat(whole.finish()).isEqualTo(Finish.EOS);
    assertThat(whole.tokens()).isGreaterThan(2);
    Reply cut = model.chat(two, GenerationConfig.greedy(whole.tokens() - 1));
    assertThat(cut.finish()).isEqualTo(Finish.LENGTH);
    assertThat(cut.tokens()).isEqualTo(whole.tokens() - 1);
  }

  @Test
  void whatTheHearerThrowsEndsTheAnswerAndFreesItsMemory() {
    List<Message> messages = List.of(new Message(Role.USER, List.of(picture(3)), ""));
    Runnable cut =
        () ->
            assertThatThrownBy(
                    () ->
                        model.chat(
                            messages,
                            GREEDY,
                            piece -> {
                              throw new UnsupportedOperationException("enough");
                            }))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessage("enough");
    cut.run();
    long before = Tensors.liveNativeObjects();
    cut.run();
    assertThat(Tensors.liveNativeObjects()).isEqualTo(before);
  }

  @Test
  void aConversationThatIsTooLongIsRefused() {
    String much = "word ".repeat(3000);
    assertThatThrownBy(() -> model.chat(List.of(Message.of(Role.USER, much)), GREEDY))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("shorten it");
    Reply room = model.chat(asked(1), GenerationConfig.greedy(1_000_000));
    assertThat(room.complete()).isTrue();
  }

  @Test
  void nothingIsMissing() {
    assertThatNullPointerException().isThrownBy(() -> new Shot(null, "", "")).withMessage("image");
    assertThatNullPointerException()
        .isThrownBy(() -> new Message(null, List.of(), ""))
        .withMessage("role");
  }

  @Test
  void aClosedModelSaysSo() {
    VisionLanguageModel first = loaded();
    VisionLanguageModel second = first.beside(Pocket.connector("captions"));
    VisionLanguageModel third = second.beside(Pocket.connector("answers"));
    second.close();
    second.close();
    assertThat(second.isOpen()).isFalse();
    assertThatThrownBy(() -> second.caption(picture(0)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this model is closed");
    assertThat(third.isOpen()).isTrue();
    assertThat(third.chat(asked(0), GREEDY)).isEqualTo(model.chat(asked(0), GREEDY));
    first.close();
    assertThat(third.isOpen()).isFalse();
    assertThatThrownBy(() -> third.chat(asked(0), GREEDY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this model is closed");
    assertThatThrownBy(() -> first.beside(Pocket.connector("captions")))
        .isInstanceOf(IllegalStateException.class);
    third.close();
  }

  @Test
  void itsEndWaitsForCallsAndNotForItself() throws Exception {
    VisionLanguageModel brief = loaded();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> pieces = new ArrayList<>();
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<Reply> reply =
          threads.submit(
              () ->
                  brief.chat(
                      List.of(new Message(Role.USER, List.of(picture(1)), "")),
                      GREEDY,
                      piece -> {
                        pieces.add(piece);
                        if (pieces.size() == 1) {
                          assertThatThrownBy(brief::close)
                              .isInstanceOf(IllegalStateException.class)
                              .hasMessageContaining("from inside");
                          inside.countDown();
                          await(goOn);
                        }
                      }));
      inside.await();
      Future<?> closed = threads.submit(brief::close);
      assertThat(closed.isDone()).isFalse();
      goOn.countDown();
      assertThat(reply.get().text()).isEqualTo(String.join("", pieces));
      closed.get();
      assertThat(brief.isOpen()).isFalse();
    } finally {
      threads.shutdownNow();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aClosedSpaceSaysSo() {
    JointEmbedder space = JointEmbedder.load("pocket-clip", Pocket.clip(), Dtype.F32, Device.CPU);
    assertThat(space.texts(List.of("A dog."))).hasNumberOfRows(1);
    space.close();
    assertThatThrownBy(() -> space.texts(List.of("A dog.")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("this joint space is closed");
  }
}
