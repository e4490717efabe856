package io.lorgnette.serve;

import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Scope;
import io.lorgnette.tensor.Tensors;
import io.lorgnette.vision.DualEncoder;
import io.lorgnette.vision.TextTower;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;

/** Places of images and texts in a joint space. */
final class Embedding {

  private Embedding() {}

  /**
   * The places of items, in their order.
   *
   * @throws ApiException if a text is longer than the tower reads
   */
  static Event.Embedded of(ServedSpace space, List<Question.Item> items) {
    List<float[]> vectors = new ArrayList<>();
    int tokens = 0;
    // One at a time: a text's place must not depend on its neighbours' lengths.
    for (Question.Item item : items) {
      try (Scope scope = Scope.open();
          Tensors.NoGrad guard = Tensors.noGrad()) {
        if (item.picture() == null) {
          tokens += tokens(space, item.text());
          vectors.add(ofText(space, item.text()));
        } else {
          vectors.add(ofPicture(space.towers(), item.picture()));
        }
      }
    }
    return new Event.Embedded(vectors, tokens);
  }

  private static int tokens(ServedSpace space, String text) {
    int length = space.tokenizer().encode(text).length;
    int positions = space.towers().texts().config().positions();
    if (length > positions) {
      throw ApiException.wrong(
          "input",
          "context_length_exceeded",
          "a text has " + length + " tokens, but the space reads " + positions + "; shorten it");
    }
    return length;
  }

  private static float[] ofText(ServedSpace space, String text) {
    TextTower tower = space.towers().texts();
    Device device = Tensors.device(tower.parameters().asMap().values().iterator().next());
    Tensor ids = Tensors.to(tower.ids(space.tokenizer(), List.of(text)), device);
    return Tensors.toFloats(space.towers().textEmbeds(ids, null));
  }

  private static float[] ofPicture(DualEncoder towers, Picture picture) {
    int size = towers.images().processor().size();
    float[] pixels = picture.pixels(towers.images().processor());
    return Tensors.toFloats(towers.imageEmbeds(Tensors.ofFloats(pixels, 1, 3, size, size)));
  }
}
