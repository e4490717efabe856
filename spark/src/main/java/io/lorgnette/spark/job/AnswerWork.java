package io.lorgnette.spark.job;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.data.Question;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.Utterance;
import io.lorgnette.spark.input.InputUnit;
import io.lorgnette.spark.output.RowSchema;
import io.lorgnette.spark.output.RowSchema.ColumnType;
import java.util.ArrayList;
import java.util.List;

/** An answer to each question about each image; no rows of an image without a question. */
record AnswerWork(SpeakingSettings of) implements SpeakingWork {

  @Override
  public String name() {
    return "answer";
  }

  @Override
  public RowSchema schema() {
    return RowSchema.of("image", ColumnType.TEXT)
        .with("question_id", ColumnType.TEXT)
        .with("question", ColumnType.TEXT)
        .with("answer", ColumnType.TEXT)
        .with("score", ColumnType.DOUBLE)
        .with("tokens", ColumnType.INT)
        .with("complete", ColumnType.FLAG);
  }

  @Override
  public List<Object[]> rows(InputUnit unit, long first, List<Seen> seen) {
    VisionLanguageModel model = model();
    List<RgbImage> pictures = new ArrayList<>();
    List<Question> questions = new ArrayList<>();
    List<String> ids = new ArrayList<>();
    for (Seen one : seen) {
      for (Question question : one.sample().questions()) {
        pictures.add(one.picture());
        questions.add(question);
        ids.add(one.sample().id());
      }
    }
    List<Utterance> answers =
        model.answers(pictures, questions.stream().map(Question::text).toList(), of.config());
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < answers.size(); i++) {
      Utterance answer = answers.get(i);
      rows.add(
          new Object[] {
            ids.get(i),
            questions.get(i).id(),
            questions.get(i).text(),
            answer.text(),
            answer.score(),
            answer.tokens(),
            answer.complete()
          });
    }
    return rows;
  }
}
