package io.lorgnette.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.lorgnette.data.Problem.Kind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * COCO caption files ({@code images[]}, {@code annotations[]}) and VQA files ({@code questions[]}
 * and, joined by {@code question_id}, {@code annotations[]}), alone or together over the same
 * images.
 *
 * <p>Format: https://cocodataset.org/#format-data and https://visualqa.org/vqa_v2_release.html.
 * OK-VQA, nocaps, VizWiz-Captions and the VQA-format copies of TextVQA and VizWiz have the same
 * layout.
 */
final class CocoAnnotations implements Annotations {
  private final DataFiles files;
  private final SortedMap<String, Path> paths = new TreeMap<>();
  private final Map<String, Image> images = new LinkedHashMap<>();
  private RecordFile captionFile;
  private RecordFile questionFile;
  private RecordFile answerFile;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, String> domains = new HashMap<>();
  private final Leniency leniency;

  /**
   * What differs between sets of this layout.
   *
   * @param precanned keep captions marked {@code is_precanned}: VizWiz's ready-made sentence
   * @param rejected keep captions marked {@code is_rejected}
   * @param answerField the field of a person's answer that counts: the usual one, or OK-VQA's
   *     {@code raw_answer}
   */
  record Leniency(boolean precanned, boolean rejected, String answerField) {
    /** Everything is kept, as in sets without such marks. */
    static final Leniency ALL = new Leniency(true, true, "answer");

    boolean drops(JsonNode caption) {
      return (!precanned && caption.path("is_precanned").asBoolean())
          || (!rejected && caption.path("is_rejected").asBoolean());
    }
  }

  /** An image while the index is made; its name is null until {@code images[]} says it. */
  private static final class Image {
    String name;
    boolean dropped;
    final LongList captions = new LongList();
    final LongList questions = new LongList();
  }

  /** A question while the index is made. */
  private static final class Asked {
    final Image image;
    final long question;
    final String place;
    long answer = Slice.NONE;

    Asked(Image image, long question, String place) {
      this.image = image;
      this.question = question;
      this.place = place;
    }
  }

  /**
   * Reads the index.
   *
   * @param captions the caption file; without one, image names follow {@code names}
   * @param questions the question file
   * @param answers the annotation file with the answers; without one, questions have no answers
   * @param leniency which captions and answers count
   */
  CocoAnnotations(
      DataFiles files,
      Optional<Path> captions,
      Optional<Path> questions,
      Optional<Path> answers,
      ImageNames names,
      Leniency leniency) {
    this.files = files;
    this.leniency = leniency;
    captions.ifPresent(this::indexCaptions);
    questions.ifPresent(path -> indexQuestions(path, answers, captions.isPresent(), names));
    images.forEach(this::finish);
    images.clear();
  }

  private RecordFile open(Path path) {
    paths.put(path.getFileName().toString(), path);
    return files.records(path);
  }

  private void indexCaptions(Path path) {
    captionFile = open(path);
    Set<String> ids = new HashSet<>();
    Json.forEach(
        captionFile,
        "a COCO caption file with images and annotations",
        Map.of(
            "images", (slice, place, record) -> image(place, record),
            "annotations", (slice, place, record) -> caption(slice, place, record, ids)),
        files);
    images
        .entrySet()
        .removeIf(
            entry -> {
              Image image = entry.getValue();
              if (image.name == null) {
                files.add(
                    Kind.UNKNOWN_IMAGE,
                    captionFile.name(),
                    "image_id "
                        + entry.getKey()
                        + " of "
                        + image.captions.size()
                        + " captions is not among the images.");
              }
              return image.name == null;
            });
  }

  private void image(String place, JsonNode record) {
    Optional<String> id = Json.text(record, "id");
    Optional<String> name = Json.text(record, "file_name").filter(SafeName::isSafe);
    if (id.isEmpty() || name.isEmpty()) {
      files.add(Kind.BROKEN_RECORD, place, "expected an image with id and a relative file_name.");
      return;
    }
    Image image = images.computeIfAbsent(id.get(), key -> new Image());
    if (image.name != null) {
      files.add(Kind.DUPLICATE, place, "the image id " + id.get() + " was there before.");
      return;
    }
    image.name = name.get();
    Json.text(record, "domain").ifPresent(domain -> domains.put(id.get(), domain));
  }

  private void caption(long slice, String place, JsonNode record, Set<String> ids) {
    Optional<String> image = Json.text(record, "image_id");
    Optional<String> text = Json.text(record, "caption");
    if (image.isEmpty() || !record.path("caption").isTextual()) {
      files.add(Kind.BROKEN_RECORD, place, "expected a caption with image_id and caption.");
    } else if (text.filter(CaptionText::hasWords).isEmpty()) {
      files.add(Kind.NO_TEXT, place, "the caption has no words.");
    } else if (!Json.text(record, "id").map(ids::add).orElse(true)) {
      String id = Json.text(record, "id").orElseThrow();
      files.add(Kind.DUPLICATE, place, "the caption id " + id + " was there before.");
    } else {
      Image of = images.computeIfAbsent(image.get(), key -> new Image());
      if (leniency.drops(record)) {
        of.dropped = true;
      } else {
        of.captions.add(slice);
      }
    }
  }

