package io.lorgnette.bulk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.lorgnette.metrics.CaptionFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CaptionFormTest {

  @TempDir Path folder;
  private Path captions;

  @BeforeEach
  void write() {
    captions = folder.resolve("captions.jsonl");
  }

  private void lines(String... images) {
    try (CaptionFile file = CaptionFile.open(captions)) {
      for (String image : images) {
        file.append(new CaptionLine(image, "A dog, \"red\" <&>.", -0.25, 5, true, 8, 6));
      }
    }
  }

  @Test
  void endingsSayTheForm() {
    assertThat(CaptionForm.of(Path.of("a.JSONL"))).isEqualTo(CaptionForm.JSONL);
    assertThat(CaptionForm.of(Path.of("a.csv"))).isEqualTo(CaptionForm.CSV);
    assertThat(CaptionForm.of(Path.of("a.json"))).isEqualTo(CaptionForm.COCO);
    assertThat(CaptionForm.of(Path.of("a.html"))).isEqualTo(CaptionForm.HTML);
    assertThatThrownBy(() -> CaptionForm.of(Path.of("captions"))).hasMessageContaining("--as");
  }

  @Test
  void tablesAreQuoted() throws Exception {
    lines("a, b.jpg");
    CaptionForm.CSV.write(captions, folder.resolve("a.csv"));
    assertThat(Files.readString(folder.resolve("a.csv")).split("\r\n", -1))
        .containsExactly(
            "image,caption,score,tokens,complete,width,height",
            "\"a, b.jpg\",\"A dog, \"\"red\"\" <&>.\",-0.25,5,true,8,6",
            "");
  }

  @Test
  void cocoResultsHaveNumbersWherePhotosDo() throws Exception {
    lines("x/COCO_val2014_000000000042.jpg", "s.tar!000007.png", "beach 3.jpg");
    Path json = folder.resolve("results.json");
    CaptionForm.COCO.write(captions, json);
    JsonNode all = new ObjectMapper().readTree(json.toFile());
    assertThat(all.get(0).path("image_id").isInt()).isTrue();
    assertThat(all.findValuesAsText("image_id")).containsExactly("42", "7", "beach 3");
    assertThat(CaptionFiles.readResults(json)).containsEntry("42", "A dog, \"red\" <&>.");
  }

  @Test
  void cocoIdsThatWouldBeEqualAreWholeNames() throws Exception {
    lines("a/1.jpg", "b/1.jpg", "c/2.jpg");
    Path json = folder.resolve("results.json");
    CaptionForm.COCO.write(captions, json);
    assertThat(new ObjectMapper().readTree(json.toFile()).findValuesAsText("image_id"))
        .containsExactly("a/1.jpg", "b/1.jpg", "c/2.jpg");
  }

  @Test
  void galleriesHavePages() throws Exception {
    Path photo = Drawn.file(folder.resolve("p.png"), 700);
    Path zip = Drawn.zip(folder.resolve("z.zip"), Drawn.entries("in.png", 30));
    lines(photo.toString(), zip + "!in.png", folder.resolve("gone.png").toString());
    Path html = folder.resolve("gallery.html");
    CaptionGallery.write(captions, html, 2);
    Document first = Jsoup.parse(html.toFile());
    assertThat(first.select("figure img")).hasSize(2);
    assertThat(first.select("img").eachAttr("src"))
        .allSatisfy(src -> assertThat(src).startsWith("data:image/jpeg;base64,"));
    assertThat(first.select("img").attr("alt")).isEqualTo("A dog, \"red\" <&>.");
    assertThat(first.select("nav a").eachAttr("href")).contains("gallery-2.html");
    Document second = Jsoup.parse(folder.resolve("gallery-2.html").toFile());
    assertThat(second.select(".gone").text()).contains("no longer there");
    assertThat(second.select("nav a").eachAttr("href")).contains("gallery.html");
    assertThat(Files.exists(folder.resolve("gallery-3.html"))).isFalse();
  }
}
