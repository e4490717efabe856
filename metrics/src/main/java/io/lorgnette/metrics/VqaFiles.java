package io.lorgnette.metrics;

import com.fasterxml.jackson.core.JsonToken;
import io.lorgnette.error.InputException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Reads questions, annotations and results of visual question answering in the layout of VQA v2
 * (also of OK-VQA), and annotations and results of VizWiz and TextVQA as they are published, plain
 * or gzip. Ids are numbers or texts and are kept as texts; maps keep the order of the file.
 */
public final class VqaFiles {

  /**
   * Annotations and results that belong together.
   *
   * @param annotations by question
   * @param results one answer by question
   */
  public record Answers(Map<String, VqaAnnotation> annotations, Map<String, String> results) {}

  private static final class Entry {
    String question;
    String image;
    String text;
    String answer;
    String questionType = "";
    String answerType = "";
    Optional<Boolean> answerable = Optional.empty();
    List<HumanAnswer> answers;

    /** VizWiz asks one question an image, and its file name stands for both. */
    void fillIn(String fileName) {
      question = question == null ? fileName : question;
      image = image == null ? fileName : image;
    }
  }

  /** Turns an object of a file into an entry of a map. */
  @FunctionalInterface
  private interface Maker<T> {
    T make(JsonFile file, Entry entry, String place);
  }

  private VqaFiles() {}

  /**
   * Reads both files and checks that they cover the same questions.
   *
   * @throws InputException naming file and place if a file is damaged, a question comes twice or is
   *     unknown, or has no result where it must
   */
  public static Answers read(Path annotations, Path results, Evaluated evaluated) {
    Answers answers = new Answers(readAnnotations(annotations), readResults(results));
    evaluated.select(
        answers.annotations().keySet(),
        annotations.toString(),
        answers.results().keySet(),
        results.toString(),
        "question");
    return answers;
  }

  /**
   * Reads {@code {"questions": [{"question_id", "image_id", "question"}]}}.
   *
   * @throws InputException if the file is damaged or a question comes twice
   */
  public static Map<String, VqaQuestion> readQuestions(Path path) {
    return readList(
        path,
        Set.of("questions"),
        (file, entry, place) -> {
          require(file, entry.image, "image_id", entry, place);
          require(file, entry.text, "question", entry, place);
          return new VqaQuestion(entry.image, entry.text);
        });
  }

  /**
   * Reads {@code {"annotations": [{"question_id", "image_id", "answers": [{"answer": ...}]}]}},
   * TextVQA's {@code {"data": [{..., "answers": ["..."]}]}} or VizWiz's {@code [{"image",
   * "answers", "answer_type", "answerable"}]}.
   *
   * @throws InputException if the file is damaged or a question comes twice
   */
  public static Map<String, VqaAnnotation> readAnnotations(Path path) {
    return readList(
        path,
        Set.of("annotations", "data"),
        (file, entry, place) -> {
          require(file, entry.image, "image_id", entry, place);
          if (entry.answers == null || entry.answers.isEmpty()) {
            throw file.error(place, "question " + entry.question + " has no \"answers\"");
          }
          return new VqaAnnotation(
              entry.image, entry.questionType, entry.answerType, entry.answers, entry.answerable);
        });
  }

  /**
   * Reads {@code [{"question_id", "answer"}]}, VizWiz's {@code [{"image", "answer"}]} or GQA's
   * {@code [{"questionId", "prediction"}]}, or one such object a line.
   *
   * @throws InputException if the file is damaged or a question has two answers
   */
  public static Map<String, String> readResults(Path path) {
    return JsonFile.read(
        path,
        file -> {
          Map<String, String> results = new LinkedHashMap<>();
          Maker<String> maker =
              (json, entry, place) -> {
                require(json, entry.answer, "answer", entry, place);
                return entry.answer;
              };
          JsonToken first = file.next();
          if (first == JsonToken.START_ARRAY) {
            file.elements(() -> add(file, results, maker));
            file.end();
          } else {
            for (JsonToken token = first; token != null; token = file.next()) {
              add(file, results, maker);
            }
          }
          if (results.isEmpty()) {
            throw file.error("no answers; expected [{\"question_id\": ..., \"answer\": ...}, ...]");
          }
          return results;
        });
  }

