package io.lorgnette.published;

import io.lorgnette.image.ImageProcessor;
import io.lorgnette.language.HfFields;
import io.lorgnette.language.TextModel;
import io.lorgnette.mapper.QFormer;
import io.lorgnette.mapper.QFormerMapper;
import io.lorgnette.nn.Dropout;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Dtype;
import io.lorgnette.vision.VisionEncoder;
import io.lorgnette.vision.VisionEncoders;
import io.lorgnette.weights.Checkpoint;
import io.lorgnette.weights.Precision;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;

/**
 * BLIP-2 (Li et al. 2023) with OPT or FlanT5, and InstructBLIP (Dai et al. 2023), as Hugging Face
 * publishes them: an image encoder, a Q-Former whose queries see the image, a linear map, and a
 * language model that reads the result among its words.
 *
 * <p>The Q-Former computes in F32 but where the rest does in BF16, as in the reference. Checked
 * stage by stage against Hugging Face's {@code Blip2ForConditionalGeneration} and {@code
 * InstructBlipForConditionalGeneration}.
 */
public final class Blip2Model implements WritingModel {

  private final VisionEncoder encoder;
  private final QFormerMapper mapper;
  private final TextModel language;
  private final ImagePlaces places;
  private final HfFields text;

  private Blip2Model(
      VisionEncoder encoder, QFormerMapper mapper, TextModel language, Blip2Config config) {
    this.encoder = encoder;
    this.mapper = mapper;
    this.language = language;
    this.places = new ImagePlaces(config.imageToken());
    this.text = config.text();
  }

  static Blip2Model load(Path folder, ImageProcessor processor, Precision weights, Device device) {
    Dtype dtype = weights.compute();
    Dtype mapped = dtype == Dtype.BF16 ? dtype : Dtype.F32;
    Blip2Config config = Blip2Config.read(HfFields.read(folder.resolve("config.json")));
    try (Checkpoint checkpoint = Checkpoint.open(folder);
        Opened opened = new Opened()) {
      QFormerMapper mapper =
          opened.add(
              (QFormerMapper)
                  config
                      .mapper()
                      .read(checkpoint.under("").keptAs(weights.denseIn(mapped)), mapped, device));
      VisionEncoder encoder =
          opened.add(VisionEncoders.load(folder, processor, weights.denseIn(dtype), device));
      TextModel language =
          opened.add(
              TextModel.load(
                  config.text(),
                  checkpoint.under("language_model.").keptAs(weights),
                  dtype,
                  device));
      opened.keep();
      return new Blip2Model(encoder, mapper, language, config);
    }
  }

  @Override
  public Tensor see(ImageTextBatch batch) {
    Tensor features = encoder.encode(batch.pixels()); // [I, N, Di]
    return batch.instruction() == null
        ? mapper.map(features)
        : mapper.map(features, batch.instruction(), batch.instructionMask(), Dropout.NONE);
  }

  /**
   * {@code vision_hidden_states.0} and so on, {@code vision_last_hidden_state}, without an
   * instruction {@code qformer_hidden_states.0} and so on, {@code qformer_last_hidden_state},
   * {@code visual_prefix}.
   */
  @Override
  public Map<String, Tensor> stages(ImageTextBatch batch) {
    Map<String, Tensor> stages = new LinkedHashMap<>();
    encoder.stages(batch.pixels()).forEach((name, x) -> stages.put("vision_" + name, x));
    Tensor features = stages.get("vision_last_hidden_state");
    QFormer qformer = mapper.qformer();
    Tensor last;
    if (batch.instruction() == null) {
      List<Tensor> states = qformer.states(mapper.normed(features));
      for (int i = 0; i < states.size(); i++) {
        stages.put("qformer_hidden_states." + i, states.get(i));
      }
      last = states.get(states.size() - 1);
    } else {
      last =
          qformer.seeAndRead(
              mapper.normed(features), batch.instruction(), batch.instructionMask(), Dropout.NONE);
    }
    stages.put("qformer_last_hidden_state", last);
    stages.put("visual_prefix", mapper.project(last.narrow(1, 0, mapper.prefixLength())));
    return stages;
  }

  @Override
  public VisionEncoder encoder() {
    return encoder;
  }

  @Override
  public QFormerMapper mapper() {
    return mapper;
  }

  @Override
  public TextModel language() {
    return language;
  }

  @Override
  public ImagePlaces places() {
    return places;
  }

  @Override
  public HfFields generationFields() {
    return text;
  }
}
