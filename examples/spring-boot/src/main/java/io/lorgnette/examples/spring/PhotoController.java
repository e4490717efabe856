package io.lorgnette.examples.spring;

import io.lorgnette.VisionLanguageModel;
import io.lorgnette.error.InputException;
import io.lorgnette.image.ImageReader;
import io.lorgnette.image.RgbImage;
import java.io.IOException;
import java.util.List;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.multipart.MultipartFile;

/** What the page asks for. The page itself is {@code static/index.html}. */
@RestController
class PhotoController {

  private final VisionLanguageModel answers;
  private final VisionLanguageModel captions;

  PhotoController(
      @Qualifier("answers") VisionLanguageModel answers,
      @Qualifier("captions") VisionLanguageModel captions) {
    this.answers = answers;
    this.captions = captions;
  }

  /** What was said of a photo. */
  record Said(String text) {}

  @PostMapping("/caption")
  Said caption(@RequestParam("photo") MultipartFile photo) throws IOException {
    return new Said(captions.caption(image(photo)).text());
  }

  @PostMapping("/ask")
  Said ask(@RequestParam("photo") MultipartFile photo, @RequestParam("question") String question)
      throws IOException {
    return new Said(answers.answer(image(photo), question, List.of()).text());
  }

  private static RgbImage image(MultipartFile photo) throws IOException {
    return ImageReader.read(photo.getBytes(), "the photo");
  }

  /** What the visitor can mend, in one sentence. */
  @ExceptionHandler
  ProblemDetail wrong(InputException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, e.getMessage());
  }
}
