package io.lorgnette.report;

import io.lorgnette.error.InputException;
import io.lorgnette.evaluate.EvaluationRecord;
import io.lorgnette.evaluate.Item;
import io.lorgnette.image.Thumbnail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Images with what the systems said about them, side by side. */
final class GallerySection {

  /** Cards where no run has kept a picture. */
  private static final int WITHOUT_PICTURES = 12;

  private final List<ReportedRun> runs;

  GallerySection(List<ReportedRun> runs) {
    this.runs = runs;
  }

  void append(Html html) {
    Map<String, GalleryCard> cards = cards();
    if (cards.isEmpty()) {
      return;
    }
    Map<GalleryCard, Path> pictures = new LinkedHashMap<>();
    for (GalleryCard card : cards.values()) {
      picture(card).ifPresent(file -> pictures.put(card, file));
    }
    html.open("section", "id", "gallery").leaf("h2", "Gallery");
    if (pictures.isEmpty()) {
      html.leaf(
          "p", "The runs have kept no pictures; these are the first images.", "class", "note");
    } else {
      html.leaf("p", "Images drawn by seed, not picked.", "class", "note");
    }
    html.open("div", "class", "cards").line();
    if (pictures.isEmpty()) {
      cards.values().stream().limit(WITHOUT_PICTURES).forEach(card -> card.append(html, ""));
    } else {
      pictures.entrySet().stream()
          .limit(EvaluationRecord.GALLERY)
          .forEach(entry -> entry.getKey().append(html, dataUri(entry.getValue())));
    }
    html.close().close().line();
  }

  private Map<String, GalleryCard> cards() {
    Map<String, GalleryCard> cards = new LinkedHashMap<>();
    for (ReportedRun run : runs) {
      for (EvaluationRecord record : run.evaluations()) {
        for (Item item : record.items()) {
          cards
              .computeIfAbsent(
                  record.dataset() + " " + item.imageId(),
                  key -> new GalleryCard(record.dataset(), item.imageId()))
              .add(run, record, item);
        }
      }
    }
    return cards;
  }

  private Optional<Path> picture(GalleryCard card) {
    String name = EvaluationRecord.galleryFile(card.dataset(), card.imageId());
    return runs.stream()
        .map(run -> run.folder().path().resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static String dataUri(Path file) {
    try {
      return Thumbnail.dataUri(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new InputException(file + " can not be read: " + e.getMessage(), e);
    }
  }
}
