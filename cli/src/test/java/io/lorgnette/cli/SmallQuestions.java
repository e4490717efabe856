package io.lorgnette.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.lorgnette.pocket.postcards.Postcards;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A data set in the form of OK-VQA: six postcards to learn from and two to be asked about. */
final class SmallQuestions {

  private SmallQuestions() {}

  /** Writes it; its root. */
  static Path write(Path folder) throws IOException {
    Path root = Postcards.writeTo(folder, new Postcards.Sizes(6, 2, 0), 5, (done, all) -> {});
    Path data = folder.resolve("data");
    Path own = Files.createDirectories(data.resolve("okvqa"));
    split(root.resolve("train"), own, "train", 6);
    split(root.resolve("val"), own, "val", 2);
    return data;
  }

  private static void split(Path pictures, Path own, String split, int count) throws IOException {
    Path folder = Files.createDirectories(own.resolveSibling("coco").resolve(split + "2014"));
    StringBuilder questions = new StringBuilder();
    StringBuilder annotations = new StringBuilder();
    try (Stream<Path> files = Files.list(pictures)) {
      int number = split.equals("train") ? 0 : 100;
      for (Path picture : files.filter(f -> f.toString().endsWith(".jpg")).sorted().toList()) {
        number++;
        Files.copy(picture, folder.resolve("COCO_%s2014_%012d.jpg".formatted(split, number)));
        questions
            .append(questions.isEmpty() ? "" : ", ")
            .append(
                "{\"image_id\": %d, \"question\": \"What is number %d?\", \"question_id\": %d}"
                    .formatted(number, number, 10 * number));
        annotations
            .append(annotations.isEmpty() ? "" : ", ")
            .append(
                ("{\"image_id\": %d, \"question_id\": %d, \"question_type\": \"what\","
                        + " \"answer_type\": \"other\", \"multiple_choice_answer\": \"boat\","
                        + " \"answers\": [{\"answer\": \"boat\", \"raw_answer\": \"boats\", \"answer_id\": 1,"
                        + " \"answer_confidence\": \"yes\"}]}")
                    .formatted(number, 10 * number));
      }
      assertThat(number % 100).isEqualTo(count);
    }
    Files.writeString(
        own.resolve("OpenEnded_mscoco_%s2014_questions.json".formatted(split)),
        "{\"data_subtype\": \"" + split + "2014\", \"questions\": [" + questions + "]}");
    Files.writeString(
        own.resolve("mscoco_%s2014_annotations.json".formatted(split)),
        "{\"annotations\": [" + annotations + "]}");
  }
}
