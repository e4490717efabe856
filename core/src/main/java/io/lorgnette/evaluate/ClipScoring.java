package io.lorgnette.evaluate;

import io.lorgnette.data.ImageRef;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import io.lorgnette.metrics.ClipScores;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;

/** CLIPScore of captions: looks at the images with a joint space, a few at a time. */
public final class ClipScoring {

  private static final int BATCH = 32;

  private final JointEmbedder model;
  private final String prompt;

  /**
   * Scoring with a model.
   *
   * @param prompt written before every caption and reference; {@link ClipScores#PROMPT} for the
   *     published score
   */
  public ClipScoring(JointEmbedder model, String prompt) {
    this.model = model;
    this.prompt = prompt;
  }

  /**
   * A caption with what it is compared with.
   *
   * @param id of the image
   * @param references people's captions; without any there is no RefCLIPScore
   */
  public record Captioned(String id, ImageRef image, String caption, List<String> references) {
    public Captioned {
      references = List.copyOf(references);
    }
  }

  /**
   * Scores captions.
   *
   * @param progress hears how many images are done
   * @throws io.lorgnette.error.InputException if there is none, or an image can not be read
   */
  public ClipScores scores(List<Captioned> all, IntConsumer progress) {
    List<ClipScores.Image> scores = new ArrayList<>();
    for (int from = 0; from < all.size(); from += BATCH) {
      List<Captioned> some = all.subList(from, Math.min(from + BATCH, all.size()));
      scores.addAll(batch(some));
      progress.accept(scores.size());
    }
    return new ClipScores(scores, model.name(), prompt);
  }

  private List<ClipScores.Image> batch(List<Captioned> some) {
    List<RgbImage> pictures =
        some.parallelStream()
            .map(one -> ImageReader.read(one.image().bytes(), one.image().name()))
            .toList();
    float[][] images = model.images(pictures);
    List<String> texts = new ArrayList<>();
    for (Captioned one : some) {
      texts.add(prompt + one.caption());
      one.references().forEach(reference -> texts.add(prompt + reference));
    }
    List<float[]> vectors = Arrays.asList(model.texts(texts));
    List<ClipScores.Image> scores = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < some.size(); i++) {
      int end = at + 1 + some.get(i).references().size();
      scores.add(
          ClipScores.Image.of(
              some.get(i).id(), images[i], vectors.get(at), vectors.subList(at + 1, end)));
      at = end;
    }
    return scores;
  }
}