  private static <T> Map<String, T> readList(Path path, Set<String> lists, Maker<T> maker) {
    return JsonFile.read(
        path,
        file -> {
          Map<String, T> map = new LinkedHashMap<>();
          if (file.next() == JsonToken.START_ARRAY) {
            file.elements(() -> add(file, map, maker));
          } else {
            file.fields(
                name -> {
                  if (lists.contains(name)) {
                    file.elements(() -> add(file, map, maker));
                  } else {
                    file.skip();
                  }
                });
          }
          file.end();
          if (map.isEmpty()) {
            String list = lists.contains("annotations") ? "annotations" : "questions";
            throw file.error("no " + list + "; expected {\"" + list + "\": [...]}");
          }
          return map;
        });
  }

  private static <T> void add(JsonFile file, Map<String, T> map, Maker<T> maker)
      throws IOException {
    String place = file.here();
    Entry entry = readEntry(file);
    if (entry.question == null) {
      throw file.error(place, "\"question_id\" is missing");
    }
    if (map.putIfAbsent(entry.question, maker.make(file, entry, place)) != null) {
      throw file.error(place, "question " + entry.question + " occurs a second time");
    }
  }

  private static void require(
      JsonFile file, String value, String field, Entry entry, String place) {
    if (value == null) {
      throw file.error(place, "\"" + field + "\" of question " + entry.question + " is missing");
    }
  }

  private static Entry readEntry(JsonFile file) throws IOException {
    Entry entry = new Entry();
    String[] fileName = {null};
    file.fields(
        name -> {
          switch (name) {
            case "question_id", "questionId" -> entry.question = file.id(name);
            case "image_id" -> entry.image = file.id(name);
            case "image" -> fileName[0] = file.atText() ? file.id(name) : skipped(file);
            case "question" -> entry.text = file.text(name);
            case "answer", "prediction" -> entry.answer = readAnswer(file);
            case "answerable" -> entry.answerable = Optional.of(!file.scalar().equals("0"));
            case "question_type" -> entry.questionType = optional(file, name);
            case "answer_type" -> entry.answerType = optional(file, name);
            case "answers" -> entry.answers = readAnswers(file);
            default -> file.skip();
          }
        });
    entry.fillIn(fileName[0]);
    return entry;
  }

  private static String skipped(JsonFile file) throws IOException {
    file.skip();
    return null;
  }

  /** A result may be a bare number, such as 2. */
  private static String readAnswer(JsonFile file) throws IOException {
    return file.atText() ? file.text("answer") : file.id("answer");
  }

  private static String optional(JsonFile file, String name) throws IOException {
    return file.atNull() ? "" : file.text(name);
  }

  private static List<HumanAnswer> readAnswers(JsonFile file) throws IOException {
    List<HumanAnswer> answers = new ArrayList<>();
    file.elements(
        () -> {
          if (file.atObject()) {
            answers.add(readHumanAnswer(file));
          } else {
            answers.add(new HumanAnswer(file.text("answers"), ""));
          }
        });
    return answers;
  }

  private static HumanAnswer readHumanAnswer(JsonFile file) throws IOException {
    String place = file.here();
    String[] answer = {null};
    Map<String, String> others = new TreeMap<>();
    file.fields(
        name -> {
          if (name.equals("answer")) {
            answer[0] = readAnswer(file);
          } else {
            others.put(name, file.scalar());
          }
        });
    if (answer[0] == null) {
      throw file.error(place, "\"answer\" is missing");
    }
    return new HumanAnswer(answer[0], others.isEmpty() ? "" : others.toString());
  }
}
