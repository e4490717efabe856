package io.lorgnette.serve;

import io.lorgnette.explain.Explanation;
import io.lorgnette.generate.Generation;
import io.lorgnette.generate.OpenBatch;
import io.lorgnette.method.Utterance;
import java.util.List;

/** What the engine tells of a job, in this order: begun, pieces and ends, done; or failed. */
sealed interface Event {

  /**
   * The prompt has been run.
   *
   * @param promptTokens those of images included
   * @param imageTokens of them
   * @param known how many had been run before
   * @param caption whether a caption follows, whose full stop belongs to it
   */
  record Begun(int promptTokens, int imageTokens, int known, boolean caption) implements Event {}

  /** An answer has grown. */
  record Grown(int answer, OpenBatch.Token token) implements Event {}

  /** An answer has ended. */
  record Ended(int answer, Generation.Finish finish) implements Event {}

  /** Captions of all pictures. */
  record Captioned(List<Utterance> captions) implements Event {}

  /** What is known of a picture. */
  record Explained(Explanation explanation) implements Event {}

  /**
   * Places in the joint space, of length 1.
   *
   * @param tokens of all texts
   */
  record Embedded(List<float[]> vectors, int tokens) implements Event {}

  /** Nothing more comes. */
  record Done() implements Event {}

  /** Nothing more comes, for this reason. */
  record Failed(ApiException reason) implements Event {}
}