  private void indexQuestions(
      Path path, Optional<Path> answers, boolean imagesKnown, ImageNames names) {
    questionFile = open(path);
    Map<String, Asked> asked = new LinkedHashMap<>();
    Map<String, String> unknown = new HashMap<>();
    Map<String, String> header =
        Json.forEach(
            questionFile,
            "a VQA question file with questions",
            Map.of(
                "questions",
                (slice, place, record) -> {
                  Optional<String> id = Json.text(record, "question_id");
                  Optional<String> image = Json.text(record, "image_id");
                  if (id.isEmpty() || image.isEmpty() || QuestionJson.parse(record, "").isEmpty()) {
                    files.add(
                        Kind.BROKEN_RECORD,
                        place,
                        "expected a question with question_id, image_id and question.");
                  } else if (asked.containsKey(id.get())) {
                    files.add(
                        Kind.DUPLICATE, place, "question_id " + id.get() + " was there before.");
                  } else if (imagesKnown && !images.containsKey(image.get())) {
                    if (unknown.put(image.get(), place) == null) {
                      files.add(
                          Kind.UNKNOWN_IMAGE,
                          place,
                          "image_id " + image.get() + " is not among the images.");
                    }
                  } else {
                    Image of = images.computeIfAbsent(image.get(), key -> new Image());
                    asked.put(id.get(), new Asked(of, slice, place));
                  }
                }),
            files);
    answers.ifPresent(file -> indexAnswers(file, asked));
    asked.forEach(
        (id, question) -> {
          if (answers.isPresent() && question.answer == Slice.NONE) {
            files.add(
                Kind.BROKEN_RECORD,
                question.place,
                "question_id " + id + " has no answers in " + answerFile.name() + ".");
          } else {
            question.image.questions.add(question.question);
            question.image.questions.add(question.answer);
          }
        });
    if (!imagesKnown) {
      names.check(questionFile, header);
      images.forEach((id, image) -> image.name = names.of(id, header));
    }
  }

  private void indexAnswers(Path path, Map<String, Asked> asked) {
    answerFile = open(path);
    Json.forEach(
        answerFile,
        "a VQA annotation file with annotations",
        Map.of(
            "annotations",
            (slice, place, record) -> {
              Optional<String> id = Json.text(record, "question_id");
              if (id.isEmpty() || QuestionJson.answers(record).isEmpty()) {
                files.add(Kind.BROKEN_RECORD, place, "expected answers with question_id.");
                return;
              }
              Asked question = asked.get(id.get());
              if (question == null) {
                files.add(
                    Kind.BROKEN_RECORD,
                    place,
                    "question_id " + id.get() + " is not in " + questionFile.name() + ".");
              } else if (question.answer != Slice.NONE) {
                files.add(Kind.DUPLICATE, place, "question_id " + id.get() + " was there before.");
              } else {
                question.answer = slice;
              }
            }),
        files);
  }

  private void finish(String id, Image image) {
    int captions = image.captions.size();
    int questions = image.questions.size() / 2;
    if (!SafeName.isSafe(image.name)) {
      files.add(Kind.BROKEN_RECORD, "image_id " + id, "it gives no safe file name.");
    } else if (captions + questions == 0) {
      if (!image.dropped) {
        files.add(Kind.NO_TEXT, image.name, "the image has no usable caption or question.");
      }
    } else {
      long[] slices = new long[captions + 2 * questions];
      System.arraycopy(image.captions.toArray(), 0, slices, 0, captions);
      System.arraycopy(image.questions.toArray(), 0, slices, captions, 2 * questions);
      entries.add(new Entry(id, image.name, captions, questions, Slices.of(slices)));
    }
  }

  @Override
  public List<Entry> entries() {
    return entries;
  }

  @Override
  public Map<String, String> domains() {
    return Map.copyOf(domains);
  }

  @Override
  public Content read(Entry entry) {
    List<String> captions = new ArrayList<>();
    for (int i = 0; i < entry.captions(); i++) {
      captions.add(Json.reread(captionFile, entry.slices().get(i)).get("caption").asText());
    }
    List<Question> questions = new ArrayList<>();
    for (int i = entry.captions(); i < entry.slices().size(); i += 2) {
      Question question =
          QuestionJson.parse(Json.reread(questionFile, entry.slices().get(i)), "").orElseThrow();
      questions.add(
          entry.slices().get(i + 1) == Slice.NONE
              ? question
              : answered(question, entry.slices().get(i + 1)));
    }
    return new Content(captions, questions);
  }

  private Question answered(Question question, long slice) {
    JsonNode record = Json.reread(answerFile, slice);
    return new Question(
        question.id(),
        question.text(),
        Json.text(record, "question_type").orElse(""),
        Json.text(record, "answer_type").orElse(""),
        QuestionJson.answers(record, leniency.answerField()),
        Json.text(record, "answerable").map("1"::equals));
  }

  @Override
  public SortedMap<String, String> hashes() {
    SortedMap<String, String> hashes = new TreeMap<>();
    paths.forEach((name, path) -> hashes.put(name, DataFiles.sha256(path)));
    return hashes;
  }
}
