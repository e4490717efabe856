package io.lorgnette.published;

import io.lorgnette.generate.Prompt;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Where in a text stands what was seen: in the places of image tokens, one for each embedding, or
 * before the text, as in releases from before there were such tokens.
 *
 * @param token the image token, or none for before the text
 */
public record ImagePlaces(OptionalInt token) {

  /**
   * Embeddings of texts with what was seen in its places.
   *
   * @param ids {@code [B, T]}
   * @param seen {@code [I, P, D]}: the image tokens of all texts in order take the embeddings of
   *     all images in order; without image tokens each text has one image
   * @return {@code [B, T, D]}, or without image tokens {@code [B, P + T, D]}
   * @throws IllegalArgumentException if there are more or fewer places than embeddings
   */
  public Tensor embed(TextModel lm, Tensor ids, Tensor seen) {
    Tensor words = lm.embed(Tensors.to(ids, lm.device()));
    Tensor images = Tensors.to(seen, Tensors.dtype(words), Tensors.device(words));
    if (token.isEmpty()) {
      checkPairs(ids, seen);
      return Tensors.cat(1, images, words);
    }
    long[] places = places(Tensors.toLongs(ids));
    checkCount(places.length, seen);
    Tensor index = Tensors.to(Tensors.ofLongs(places, places.length), lm.device());
    Tensor flat = words.reshape(-1, words.size(2)); // [B * T, D]
    return flat.index_copy(0, index, images.reshape(-1, words.size(2))).view(Tensors.shape(words));
  }

  /**
   * The mask of {@link #embed}'s result.
   *
   * @param mask {@code [B, T]}, or null
   * @return {@code [B, T]} or {@code [B, P + T]}; or null
   */
  public Tensor mask(Tensor mask, Tensor seen) {
    if (mask == null || token.isPresent()) {
      return mask;
    }
    Tensor ones = torch.ones(mask.size(0), seen.size(1)).to(Dtype.I64.scalarType());
    return Tensors.cat(1, Tensors.to(ones, Tensors.device(mask)), Tensors.to(mask, Dtype.I64));
  }

  /**
   * Each text as a prompt with what was seen in its places; its padding is left out. The image
   * tokens count as said, as they do in the reference.
   *
   * @param mask {@code [B, T]}, or null
   */
  public List<Prompt> prompts(Tensor ids, Tensor mask, Tensor seen) {
    int columns = Math.toIntExact(ids.size(1));
    long[] all = Tensors.toLongs(ids);
    long[] real = mask == null ? filled(all.length) : Tensors.toLongs(mask);
    if (token.isEmpty()) {
      checkPairs(ids, seen);
    } else {
      checkCount(places(all).length, seen);
    }
    Tensor flat = seen.reshape(-1, seen.size(2)); // [I * P, D]
    List<Prompt> prompts = new ArrayList<>();
    int used = 0;
    for (int row = 0; row < ids.size(0); row++) {
      int first = row * columns;
      int[] tokens =
          IntStream.range(first, first + columns)
              .filter(i -> real[i] != 0)
              .map(i -> Math.toIntExact(all[i]))
              .toArray();
      if (token.isEmpty()) {
        prompts.add(Prompt.of(seen.select(0, row)).then(tokens));
      } else {
        prompts.add(prompt(tokens, flat, used));
        used += count(tokens);
      }
    }
    return prompts;
  }

  /** Runs of words and of image tokens in turn. */
  private Prompt prompt(int[] tokens, Tensor flat, int from) {
    Prompt prompt = Prompt.of();
    int used = from;
    int at = 0;
    while (at < tokens.length) {
      boolean image = tokens[at] == token.getAsInt();
      int end = at;
      while (end < tokens.length && (tokens[end] == token.getAsInt()) == image) {
        end++;
      }
      int[] run = Arrays.copyOfRange(tokens, at, end);
      if (image) {
        prompt = prompt.then(flat.narrow(0, used, run.length), run);
        used += run.length;
      } else {
        prompt = prompt.then(run);
      }
      at = end;
    }
    return prompt;
  }

  private int count(int[] tokens) {
    return (int) Arrays.stream(tokens).filter(id -> id == token.getAsInt()).count();
  }

  private long[] places(long[] ids) {
    return IntStream.range(0, ids.length)
        .filter(i -> ids[i] == token.getAsInt())
        .asLongStream()
        .toArray();
  }

  private static long[] filled(int length) {
    long[] ones = new long[length];
    Arrays.fill(ones, 1);
    return ones;
  }

  private void checkCount(int places, Tensor seen) {
    if (places != seen.size(0) * seen.size(1)) {
      throw new IllegalArgumentException(
          "the texts hold "
              + places
              + " image tokens ("
              + token.getAsInt()
              + ") but the images give "
              + seen.size(0)
              + " x "
              + seen.size(1)
              + " embeddings");
    }
  }

  private static void checkPairs(Tensor ids, Tensor seen) {
    if (ids.size(0) != seen.size(0)) {
      throw new IllegalArgumentException(
          ids.size(0) + " texts do not pair with " + seen.size(0) + " images");
    }
  }
}
