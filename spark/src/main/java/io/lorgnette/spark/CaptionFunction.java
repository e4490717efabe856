package io.lorgnette.spark;

import io.lorgnette.spark.model.ExecutorModels;
import io.lorgnette.spark.model.SpeakerSpec;
import org.apache.spark.sql.api.java.UDF1;

/**
 * {@code lorgnette_caption(image)}: for {@code spark.udf.registerJavaFunction}, which makes one on
 * the driver with the settings of the session there.
 */
public final class CaptionFunction implements UDF1<byte[], String> {

  private static final long serialVersionUID = 1;

  private final SpeakerSpec model = FunctionSettings.ofActiveSession().captions();

  @Override
  public String call(byte[] image) {
    return ImageColumn.picture(image)
        .map(picture -> ExecutorModels.get(model).caption(picture).text())
        .orElse(null);
  }
}
