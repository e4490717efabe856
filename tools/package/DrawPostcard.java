import io.lorgnette.pocket.postcards.Postcards;
import java.io.IOException;
import java.nio.file.Path;

/** Draws one postcard to try the program on: {@code java -cp JARS DrawPostcard.java FOLDER}. */
final class DrawPostcard {

  private DrawPostcard() {}

  public static void main(String[] arguments) throws IOException {
    Postcards.writeTo(
        Path.of(arguments[0]), new Postcards.Sizes(1, 0, 0), 5, (done, total) -> {});
  }
}
