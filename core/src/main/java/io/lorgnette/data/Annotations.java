package io.lorgnette.data;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What native files say about images: an index in memory, the texts on disk.
 *
 * <p>Making one reads the files from front to back once, checks every record, and reports what it
 * leaves out. Safe for several threads. The files belong to the {@link DataFiles} they were opened
 * with.
 */
public interface Annotations {

  /**
   * One image of the index.
   *
   * @param id the image's id in its set
   * @param image the image's name in the image source
   * @param captions how many captions it has
   * @param questions how many questions it has
   * @param slices where its records are; what they mean is the format's business
   * @param group what is drawn and held out as a whole: the document it stands in, else its own id
   */
  record Entry(String id, String image, int captions, int questions, Slices slices, String group) {

    /** An image that stands alone. */
    Entry(String id, String image, int captions, int questions, Slices slices) {
      this(id, image, captions, questions, slices, id);
    }
  }

  /** Captions and questions of one image. */
  record Content(List<String> captions, List<Question> questions) {}

  /** All images that have a text, in an order that depends on the files alone. */
  List<Entry> entries();

  /** Reads the texts of one image from disk. */
  Content read(Entry entry);

  /** The domain of each image by its id, where the files name one, as nocaps' do. */
  default Map<String, String> domains() {
    return Map.of();
  }

  /** SHA-256 of each file that the texts came from, by the file's name. */
  SortedMap<String, String> hashes();
}
