package io.lorgnette.data;

import java.util.List;

/**
 * One image with what people said about it.
 *
 * @param id the image's id in its data set, such as {@code 12280} (COCO) or the file name without
 *     its ending (Flickr8k)
 * @param image where the picture is
 * @param captions as the file has them, unchanged; {@link CaptionText#training} makes training
 *     targets of them
 * @param questions in the order of the file
 */
public record Example(String id, ImageRef image, List<String> captions, List<Question> questions) {
  public Example {
    captions = List.copyOf(captions);
    questions = List.copyOf(questions);
  }
}
