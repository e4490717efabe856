package io.lorgnette.verify;

import io.lorgnette.generate.GenerationDefaults;
import io.lorgnette.generate.Prompt;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.language.TextModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * Language models of both kinds. Recorded are passes over {@code input_ids}, the same padded on the
 * left ({@code left.}), behind an embedded {@code prefix} ({@code prefix.}), a loss and its
 * gradient with respect to that prefix ({@code train.}), and generations from each.
 */
final class LanguageSubject {

  private static final String IDS = EncoderSubject.IDS;
  private static final String MASK = EncoderSubject.MASK;
  private static final String PREFIX = "prefix";

  private final TextModel lm;
  private final Recording recording;
  private final Comparison comparison;
  private final TextPass pass;

  private LanguageSubject(TextModel lm, Recording recording, Comparison comparison) {
    this.lm = lm;
    this.recording = recording;
    this.comparison = comparison;
    this.pass = new TextPass(lm, recording, comparison);
  }

  static void compare(Path folder, Recording recording, Comparison comparison) {
    try (TextModel lm = TextModel.load(folder, Dtype.F32, Device.CPU)) {
      LanguageSubject subject = new LanguageSubject(lm, recording, comparison);
      try (Tensors.NoGrad guard = Tensors.noGrad()) {
        subject.words("");
        subject.words("left.");
        if (recording.has(PREFIX)) {
          subject.prefix();
        }
      }
      if (recording.hasAny("train.")) {
        subject.train();
      }
      new Generations(lm, recording, comparison)
          .compare(
              (from, settings) -> GenerationDefaults.read(folder, from, settings),
              subject::prompts);
    }
  }

  private void words(String where) {
    if (recording.has(where + IDS)) {
      Tensor ids = ids(where + IDS);
      Tensor labels = pass.labels(where + "labels");
      pass.compare(where, lm.embed(ids), recording.mask(where + MASK, ids), labels);
    }
  }

  private void prefix() {
    Tensor ids = ids(IDS);
    Tensor embeddings = Tensors.cat(1, prefixTensor(), lm.embed(ids));
    Tensor labels = lm instanceof EncoderDecoder ? pass.labels("labels") : null;
    pass.compare("prefix.", embeddings, behind(recording.mask(MASK, ids)), labels);
  }

  private void train() {
    boolean encoded = lm instanceof EncoderDecoder;
    Tensor ids = ids(encoded ? IDS : "train." + IDS);
    Tensor prefix = prefixTensor().clone().set_requires_grad(true);
    Tensor embeddings = Tensors.cat(1, prefix, lm.embed(ids));
    Tensor mask =
        encoded ? behind(recording.mask(MASK, ids)) : recording.longsOrNull("train." + MASK);
    Tensor labels = pass.labels(encoded ? "labels" : "train.labels");
    Tensor loss = pass.compare("train.", embeddings, mask, labels);
    if (loss != null && recording.has("train.grad_prefix")) {
      loss.backward();
      comparison.gradient("train.grad_prefix", prefix.grad());
    }
  }

  private Tensor ids(String name) {
    return recording.ids(name, lm.vocabulary());
  }

  /** {@code [B, P, D]}. */
  private Tensor prefixTensor() {
    Tensor prefix = recording.floats(PREFIX);
    if (prefix.dim() != 3 || prefix.size(2) != lm.width()) {
      throw recording.wrong(
          PREFIX, "has shape " + Tensors.describe(prefix) + " for a model of width " + lm.width());
    }
    return prefix;
  }

  /** The mask of tokens behind the prefix. */
  private Tensor behind(Tensor mask) {
    if (mask == null) {
      return null;
    }
    Tensor ones = torch.ones(mask.size(0), recording.floats(PREFIX).size(1));
    return Tensors.cat(1, Tensors.to(ones, Dtype.I64), mask);
  }

  /** The prompts of a recorded generation; the first part of its name tells them. */
  private Generations.Start prompts(String run) {
    boolean left = run.startsWith("left.");
    boolean prefixed = run.startsWith("prefix.");
    String where = left ? "left." : "";
    Tensor ids = ids(where + IDS);
    Tensor mask = recording.mask(where + MASK, ids);
    Tensor prefix = prefixed ? prefixTensor() : null;
    List<Prompt> prompts = new ArrayList<>();
    for (int row = 0; row < ids.size(0); row++) {
      long[] own = Tensors.toLongs(ids.select(0, row));
      long[] real = mask == null ? null : Tensors.toLongs(mask.select(0, row));
      int[] tokens =
          IntStream.range(0, own.length)
              .filter(i -> real == null || real[i] != 0)
              .map(i -> Math.toIntExact(own[i]))
              .toArray();
      prompts.add(prefixed ? Prompt.of(prefix.select(0, row)).then(tokens) : Prompt.of(tokens));
    }
    // A generation from embeddings holds only what is new.
    return new Generations.Start(prompts, prefixed ? null : ids);
  }
}
