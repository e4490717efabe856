package io.lorgnette.verbal;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Captions and tags that other models made, in PICa's files: a line is {@code
 * image_id<TAB>[{"caption": "...", "conf": 0.9}]}, or {@code image_id<TAB>[{"class": "...", "conf":
 * 0.9}, ...]}. An image of COCO may be called by its number or by its file's name.
 */
public final class ToldFiles {

  private final Map<String, List<String>> captions = new HashMap<>();
  private final Map<String, List<String>> tags = new HashMap<>();

  /**
   * Reads the files.
   *
   * @param captionFiles at least one
   * @param tagFiles none for captions alone
   * @throws io.lorgnette.error.InputException naming file and line of what is broken
   */
  public ToldFiles(List<Path> captionFiles, List<Path> tagFiles) {
    captionFiles.forEach(file -> TsvFile.read(file, "caption", captions));
    tagFiles.forEach(file -> TsvFile.read(file, "class", tags));
  }

  /** What is known of an image: its first caption and all its tags; empty without a caption. */
  public Optional<Told> of(String imageId) {
    String id = ImageIds.plain(imageId);
    List<String> texts = captions.getOrDefault(id, List.of());
    return texts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Told(texts.get(0), tags.getOrDefault(id, List.of())));
  }
}
