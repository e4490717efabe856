package io.lorgnette.verbal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Names of images as different files write them. */
final class ImageIds {

  private static final Pattern COCO = Pattern.compile("(?:COCO_[a-z]+[0-9]+_)?0*([0-9]+)");

  private ImageIds() {}

  /** COCO's number without zeros before it, whether as a number or in a file's name; or the id. */
  static String plain(String id) {
    Matcher matcher = COCO.matcher(id.strip());
    return matcher.matches() ? matcher.group(1) : id.strip();
  }
}
