package io.lorgnette.method;

import io.lorgnette.language.DecoderLabels;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.NextTokenLoss;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/**
 * An encoder-decoder's batch, a row for each text: the encoder reads {@code [visual prefix][prompt]
 * [padding]}, the decoder writes the target.
 *
 * @param source {@code [B, P + T, D]} in the model's format
 * @param real {@code [B, P + T]}, false where padding stands; or null where none does
 */
record SourceAssembly(EncoderDecoder model, Tensor source, Tensor real, DecoderLabels labels) {

  /**
   * Puts the prompts behind the prefixes of their images.
   *
   * @param prefix {@code [I, P, D]}, one for each image
   */
  static SourceAssembly of(EncoderDecoder model, Tensor prefix, List<TrainingBatch.Text> texts) {
    int rows = texts.size();
    int p = Math.toIntExact(prefix.size(1));
    int t = texts.stream().mapToInt(text -> text.prompt().length).max().orElseThrow();
    int columns = texts.stream().mapToInt(text -> text.target().length).max().orElseThrow();
    long[] images = texts.stream().mapToLong(TrainingBatch.Text::image).toArray();
    long[] ids = new long[rows * t];
    byte[] tokens = new byte[rows * (p + t)];
    long[] labels = new long[rows * columns];
    Arrays.fill(labels, NextTokenLoss.IGNORE);
    for (int row = 0; row < rows; row++) {
      int[] prompt = texts.get(row).prompt();
      int[] target = texts.get(row).target();
      for (int i = 0; i < prompt.length; i++) {
        ids[row * t + i] = check(prompt[i], model);
      }
      for (int i = 0; i < target.length; i++) {
        labels[row * columns + i] = check(target[i], model);
      }
      int from = row * (p + t);
      Arrays.fill(tokens, from, from + p + prompt.length, (byte) 1);
    }
    Tensor index = Tensors.to(Tensors.ofLongs(images, rows), model.device());
    Tensor seen = Tensors.to(prefix, model.dtype(), model.device()).index_select(0, index);
    boolean padded = texts.stream().anyMatch(text -> text.prompt().length < t);
    Tensor mask = Tensors.ofBytes(tokens, Dtype.BOOL, rows, p + t);
    return new SourceAssembly(
        model,
        t == 0 ? seen : Tensors.cat(1, seen, embed(model, ids, rows, t)),
        padded ? Tensors.to(mask, model.device()) : null,
        new DecoderLabels(model, labels, columns));
  }

  private static Tensor embed(EncoderDecoder model, long[] ids, int rows, int columns) {
    return model.embed(Tensors.to(Tensors.ofLongs(ids, rows, columns), model.device()));
  }

  /** The mean loss over target tokens, a scalar in F32. */
  Tensor loss(double labelSmoothing) {
    Tensor encoded = model.encode(source, real); // [B, P + T, D]
    Tensor written = model.embed(labels.inputs()); // [B, columns, D]
    return labels.loss(model.decode(written, model.memory(encoded, real)), labelSmoothing);
  }

  private static int check(int id, EncoderDecoder model) {
    if (id < 0 || id >= model.vocabulary()) {
      throw new IllegalArgumentException(
          "token id " + id + " is not in the vocabulary of " + model.vocabulary());
    }
    return id;
  }
}
