package io.lorgnette.data;

import io.lorgnette.error.InputException;
import java.util.List;
import java.util.Optional;

/**
 * A published data set that is read from its makers' files: what it is and how much of it there
 * must be. This file is the list of them; {@code docs/data/NAME.md} tells where each comes from.
 *
 * @param name the kind that recipes and {@code --on} use
 * @param title the name in papers
 * @param paper authors and year
 * @param licence of the annotations; photos often have others
 * @param parts what each split holds
 */
public record Benchmark(String name, String title, String paper, String licence, List<Part> parts) {

  public Benchmark {
    parts = List.copyOf(parts);
  }

  /**
   * What a split of the makers' files holds. VizWiz's captions are counted before any is dropped.
   *
   * @param split which
   * @param images with a caption or question; 0 where not known
   * @param captions 0 where there are none, or their number is not known
   * @param questions 0 where there are none
   * @param counted whether the numbers were counted here on the makers' file; otherwise they are
   *     from publications and were not verified
   */
  public record Part(Split split, int images, int captions, int questions, boolean counted) {
    private static Part captions(Split split, int images, int captions) {
      return new Part(split, images, captions, 0, false);
    }

    private static Part questions(Split split, int images, int questions) {
      return new Part(split, images, 0, questions, false);
    }

    private Part asCounted() {
      return new Part(split, images, captions, questions, true);
    }
  }

  /** All of them, captions first. */
  public static List<Benchmark> all() {
    return List.of(
        new Benchmark(
            "flickr8k",
            "Flickr8k",
            "Hodosh, Young and Hockenmaier 2013",
            "non-commercial research and education; photos belong to their Flickr authors",
            List.of(
                Part.captions(Split.TRAIN, 6_000, 30_000).asCounted(),
                Part.captions(Split.VAL, 1_000, 5_000).asCounted(),
                Part.captions(Split.TEST, 1_000, 5_000))),
        new Benchmark(
            "flickr30k",
            "Flickr30k, Karpathy split",
            "Young et al. 2014; Karpathy and Fei-Fei 2015",
            "non-commercial research and education; photos belong to their Flickr authors",
            List.of(
                Part.captions(Split.TRAIN, 29_000, 145_000),
                Part.captions(Split.VAL, 1_014, 5_070),
                Part.captions(Split.TEST, 1_000, 5_000))),
        new Benchmark(
            "coco-captions",
            "COCO captions 2017",
            "Chen et al. 2015",
            "CC BY 4.0; photos under their Flickr licences",
            List.of(
                Part.captions(Split.TRAIN, 118_287, 591_753),
                Part.captions(Split.VAL, 5_000, 25_014))),
        new Benchmark(
            "coco-karpathy",
            "COCO captions, Karpathy split",
            "Chen et al. 2015; Karpathy and Fei-Fei 2015",
            "CC BY 4.0; photos under their Flickr licences",
            List.of(
                Part.captions(Split.TRAIN, 113_287, 566_747),
                Part.captions(Split.VAL, 5_000, 25_010),
                Part.captions(Split.TEST, 5_000, 25_010))),
        new Benchmark(
            "lavis-coco",
            "COCO captions, Karpathy split, as LAVIS lists it",
            "Chen et al. 2015; Li et al. 2023 (LAVIS)",
            "CC BY 4.0; photos under their Flickr licences",
            List.of(
                Part.captions(Split.TRAIN, 113_287, 566_747),
                Part.captions(Split.VAL, 5_000, 25_010),
                Part.captions(Split.TEST, 5_000, 25_010))),
        new Benchmark(
            "nocaps",
            "nocaps",
            "Agrawal et al. 2019",
            "CC BY 2.0; photos of Open Images under CC BY 2.0",
            List.of(Part.captions(Split.VAL, 4_500, 45_000))),
        new Benchmark(
            "textcaps",
            "TextCaps 0.1",
            "Sidorov et al. 2020",
            "CC BY 4.0",
            List.of(
                Part.captions(Split.TRAIN, 21_953, 109_765),
                Part.captions(Split.VAL, 3_166, 15_830))),
        new Benchmark(
            "vizwiz-captions",
            "VizWiz-Captions",
            "Gurari et al. 2020",
            "CC BY 4.0",
            List.of(
                Part.captions(Split.TRAIN, 23_431, 117_155),
                Part.captions(Split.VAL, 7_750, 38_750))),
        new Benchmark(
            "cc3m",
            "Conceptual Captions 3M",
            "Sharma et al. 2018",
            "free use, Google asked to be named; photos belong to their owners",
            List.of(
                Part.captions(Split.TRAIN, 3_318_333, 3_318_333),
                Part.captions(Split.VAL, 15_840, 15_840))),
        new Benchmark(
            "minigpt4",
            "MiniGPT-4, second stage",
            "Zhu et al. 2023",
            "see its page; texts were written by a language model",
            List.of(Part.captions(Split.TRAIN, 3_439, 3_439))),
        new Benchmark(
            "vqav2",
            "VQA v2",
            "Goyal et al. 2017",
            "CC BY 4.0; photos under their Flickr licences",
            List.of(
                Part.questions(Split.TRAIN, 82_783, 443_757),
                Part.questions(Split.VAL, 40_504, 214_354))),
        new Benchmark(
            "okvqa",
            "OK-VQA 1.1",
            "Marino et al. 2019",
            "CC BY 4.0; photos under their Flickr licences",
            List.of(
                Part.questions(Split.TRAIN, 0, 9_009).asCounted(),
                Part.questions(Split.VAL, 0, 5_046))),
        new Benchmark(
            "textvqa",
            "TextVQA 0.5.1",
            "Singh et al. 2019",
            "CC BY 4.0",
            List.of(
                Part.questions(Split.TRAIN, 21_953, 34_602),
                Part.questions(Split.VAL, 3_166, 5_000))),
        new Benchmark(
            "vizwiz-vqa",
            "VizWiz-VQA",
            "Gurari et al. 2018",
            "CC BY 4.0",
            List.of(
                Part.questions(Split.TRAIN, 20_523, 20_523),
                Part.questions(Split.VAL, 4_319, 4_319))),
        new Benchmark(
            "gqa",
            "GQA 1.2, balanced",
            "Hudson and Manning 2019",
            "CC BY 4.0; photos of Visual Genome",
            List.of(
                Part.questions(Split.TRAIN, 0, 943_000),
                Part.questions(Split.VAL, 0, 132_062),
                Part.questions(Split.TEST, 398, 12_578))),
        new Benchmark(
            "daquar",
            "DAQUAR",
            "Malinowski and Fritz 2014",
            "research use; photos of NYU Depth v2",
            List.of(
                Part.questions(Split.TRAIN, 794, 6_795).asCounted(),
                Part.questions(Split.TEST, 654, 5_673))));
  }

  /**
   * The data set of a name.
   *
   * @throws InputException when there is none, naming all
   */
  public static Benchmark named(String name) {
    return all().stream()
        .filter(benchmark -> benchmark.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "There is no data set "
                        + name
                        + " to check; the choice is "
                        + String.join(", ", all().stream().map(Benchmark::name).toList())
                        + "."));
  }

  /** What a split holds; empty when the makers publish no texts of it. */
  public Optional<Part> part(Split split) {
    return parts.stream().filter(part -> part.split() == split).findFirst();
  }

  /** The whole of a split, nothing dropped, with or without its images. */
  DatasetSpec whole(Split split, boolean images) {
    return DatasetSpec.whole(name, split, images);
  }
}
