package io.lorgnette.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.lorgnette.VisionLanguageModel;
import io.lorgnette.VisionLanguageModel.Message;
import io.lorgnette.error.InputException;
import io.lorgnette.generate.GenerationConfig;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Dialogue.Role;
import io.lorgnette.method.Reply;
import io.lorgnette.tensor.Numerics;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code lorgnette chat}: a conversation about photos in the terminal. */
@Command(
    name = "chat",
    description = {
      "Talks about a photo: a question on each line, an answer below it.",
      "/photo PATH shows another one, /forget begins anew; the end of the input ends it."
    },
    footer = {
      "  lorgnette chat photo.jpg",
      "  lorgnette chat photo.jpg < questions.txt",
    })
final class ChatCommand implements Callable<Integer> {

  private static final String PHOTO = "/photo ";
  private static final String FORGET = "/forget";

  @ParentCommand private Lorgnette root;

  @Parameters(index = "0", paramLabel = "PHOTO", description = "The photo.")
  private Path photo;

  @Option(
      names = "--system",
      paramLabel = "TEXT",
      description = "Words before the conversation, for instance how to answer.")
  private String system;

  @Mixin private ModelOptions models;
  @Mixin private DecodingOptions decoding;
  @Mixin private WeightsOption weights;
  @Mixin private EngineOptions engine;

  /** A question about a photo with its answer. */
  private record Exchange(RgbImage image, String question, String answer) {}

  private final Deque<Exchange> said = new ArrayDeque<>();

  @Override
  public Integer call() {
    Console console = root.console();
    decoding.check();
    engine.startAhead();
    RgbImage image = ImageReader.read(photo);
    Numerics numerics = engine.choose();
    try (VisionLanguageModel model =
            VisionLanguageModel.load(
                models.vision(),
                models.language(),
                models.connector("answers"),
                numerics,
                weights.precision(numerics));
        BufferedReader in =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      GenerationConfig config = decoding.config();
      console.say("Ask about " + photo + "; an empty line or Ctrl-D ends it.");
      for (String line = in.readLine(); line != null && !line.isBlank(); line = in.readLine()) {
        String asked = line.strip();
        if (asked.startsWith(PHOTO)) {
          image = other(console, asked.substring(PHOTO.length()).strip(), image);
        } else if (asked.equals(FORGET)) {
          said.clear();
          console.say("Forgotten.");
        } else {
          answer(console, model, config, image, asked);
        }
      }
      return 0;
    } catch (IOException e) {
      throw new UncheckedIOException("questions can not be read: " + e.getMessage(), e);
    }
  }

  private static RgbImage other(Console console, String path, RgbImage before) {
    try {
      RgbImage image = ImageReader.read(Path.of(path));
      console.say("Now about " + path + ".");
      return image;
    } catch (InputException e) {
      console.say(e.getMessage());
      return before;
    }
  }

  private void answer(
      Console console,
      VisionLanguageModel model,
      GenerationConfig config,
      RgbImage image,
      String question) {
    Reply answer = null;
    while (answer == null) {
      try {
        answer = model.chat(messages(image, question), config);
      } catch (InputException e) {
        if (said.isEmpty()) {
          throw e;
        }
        said.removeFirst(); // what was said first no longer fits
      }
    }
    said.addLast(new Exchange(image, question, answer.text()));
    if (console.json()) {
      console.result(
          JsonNodeFactory.instance
              .objectNode()
              .put("question", question)
              .put("answer", answer.text())
              .put("score", answer.score())
              .put("tokens", answer.tokens())
              .put("complete", answer.complete())
              .toString());
    } else {
      console.result(answer.text());
    }
  }

  private List<Message> messages(RgbImage image, String question) {
    List<Message> messages = new ArrayList<>();
    if (system != null) {
      messages.add(Message.of(Role.SYSTEM, system));
    }
    for (Exchange before : said) {
      messages.add(new Message(Role.USER, List.of(before.image()), before.question()));
      messages.add(Message.of(Role.ASSISTANT, before.answer()));
    }
    messages.add(new Message(Role.USER, List.of(image), question));
    return messages;
  }
}
