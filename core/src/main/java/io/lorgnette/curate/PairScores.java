package io.lorgnette.curate;

import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import java.util.ArrayList;
import java.util.List;

/** How near sentences are to the pictures they are about, in a joint space. */
public final class PairScores {

  private PairScores() {}

  /**
   * The cosine of each picture with each of its sentences.
   *
   * @param sentences of each picture, none perhaps
   * @return {@code [picture][sentence]}
   */
  public static List<float[]> cosines(
      JointEmbedder model, List<RgbImage> pictures, List<? extends List<String>> sentences) {
    List<String> all = new ArrayList<>();
    sentences.forEach(all::addAll);
    float[][] images = model.images(pictures);
    float[][] texts = model.texts(all);
    List<float[]> cosines = new ArrayList<>();
    int at = 0;
    for (int i = 0; i < images.length; i++) {
      float[] own = new float[sentences.get(i).size()];
      for (int k = 0; k < own.length; k++) {
        own[k] = Vectors.product(images[i], texts[at++]);
      }
      cosines.add(own);
    }
    return cosines;
  }
}
