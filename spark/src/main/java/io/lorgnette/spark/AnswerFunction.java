package io.lorgnette.spark;

import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.model.SpeakerSpec;
import java.util.List;
import org.apache.spark.sql.api.java.UDF2;

/**
 * {@code lorgnette_answer(image, question)}: for {@code spark.udf.registerJavaFunction}, which
 * makes one on the driver with the settings of the session there.
 */
public final class AnswerFunction implements UDF2<byte[], String, String> {

  private static final long serialVersionUID = 1;

  private final SpeakerSpec model = FunctionSettings.ofActiveSession().answers();

  @Override
  public String call(byte[] image, String question) {
    if (question == null) {
      return null;
    }
    return ImageColumn.picture(image)
        .map(picture -> ExecutorModels.get(model).answer(picture, question, List.of()).text())
        .orElse(null);
  }
}
