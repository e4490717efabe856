package io.lorgnette.examples;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.image.ImageReader;
import io.lorgnette.pocket.Pocket;
import io.lorgnette.tensor.Device;
import io.lorgnette.tensor.Numerics;
import java.nio.file.Path;

/** Says what is on a photo, by the embedded pair. */
public final class TenLines {

  private TenLines() {}

  /** Captions a photo: {@code TenLines photo.jpg}. */
  public static void main(String[] args) {
    Path connector = Pocket.connector("captions");
    Numerics numerics = Numerics.choose(Device.CPU, Numerics.Format.AUTO, 0);
    try (var model =
        VisionLanguageModel.load(Pocket.vision(), Pocket.languageModel(), connector, numerics)) {
      System.out.println(model.caption(ImageReader.read(Path.of(args[0]))).text());
    }
  }
}
