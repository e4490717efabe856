package io.lorgnette.serve;

import io.lorgnette.explain.ExplainOptions;
import io.lorgnette.generate.GenerationConfig.Sampling;
import io.lorgnette.method.Dialogue;
import java.util.List;

/** What is asked of the engine. */
sealed interface Question {

  /** What it is called in measurements. */
  String operation();

  /** Answers that are written at the same time for it. */
  default int rows() {
    return 1;
  }

  /** What is asked of a model that is given what it makes of pictures. */
  sealed interface Seeing extends Question {

    ServedModel model();

    /** All of them, in their order. */
    List<Picture> pictures();
  }

  /** What somebody says. */
  record Said(Dialogue.Role role, List<Picture> pictures, String text) {}

  /**
   * What is said next in a conversation.
   *
   * @param newTokens at most; fewer where the model has no more positions
   * @param sampling or null to take the most probable
   * @param stop texts at which an answer ends
   * @param answers how many
   * @param likely how many of the most probable tokens are told with each
   */
  record Chat(
      ServedModel model,
      List<Said> messages,
      int newTokens,
      Sampling sampling,
      List<String> stop,
      int answers,
      int likely)
      implements Seeing {

    @Override
    public List<Picture> pictures() {
      return messages.stream().flatMap(said -> said.pictures().stream()).toList();
    }

    @Override
    public String operation() {
      return "chat";
    }

    @Override
    public int rows() {
      return answers;
    }
  }

  /** A sentence for each picture, by a search with several beams. */
  record Captions(ServedModel model, List<Picture> pictures, int beams, int newTokens)
      implements Seeing {

    @Override
    public String operation() {
      return "captions";
    }

    @Override
    public int rows() {
      return pictures.size();
    }
  }

  /** What is made of a picture, and how each word depends on it. */
  record Explain(ServedModel model, Picture picture, ExplainOptions options) implements Question {

    @Override
    public String operation() {
      return "explanations";
    }
  }

  /** A picture or a text to be placed in a joint space; the other one is null. */
  record Item(Picture picture, String text) {}

  /** Places in a joint space. */
  record Embed(List<Item> items) implements Question {

    @Override
    public String operation() {
      return "embeddings";
    }
  }
}
