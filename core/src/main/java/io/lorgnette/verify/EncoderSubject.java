package io.lorgnette.verify;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.PatchBatch;
import io.lorgnette.vision.SiglipVit;
import io.lorgnette.vision.TextTower;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.vision.VisionTransformer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;

/** Vision encoders, text encoders, and pairs of both. */
final class EncoderSubject {

  static final String PIXELS = "pixel_values";
  static final String IDS = "input_ids";
  static final String MASK = "attention_mask";

  private static final Pattern CONTRASTIVE = Pattern.compile("contrastive_loss_first(\\d{1,4})");

  private static final Pattern OTHER_SIZE = Pattern.compile(PIXELS + "(_\\d+x\\d+)");

  private EncoderSubject() {}

  static void encoder(Path folder, Recording recording, Comparison comparison) {
    Tensor pixels = recording.floats(PIXELS);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        VisionEncoder encoder =
            VisionEncoders.load(folder, processor(folder, pixels), Dtype.F32, Device.CPU)) {
      if (encoder instanceof SiglipVit siglip && isPatches(recording)) {
        Tensor mask = recording.longsOrNull("pixel_attention_mask");
        comparison.stages(siglip.stages(patches(recording, pixels)), "", mask);
        return;
      }
      comparison.stages(encoder.stages(pixels), "", null);
      if (encoder instanceof VisionTransformer transformer) {
        otherSizes(transformer, recording, comparison);
      }
    }
  }

  /** Images of other sizes, for which positions are interpolated: their size ends every name. */
  private static void otherSizes(
      VisionTransformer encoder, Recording recording, Comparison comparison) {
    for (String name : recording.unused()) {
      Matcher matcher = OTHER_SIZE.matcher(name);
      if (matcher.matches()) {
        Map<String, Tensor> stages = new LinkedHashMap<>();
        encoder.encodeAnySize(recording.floats(name), (stage, x) -> stages.put(stage, x.alias()));
        stages.put("embeddings", stages.get("hidden_states.0"));
        comparison.stages(stages, matcher.group(1), null);
      }
    }
  }

  /** The recorded pixels come ready; only their size is needed of what makes them. */
  static ImageProcessor processor(Path folder, Tensor pixels) {
    boolean square = pixels.dim() == 4;
    int size = square ? Math.toIntExact(pixels.size(3)) : VisionEncoders.shape(folder).imageSize();
    return ImageProcessor.clip(Math.max(1, size));
  }

  private static boolean isPatches(Recording recording) {
    return recording.has("spatial_shapes");
  }

  private static PatchBatch patches(Recording recording, Tensor pixels) {
    return PatchBatch.of(pixels, recording.longs("spatial_shapes"));
  }

  static void text(Path folder, Recording recording, Comparison comparison) {
    try (Tensors.NoGrad guard = Tensors.noGrad();
        TextTower tower = TextTower.load(folder, Dtype.F32, Device.CPU)) {
      Tensor ids = recording.ids(IDS, tower.config().vocabulary());
      Tensor mask = recording.mask(MASK, ids);
      Map<String, Tensor> stages = new LinkedHashMap<>();
      Tensor last = tower.encode(ids, mask, (name, x) -> stages.put(name, x.alias()));
      stages.put("last_hidden_state", last);
      stages.put("pooler_output", tower.pooled(ids, last));
      if (tower.config().projection() > 0) {
        stages.put("text_embeds", tower.textEmbeds(ids, mask));
      }
      comparison.stages(stages, "", mask);
    }
  }

  static void pair(Path folder, Recording recording, Comparison comparison) {
    Tensor pixels = recording.floats(PIXELS);
    try (Tensors.NoGrad guard = Tensors.noGrad();
        DualEncoder pair =
            DualEncoder.load(folder, processor(folder, pixels), Dtype.F32, Device.CPU)) {
      Tensor ids = recording.ids(IDS, pair.texts().config().vocabulary());
      Tensor mask = recording.mask(MASK, ids);
      Map<String, Tensor> stages;
      if (isPatches(recording)) {
        recording.longsOrNull("pixel_attention_mask");
        stages = pair.stages(patches(recording, pixels), ids, mask);
      } else {
        stages = pair.stages(pixels, ids, mask);
      }
      stages.forEach(
          (name, x) ->
              comparison.features(name, x, name.equals("text_last_hidden_state") ? mask : null));
      contrastive(stages.get("logits_per_image"), recording, comparison);
    }
  }

  /** The symmetric cross-entropy of the first pairs (Radford et al. 2021). */
  private static void contrastive(Tensor logits, Recording recording, Comparison comparison) {
    for (String name : recording.unused()) {
      Matcher matcher = CONTRASTIVE.matcher(name);
      if (matcher.matches()) {
        long n =
            Math.min(Long.parseLong(matcher.group(1)), Math.min(logits.size(0), logits.size(1)));
        Tensor square = logits.narrow(0, 0, n).narrow(1, 0, n);
        Tensor own = Tensors.range(n, Device.CPU);
        Tensor both = entropy(square, own).add(entropy(square.t(), own));
        comparison.loss(name, both.div(new Scalar(2.0)));
      }
    }
  }

  private static Tensor entropy(Tensor logits, Tensor own) {
    return torch.cross_entropy_loss(logits, own, new TensorOptional(), 1, -100, 0);
  }
}
