package io.lorgnette.curate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.lorgnette.data.CaptionText;
import io.lorgnette.error.InputException;
import io.lorgnette.image.RgbImage;
import io.lorgnette.method.JointEmbedder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/**
 * Captions that a model writes about each image, ranked with the original ones by their cosine with
 * the image, the best kept: CapFilt as BLIP-2's data was made (Li et al. 2023, section 3.3: ten
 * captions by BLIP-large and the original one, the two kept that CLIP ViT-L/14 ranks first; BLIP's
 * own filter was a matching head).
 *
 * <p>What was written and how it was ranked stands in {@code captions.jsonl}, so that another
 * number can be kept without writing again.
 */
public final class SyntheticCaptions {

  /** As many as BLIP-2 has written. */
  public static final int WRITTEN = 10;

  /** As many as BLIP-2 keeps. */
  public static final int KEPT = 2;

  private static final String CAPTIONS = "captions.jsonl";
  private static final String SYNTHETIC = "synthetic";

  private final CuratedSet set;

  public SyntheticCaptions(CuratedSet set) {
    this.set = set;
  }

  /** Writes captions. */
  @FunctionalInterface
  public interface Writer {

    /**
     * Some captions about each picture; equal ones and ones without words may be among them.
     *
     * @param first number of the first picture in its set: equal numbers give equal captions
     */
    List<List<String>> captions(List<RgbImage> pictures, int first);
  }

  /**
   * What was kept.
   *
   * @param images that were looked at
   * @param broken images that could not be read
   * @param keptImages with a caption
   * @param original kept captions that people wrote
   * @param synthetic kept captions that the model wrote
   * @param originalFirst images whose first caption people wrote
   */
  public record Kept(
      int images, int broken, int keptImages, long original, long synthetic, long originalFirst) {}

  /**
   * Writes and ranks captions of all images that have none yet.
   *
   * @param identity of the writer and its settings: equal ones write equal captions
   * @param progress hears how many images are done
   * @throws InputException if the folder holds captions of something else
   */
  public void write(Writer writer, String identity, JointEmbedder model, LongConsumer progress) {
    ObjectNode heading = JsonNodeFactory.instance.objectNode();
    heading.put("captions", identity).put("model", model.identity());
    heading.put("data", set.dataset().fingerprint().sha256());
    ImagePass.run(
        set.dataset(),
        set.file(CAPTIONS),
        heading,
        (seen, lines) -> look(writer, model, seen, lines),
        progress);
  }

  private static void look(
      Writer writer, JointEmbedder model, List<ImagePass.Seen> seen, List<ObjectNode> lines) {
    List<RgbImage> pictures = seen.stream().map(ImagePass.Seen::picture).toList();
    List<List<Ranked>> ranked =
        rank(
            model,
            pictures,
            seen.stream().map(one -> one.example().captions()).toList(),
            writer.captions(pictures, seen.get(0).number()));
    for (int i = 0; i < seen.size(); i++) {
      ArrayNode all = lines.get(i).putArray("captions");
      for (Ranked caption : ranked.get(i)) {
        all.addObject()
            .put("text", caption.text())
            .put("score", caption.score())
            .put(SYNTHETIC, caption.synthetic());
      }
    }
  }

  /**
   * A caption in its place.
   *
   * @param score cosine with the image
   * @param synthetic whether the model wrote it
   */
  public record Ranked(String text, float score, boolean synthetic) {}

  /**
   * Ranks the captions of each picture, the best first; of equals the original one stays before
   * what was written. A caption counts once, and one without words not at all.
   *
   * @param originals of each picture
   * @param written for each picture
   */
  public static List<List<Ranked>> rank(
      JointEmbedder model,
      List<RgbImage> pictures,
      List<? extends List<String>> originals,
      List<? extends List<String>> written) {
    List<Map<String, Boolean>> candidates = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      Map<String, Boolean> own = new LinkedHashMap<>();
      originals.get(i).forEach(caption -> own.put(caption, false));
      written.get(i).stream()
          .filter(CaptionText::hasWords)
          .forEach(caption -> own.putIfAbsent(caption, true));
      candidates.add(own);
    }
    List<float[]> cosines =
        PairScores.cosines(
            model, pictures, candidates.stream().map(own -> List.copyOf(own.keySet())).toList());
    List<List<Ranked>> all = new ArrayList<>();
    for (int i = 0; i < pictures.size(); i++) {
      List<Ranked> ranked = new ArrayList<>();
      for (Map.Entry<String, Boolean> candidate : candidates.get(i).entrySet()) {
        float score = cosines.get(i)[ranked.size()];
        ranked.add(new Ranked(candidate.getKey(), score, candidate.getValue()));
      }
      ranked.sort(Comparator.comparingDouble(caption -> -caption.score())); // stable
      all.add(ranked);
    }
    return all;
  }

  /** Keeps the {@code count} best captions of each image, whoever wrote them. */
  public Kept keep(int count) {
    if (count < 1) {
      throw new InputException("--keep must be at least 1 but is " + count);
    }
    long[] counts = new long[5];
    Path file = set.file(CAPTIONS);
    LineFile.forEach(
        file,
        line -> {
          counts[0]++;
          counts[1] += line.has(ImagePass.ERROR) ? 1 : 0;
        });
    int images =
        set.write(
            file,
            (number, line) -> {
              List<String> kept = new ArrayList<>();
              for (JsonNode caption : line.path("captions")) {
                if (kept.size() < count) {
                  boolean synthetic = caption.path(SYNTHETIC).asBoolean();
                  counts[synthetic ? 3 : 2]++;
                  counts[4] += kept.isEmpty() && !synthetic ? 1 : 0;
                  kept.add(caption.path("text").asText());
                }
              }
              return kept;
            });
    return new Kept((int) counts[0], (int) counts[1], images, counts[2], counts[3], counts[4]);
  }
}
