package io.lorgnette.generate;

import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.weights.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;

/**
 * What stands before the tokens to be generated, or what an encoder-decoder is given to read: token
 * ids and embeddings (a visual prefix) in any order, for instance several images with their
 * captions before the image in question.
 *
 * <p>Immutable. Embeddings are borrowed: their owner keeps them open as long as the prompt is used.
 */
public final class Prompt {

  /**
   * A part of the prompt.
   *
   * @param ids or null for embeddings that stand for none
   * @param embeddings or null for those of the ids
   * @param image that words see from its first token on, or null
   */
  @SuppressWarnings("ArrayRecordComponent") // private, and never compared
  private record Segment(int[] ids, Tensor embeddings, Tensor image) {
    int length() {
      return embeddings == null ? ids.length : Math.toIntExact(embeddings.size(0));
    }

    boolean isSame(Segment other) {
      if (embeddings != null && other.embeddings != null) {
        return Tensors.isSameMemory(embeddings, other.embeddings);
      }
      return embeddings == null && other.embeddings == null && Arrays.equals(ids, other.ids);
    }
  }

  /**
   * An image that words look at from inside the language model.
   *
   * @param from the position from which on they see it
   * @param tokens {@code [N, Dm]}, borrowed
   */
  public record Image(int from, Tensor tokens) {}

  private static final int[] NOTHING = {};

  private final List<Segment> segments;
  private final List<Tensor> beside; // each [P, D]
  private final int[] said;

  private Prompt(List<Segment> segments, List<Tensor> beside, int[] said) {
    this.segments = segments;
    this.beside = beside;
    this.said = said;
  }

  private static final Prompt EMPTY = new Prompt(List.of(), List.of(), NOTHING);

  /** A prompt that begins with token ids. */
  public static Prompt of(int... ids) {
    return EMPTY.then(ids);
  }

  /** A prompt that begins with embeddings, {@code [P, D]}. */
  public static Prompt of(Tensor embeddings) {
    return EMPTY.then(embeddings);
  }

  /** This prompt followed by token ids. */
  public Prompt then(int... ids) {
    return with(new Segment(ids.clone(), null, null));
  }

  /** This prompt followed by embeddings, {@code [P, D]}. */
  public Prompt then(Tensor embeddings) {
    return then(embeddings, null);
  }

  /** This prompt followed by another, and so what is beside them and said. */
  public Prompt then(Prompt other) {
    List<Segment> all = new ArrayList<>(segments);
    all.addAll(other.segments);
    List<Tensor> both = new ArrayList<>(beside);
    both.addAll(other.beside);
    return new Prompt(
        List.copyOf(all),
        List.copyOf(both),
        IntStream.concat(IntStream.of(said), IntStream.of(other.said)).toArray());
  }

  /**
   * This prompt followed by embeddings that stand in the place of ids, for instance of image
   * tokens: the ids count as said.
   *
   * @param embeddings {@code [P, D]}
   * @param ids P of them, or null for embeddings that stand for none
   */
  public Prompt then(Tensor embeddings, int[] ids) {
    if (embeddings.dim() != 2 || (ids != null && embeddings.size(0) != ids.length)) {
      throw new IllegalArgumentException(
          "a prompt takes embeddings [P, D], not "
              + Tensors.describe(embeddings)
              + (ids == null ? "" : " in the place of " + ids.length + " ids"));
    }
    return with(new Segment(ids == null ? null : ids.clone(), embeddings, null));
  }

  /**
   * This prompt followed by an image that takes no embeddings of its own: the words from the marker
   * on look at it from inside the language model (Flamingo).
   *
   * @param image {@code [N, Dm]}
   * @param marker ids that stand for it
   */
  public Prompt thenImage(Tensor image, int... marker) {
    return with(new Segment(marker.clone(), null, image));
  }

  /** The images that words look at, in their order. */
  public List<Image> images() {
    List<Image> images = new ArrayList<>();
    int at = 0;
    for (Segment segment : segments) {
      if (segment.image() != null) {
        images.add(new Image(at, segment.image()));
      }
      at += segment.length();
    }
    return images;
  }

  private Prompt with(Segment segment) {
    List<Segment> all = new ArrayList<>(segments);
    all.add(segment);
    return new Prompt(List.copyOf(all), beside, said);
  }

  /**
   * This prompt with more for the decoder of an encoder-decoder to look at: it stands before what
   * the encoder makes of the prompt, which itself does not see it. Other models do not take it.
   *
   * @param states {@code [P, D]}, borrowed
   */
  public Prompt beside(Tensor states) {
    if (states.dim() != 2) {
      throw new IllegalArgumentException(
          "a prompt takes states [P, D], not " + Tensors.describe(states));
    }
    List<Tensor> all = new ArrayList<>(beside);
    all.add(states);
    return new Prompt(segments, List.copyOf(all), said);
  }

  /**
   * This prompt with words that an encoder-decoder has written already, behind those before; its
   * answer goes on from there. Other models do not take it.
   */
  public Prompt saying(int... ids) {
    int[] all = Arrays.copyOf(said, said.length + ids.length);
    System.arraycopy(ids, 0, all, said.length, ids.length);
    return new Prompt(segments, beside, all);
  }

