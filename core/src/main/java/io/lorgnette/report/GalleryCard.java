package io.lorgnette.report;

import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Item;
import io.lorgnette.evaluate.Task;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One image and everything that was said about it. */
final class GalleryCard {

  /** More questions of an image than this are counted, not shown. */
  private static final int QUESTIONS = 6;

  /** What one system said. */
  private record Reply(ReportedRun run, int shots, String said, double score) {}

  /** What was asked, and all replies. */
  private record Entry(Task task, String question, List<String> references, List<Reply> replies) {}

  private final String dataset;
  private final String imageId;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  GalleryCard(String dataset, String imageId) {
    this.dataset = dataset;
    this.imageId = imageId;
  }

  String dataset() {
    return dataset;
  }

  String imageId() {
    return imageId;
  }

  void add(ReportedRun run, EvaluationRecord record, Item item) {
    Task task = record.task();
    entries
        .computeIfAbsent(
            task.id() + " " + item.id(),
            key -> new Entry(task, item.question(), item.references(), new ArrayList<>()))
        .replies
        .add(new Reply(run, record.scores().path("shots").asInt(), item.said(), item.score()));
  }

  /** What the first system says of the image, for those who can not see it. */
  private String alternative() {
    return entries.values().stream()
        .filter(entry -> entry.task == Task.CAPTIONS)
        .map(entry -> entry.replies.get(0).said)
        .findFirst()
        .orElse("Image " + imageId);
  }

  /**
   * Appends the card.
   *
   * @param picture a data URI, empty for none
   */
  void append(Html html, String picture) {
    html.open("article", "class", "card");
    if (!picture.isEmpty()) {
      html.empty("img", "src", picture, "alt", alternative(), "loading", "lazy");
    }
    html.leaf("p", imageId, "class", "id", "dir", "auto");
    int questions = 0;
    for (Entry entry : entries.values()) {
      questions += entry.task == Task.CAPTIONS ? 0 : 1;
      if (entry.task == Task.CAPTIONS || questions <= QUESTIONS) {
        append(html, entry);
      }
    }
    if (questions > QUESTIONS) {
      String more = Numbers.count(questions - QUESTIONS, "more question");
      html.leaf("p", more + " in predictions/ of the run.", "class", "note");
    }
    html.close().line();
  }

  private static void append(Html html, Entry entry) {
    html.open("div", "class", "entry");
    if (entry.question != null) {
      html.leaf("p", entry.question, "class", "question", "dir", "auto");
    }
    for (Reply reply : entry.replies) {
      String name = reply.run.label() + (reply.shots > 0 ? ", " + reply.shots + "-shot" : "");
      html.open("p", "class", "reply s" + reply.run.number() % 4);
      html.open("span", "class", "who").text(name);
      html.leaf("small", Numbers.fixed(reply.score, 2) + " nats per token").close();
      if (reply.said.isBlank()) {
        html.leaf("span", "(said nothing)", "class", "said none");
      } else {
        html.leaf("span", reply.said, "class", "said", "dir", "auto");
      }
      html.close();
    }
    references(html, entry);
    html.close();
  }

  private static void references(Html html, Entry entry) {
    String noun = entry.task == Task.CAPTIONS ? "caption" : "answer";
    html.open("details");
    html.leaf("summary", Numbers.count(entry.references.size(), noun) + " by people").open("ul");
    Map<String, Integer> counts = new LinkedHashMap<>();
    entry.references.forEach(reference -> counts.merge(reference, 1, Integer::sum));
    counts.entrySet().stream()
        .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
        .forEach(
            e -> {
              String times = e.getValue() > 1 ? " \u00d7 " + e.getValue() : "";
              html.leaf("li", e.getKey() + times, "dir", "auto");
            });
    html.close().close();
  }
}
