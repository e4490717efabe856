package io.lorgnette.metrics;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Reads instance labels in COCO's layout, plain or gzip; masks and boxes are passed over. */
public final class InstanceFiles {

  /**
   * What is in the images.
   *
   * @param categories names of all categories
   * @param objects names of the categories in each image; images without objects are absent
   */
  public record Instances(Set<String> categories, Map<String, Set<String>> objects) {}

  private InstanceFiles() {}

  /**
   * Reads {@code {"annotations": [{"image_id", "category_id"}], "categories": [{"id", "name"}]}}.
   *
   * @throws io.lorgnette.error.InputException if the file is damaged or a category is not named
   */
  public static Instances read(Path path) {
    return JsonFile.read(
        path,
        file -> {
          Map<String, Set<String>> ids = new LinkedHashMap<>();
          Map<String, String> names = new HashMap<>();
          file.next();
          file.fields(
              field -> {
                switch (field) {
                  case "annotations" -> file.elements(() -> annotation(file, ids));
                  case "categories" -> file.elements(() -> category(file, names));
                  default -> file.skip();
                }
              });
          file.end();
          if (names.isEmpty()) {
            throw file.error(
                "no categories; expected {\"annotations\": [...], \"categories\": ...}");
          }
          Map<String, Set<String>> objects = new LinkedHashMap<>();
          ids.forEach(
              (image, categories) -> {
                Set<String> of = new HashSet<>();
                for (String id : categories) {
                  if (!names.containsKey(id)) {
                    throw file.error("category " + id + " has no name");
                  }
                  of.add(names.get(id));
                }
                objects.put(image, of);
              });
          return new Instances(new TreeSet<>(names.values()), objects);
        });
  }

  private static void annotation(JsonFile file, Map<String, Set<String>> ids) throws IOException {
    String[] found = new String[2];
    file.fields(
        name -> {
          switch (name) {
            case "image_id" -> found[0] = file.id(name);
            case "category_id" -> found[1] = file.id(name);
            default -> file.skip();
          }
        });
    if (found[0] == null || found[1] == null) {
      throw file.error("an instance needs \"image_id\" and \"category_id\"");
    }
    ids.computeIfAbsent(found[0], image -> new HashSet<>()).add(found[1]);
  }

  private static void category(JsonFile file, Map<String, String> names) throws IOException {
    String[] found = new String[2];
    file.fields(
        name -> {
          switch (name) {
            case "id" -> found[0] = file.id(name);
            case "name" -> found[1] = file.text(name);
            default -> file.skip();
          }
        });
    if (found[0] == null || found[1] == null) {
      throw file.error("a category needs \"id\" and \"name\"");
    }
    names.put(found[0], found[1]);
  }
}