  /** This prompt followed by its answer, so that more can be said. */
  public Prompt continued(int... answer) {
    return said.length > 0 ? saying(answer) : then(answer);
  }

  /** What an encoder-decoder has written already. */
  int[] said() {
    return said.clone();
  }

  /** Positions of {@link #beside}, none of which the encoder takes. */
  int lengthBeside() {
    return beside.stream().mapToInt(states -> Math.toIntExact(states.size(0))).sum();
  }

  /** What the decoder sees besides, as tensors {@code [n, D]} in the model's format. */
  List<Tensor> embedBeside(TextModel lm) {
    return beside.stream().map(states -> fitting(states, lm)).toList();
  }

  /** Positions that the prompt takes. */
  public int length() {
    return segments.stream().mapToInt(Segment::length).sum();
  }

  /**
   * The ids that count as already said for repetition penalties: all of them where every part of
   * the prompt has ids, none where it holds embeddings that have none (whose words are unknown). An
   * encoder-decoder has said its start token and {@link #saying}, whatever it was given to read.
   */
  int[] history(TextModel lm) {
    if (lm instanceof EncoderDecoder model) {
      int[] all = new int[said.length + 1];
      all[0] = model.config().start();
      System.arraycopy(said, 0, all, 1, said.length);
      return all;
    }
    if (segments.stream().anyMatch(segment -> segment.ids() == null)) {
      return new int[0];
    }
    return segments.stream().flatMapToInt(s -> Arrays.stream(s.ids())).toArray();
  }

  /**
   * How many parts prompts have in common at their beginning, all of them being longer than that:
   * the same words, and embeddings that lie in the same memory. None where words look at images.
   */
  static int partsInCommon(List<Prompt> prompts) {
    Prompt first = prompts.get(0);
    if (prompts.stream().anyMatch(prompt -> !prompt.images().isEmpty())) {
      return 0;
    }
    int common = first.segments.size();
    for (Prompt prompt : prompts) {
      int same = 0;
      while (same < Math.min(common, prompt.segments.size())
          && prompt.segments.get(same).isSame(first.segments.get(same))) {
        same++;
      }
      // Something must be left of each to predict from.
      while (same > 0 && prompt.behind(same).length() == 0) {
        same--;
      }
      common = same;
    }
    return first.first(common).length() == 0 ? 0 : common;
  }

  /** The first parts of this prompt. */
  Prompt first(int parts) {
    return new Prompt(segments.subList(0, parts), beside, said);
  }

  /** This prompt without its first parts. */
  Prompt behind(int parts) {
    return new Prompt(segments.subList(parts, segments.size()), beside, said);
  }

  /**
   * What tells the prompt's positions from those of others: an id for a word, below 0 for an
   * embedding, whose values are hashed. Prompts with the same marks up to some position are the
   * same there, for all but an accident of one in 2^63.
   *
   * @return {@code [T]}
   * @throws IllegalArgumentException if words look at images, which no position tells
   */
  long[] marks() {
    long[] marks = new long[length()];
    int at = 0;
    for (Segment segment : segments) {
      if (segment.image() != null) {
        throw new IllegalArgumentException("words that look at images have no marks");
      }
      if (segment.embeddings() == null) {
        for (int id : segment.ids()) {
          marks[at++] = id;
        }
      } else {
        at = hash(segment.embeddings(), marks, at);
      }
    }
    return marks;
  }

  private static int hash(Tensor embeddings, long[] marks, int from) {
    try (Scope scope = Scope.open()) {
      Tensor plain = Tensors.to(embeddings, Dtype.F32, Device.CPU).contiguous(); // [P, D]
      int rows = Math.toIntExact(plain.size(0));
      ByteBuffer bytes = Tensors.bytes(plain);
      int row = rows == 0 ? 0 : bytes.capacity() / rows;
      MessageDigest digest = Sha256.digest();
      for (int i = 0; i < rows; i++) {
        digest.update(bytes.slice(i * row, row));
        marks[from + i] = ByteBuffer.wrap(digest.digest()).getLong() | Long.MIN_VALUE;
      }
      return from + rows;
    }
  }

  /** The prompt as the model's input: a list of tensors {@code [n, D]} in its number format. */
  List<Tensor> embed(TextModel lm) {
    List<Tensor> parts = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment.length() == 0) {
        continue;
      }
      if (segment.ids() != null) {
        Checks.ids(segment.ids(), lm, "the prompt");
      }
      if (segment.embeddings() == null) {
        parts.add(lm.embed(Tensors.to(Tensors.ofInts(segment.ids()), lm.device())));
      } else {
        parts.add(fitting(segment.embeddings(), lm));
      }
    }
    return parts;
  }

  private static Tensor fitting(Tensor embeddings, TextModel lm) {
    if (embeddings.size(1) != lm.width()) {
      throw new IllegalArgumentException(
          "a prompt with embeddings "
              + Tensors.describe(embeddings)
              + " does not fit a language model of width "
              + lm.width());
    }
    return Tensors.to(embeddings, lm.dtype(), lm.device());
  }
}
