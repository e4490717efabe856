package io.lorgnette.data;

import java.util.List;

/**
 * A text with images between its sentences.
 *
 * @param id of the document in its data set
 * @param sentences in their order; some may be empty
 * @param images in the order of the sentences they stand before; at least one
 */
public record Document(String id, List<String> sentences, List<Placed> images) {

  /**
   * An image at its place.
   *
   * @param image its index in the data set
   * @param sentence the index of the sentence that it stands before; no other image does
   */
  public record Placed(int image, int sentence) {}

  public Document {
    sentences = List.copyOf(sentences);
    images = List.copyOf(images);
  }
}
