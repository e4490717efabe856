package io.lorgnette.verify;

import io.lorgnette.generate.GenerationDefaults;
import io.lorgnette.image.ImageProcessor;
import io.lorgnette.language.EncoderDecoder;
import io.lorgnette.published.Blip2Matcher;
import io.lorgnette.published.Blip2Model;
import io.lorgnette.published.ImageTextBatch;
import io.lorgnette.published.WritingModel;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/** Whole vision-language models. */
final class WholeSubject {

  private static final String IDS = EncoderSubject.IDS;
  private static final String MASK = EncoderSubject.MASK;

  private WholeSubject() {}

  static void matcher(Path folder, Recording recording, Comparison comparison) {
    Tensor pixels = recording.floats(EncoderSubject.PIXELS);
    ImageProcessor processor = EncoderSubject.processor(folder, pixels);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        Blip2Matcher model = Blip2Matcher.load(folder, processor, Dtype.F32, Device.CPU)) {
      Tensor ids = recording.ids(IDS, model.vocabulary());
      Tensor mask = recording.mask(MASK, ids);
      comparison.stages(model.stages(pixels, ids, mask), "", null);
    }
  }

  static void writer(Path folder, Recording recording, Comparison comparison) {
    Tensor pixels = recording.floats(EncoderSubject.PIXELS);
    ImageProcessor processor = EncoderSubject.processor(folder, pixels);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        WritingModel model = WritingModel.load(folder, processor, Dtype.F32, Device.CPU)) {
      ImageTextBatch batch = batch(model, recording, pixels);
      Map<String, Tensor> stages = model.stages(batch);
      comparison.stages(stages, "", null);
      Tensor seen = model.see(batch);
      text(model, batch, seen, recording, comparison);
      Tensor start = holdsPrompt(model) ? batch.ids() : null;
      new Generations(model.language(), recording, comparison)
          .compare(
              (from, settings) ->
                  model instanceof Blip2Model
                      ? GenerationDefaults.over(model.generationFields().json(), from, settings)
                      : GenerationDefaults.read(folder, from, settings),
              run ->
                  new Generations.Start(
                      model.places().prompts(batch.ids(), batch.mask(), seen), start));
    }
  }

  private static ImageTextBatch batch(WritingModel model, Recording recording, Tensor pixels) {
    Tensor ids = recording.ids(IDS, model.language().vocabulary());
    Tensor instruction = null;
    Tensor instructionMask = null;
    if (model instanceof Blip2Model blip && blip.mapper().config().qformer().text() != null) {
      int words = blip.mapper().config().qformer().text().vocabulary();
      instruction = recording.ids("qformer_" + IDS, words);
      instructionMask = recording.mask("qformer_" + MASK, instruction);
    }
    return new ImageTextBatch(pixels, ids, recording.mask(MASK, ids), instruction, instructionMask);
  }

  private static void text(
      WritingModel model,
      ImageTextBatch batch,
      Tensor seen,
      Recording recording,
      Comparison comparison) {
    TextPass pass = new TextPass(model.language(), recording, comparison);
    Tensor embeddings = model.places().embed(model.language(), batch.ids(), seen);
    Tensor mask = model.places().mask(batch.mask(), seen);
    pass.compare("", embeddings, mask, pass.labels("labels"));
  }

  /** Whether recorded generations begin with the prompt: not where the image stands before it. */
  private static boolean holdsPrompt(WritingModel model) {
    return !(model.language() instanceof EncoderDecoder) && model.places().token().isPresent();
  }
}
