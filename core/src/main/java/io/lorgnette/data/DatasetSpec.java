package io.lorgnette.data;

import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A data set as a recipe names it: a kind, a split, and paths below the data root, which themselves
 * never stand in a recipe. This file is the closed list of kinds.
 *
 * <pre>{@code
 * data:
 *   - kind: flickr8k        # the paths have defaults for the usual layout
 *     split: train
 *     subset: 0.01          # 1 % of the images
 * }</pre>
 */
public sealed interface DatasetSpec {

  /** What all kinds share. */
  Common common();

  /** Reads the index of the texts. */
  Annotations annotations(DataFiles files);

  /** The folder that this set's paths are relative to. */
  default Path root(DataRoots roots) {
    return roots.dataFor(common().name());
  }

  /** How answers to this set's questions are judged. */
  default AnswerStyle answerStyle() {
    return AnswerStyle.TEN_PEOPLE;
  }

  /** What must be said beside every score on this set, by what it is about; usually nothing. */
  default Map<String, String> remarks() {
    return Map.of();
  }

  /** Flickr8k's or Flickr30k's own caption file and split list. */
  record Flickr8k(Common common, String tokens, String list) implements DatasetSpec {
    static Flickr8k read(RecipeNode n) {
      Split split = Common.split(n);
      String part = split.devName();
      return new Flickr8k(
          Common.read(n, "flickr8k", split, List.of("flickr8k/flickr8k-" + part + "-*.tar")),
          Common.path(n, "tokens", "flickr8k/Flickr8k.token.txt"),
          Common.path(n, "list", "flickr8k/Flickr_8k." + part + "Images.txt"));
    }

    /** Flickr30k by its token file and a list of the split's file names or ids. */
    static Flickr8k flickr30k(RecipeNode n) {
      Split split = Common.split(n);
      return new Flickr8k(
          Common.read(n, "flickr30k", split, List.of("flickr30k/images")),
          Common.path(n, "tokens"),
          Common.path(n, "list", "flickr30k/" + split.valName() + ".txt"));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new TokenFileAnnotations(
          files,
          files.require(tokens, "the caption file"),
          files.require(list, "the list of the split's images"));
    }
  }

  /**
   * A COCO caption file, or one of nocaps or VizWiz-Captions, which have the same layout.
   *
   * @param precanned keep VizWiz's ready-made sentences for photos that show nothing
   * @param rejected keep captions that VizWiz's makers rejected
   */
  record CocoCaptions(Common common, String captions, boolean precanned, boolean rejected)
      implements DatasetSpec {
    static CocoCaptions read(RecipeNode n) {
      Split split = Common.split(n);
      return new CocoCaptions(
          Common.read(
              n,
              "coco-captions",
              split,
              List.of("coco_captions/coco_captions-" + split.devName() + "-*.tar")),
          Common.path(n, "captions", "coco_captions/captions_" + split.valName() + "2017.json"),
          true,
          true);
    }

    /** Only its validation captions are public. */
    static CocoCaptions nocaps(RecipeNode n) {
      Split split = Common.split(n);
      n.check(split == Split.VAL, "split", "must be val, the only one of nocaps with captions");
      return new CocoCaptions(
          Common.read(n, "nocaps", split, List.of("nocaps/images")),
          Common.path(n, "captions", "nocaps/nocaps_val_4500_captions.json"),
          true,
          true);
    }

    static CocoCaptions vizwiz(RecipeNode n) {
      Split split = Common.split(n);
      String part = split.valName();
      return new CocoCaptions(
          Common.read(n, "vizwiz-captions", split, List.of("vizwiz_caps/" + part)),
          Common.path(n, "captions", "vizwiz_caps/annotations/" + part + ".json"),
          n.flag("precanned", false),
          n.flag("rejected", false));
    }

    @Override
    public Map<String, String> remarks() {
      return precanned && rejected
          ? Map.of()
          : Map.of(
              "references",
              precanned
                  ? "without rejected captions"
                  : rejected
                      ? "without precanned captions"
                      : "without precanned and rejected captions");
    }

    @Override
    public Annotations annotations(DataFiles files) {
      Path file = files.require(captions, "the COCO caption file");
      return new CocoAnnotations(
          files,
          Optional.of(file),
          Optional.empty(),
          Optional.empty(),
          new ImageNames("{id}"),
          new CocoAnnotations.Leniency(precanned, rejected, "answer"));
    }
  }

  /**
   * A file of Karpathy's splits.
   *
   * @param restval whether train includes restval, as is usual for COCO captions
   */
  record Karpathy(Common common, String file, boolean restval) implements DatasetSpec {
    static Karpathy read(RecipeNode n) {
      Split split = Common.split(n);
      return new Karpathy(
          Common.readWithImages(n, "karpathy", split),
          Common.path(n, "file"),
          n.flag("restval", true));
    }

    /** Karpathy's split of COCO 2014 at its usual place. */
    static Karpathy coco(RecipeNode n) {
      Split split = Common.split(n);
      return new Karpathy(
          Common.read(n, "coco-karpathy", split, List.of("coco")),
          Common.path(n, "file", "coco/dataset_coco.json"),
          n.flag("restval", true));
    }

    /** Karpathy's split of Flickr30k at its usual place. */
    static Karpathy flickr30k(RecipeNode n) {
      Split split = Common.split(n);
      return new Karpathy(
          Common.read(n, "flickr30k", split, List.of("flickr30k/images")),
          Common.path(n, "file", "flickr30k/dataset_flickr30k.json"),
          false);
    }

    @Override
    public Annotations annotations(DataFiles files) {
      Split split = common.split();
      Set<String> splits =
          split == Split.TRAIN && restval ? Set.of("train", "restval") : Set.of(split.valName());
      return new KarpathyAnnotations(files, files.require(file, "the Karpathy file"), splits);
    }
  }

  /** Tar shards that hold photos and their texts. */
  record WebDataset(Common common) implements DatasetSpec {
    static WebDataset read(RecipeNode n) {
      return new WebDataset(Common.readWithImages(n, "webdataset", Common.split(n)));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new WebDatasetAnnotations(files, files.shards(common.images()), common.split());
    }
  }

  /**
   * Questions and answers in VQAv2's layout.
   *
   * @param answers the annotation file with the answers; absent for test sets
   * @param imageName pattern of {@link ImageNames}
   * @param answerField which text of a person is read, the judged one or, in OK-VQA, the raw one
   * @param answerStyle how answers are judged
   */
  record Vqa(
      Common common,
      String questions,
      Optional<String> answers,
      String imageName,
      String answerField,
      AnswerStyle answerStyle)
      implements DatasetSpec {
    static Vqa read(RecipeNode n) {
      Split split = Common.split(n);
      String part = split.devName();
      return files(
          n,
          Common.read(n, "vqav2", split, List.of("vqav2_coco/vqav2_coco-" + part + "-*.tar")),
          "vqav2_coco/v2_OpenEnded_mscoco_" + part + "_questions.json",
          "vqav2_coco/v2_mscoco_" + part + "_annotations.json",
          "answer",
          AnswerStyle.TEN_PEOPLE);
    }

    /**
     * OK-VQA (Marino et al. 2019) over COCO's 2014 photos. Its {@code answer}s are stems, which
     * answers are judged by; training, and shots drawn from it, take {@code raw_answer}.
     */
    static Vqa okVqa(RecipeNode n) {
      Split split = Common.split(n);
      n.check(split != Split.TEST, "split", "must be train or val; OK-VQA's test set is val");
      String part = "mscoco_" + split.valName() + "2014_";
      boolean raw = n.flag("raw_answers", split == Split.TRAIN);
      return files(
          n,
          Common.read(n, "okvqa", split, List.of("coco/" + split.valName() + "2014")),
          "okvqa/OpenEnded_" + part + "questions.json",
          "okvqa/" + part + "annotations.json",
          raw ? "raw_answer" : "answer",
          raw ? AnswerStyle.TEN_PEOPLE : AnswerStyle.STEMS);
    }

    private static Vqa files(
        RecipeNode n,
        Common common,
        String questionPath,
        String answerPath,
        String answerField,
        AnswerStyle style) {
      String questions = Common.path(n, "questions", questionPath);
      String answers = n.text("annotations", answerPath);
      String imageName = ImageNames.read(n, "COCO_{subtype}_{id:12}.jpg");
      return new Vqa(
          common,
          questions,
          answers.isEmpty()
              ? Optional.empty()
              : Optional.of(Common.checked(n, "annotations", answers)),
          imageName,
          answerField,
          style);
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new CocoAnnotations(
          files,
          Optional.empty(),
          Optional.of(files.require(questions, "the VQA question file")),
          answers.map(path -> files.require(path, "the VQA annotation file")),
          new ImageNames(imageName),
          new CocoAnnotations.Leniency(true, true, answerField));
    }
  }

  /**
   * DAQUAR's own question file.
   *
   * @param imageEnding what follows {@code imageN}: {@code .jpg} or, as published, {@code .png}
   */
  record Daquar(Common common, String file, String imageEnding) implements DatasetSpec {
    static Daquar read(RecipeNode n) {
      Split split = Common.split(n);
      String part = split.devName();
      return new Daquar(
          Common.read(n, "daquar", split, List.of("daquar/daquar-" + part + "-*.tar")),
          Common.path(n, "file", "daquar/qa.raw." + part + ".txt"),
          n.text("image_ending", ".jpg"));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new DaquarAnnotations(
          files, files.require(file, "the DAQUAR question file"), imageEnding);
    }

    @Override
    public AnswerStyle answerStyle() {
      return AnswerStyle.SET;
    }
  }

  /**
   * A file of one row a text: TextCaps, TextVQA, VizWiz-VQA, GQA, LAVIS's COCO captions,
   * MiniGPT-4's second stage.
   *
   * @param file the JSON file
   * @param format what a row says
   * @param answerStyle how answers are judged, where rows are questions
   */
  record Rows(Common common, String file, RowFormat format, AnswerStyle answerStyle)
      implements DatasetSpec {
    static Rows textCaps(RecipeNode n) {
      Split split = Common.split(n);
      return rows(
          n,
          Common.read(n, "textcaps", split, textVqaImages(split)),
          "textcaps/TextCaps_0.1_" + split.valName() + ".json",
          RowFormat.TEXTCAPS,
          AnswerStyle.TEN_PEOPLE);
    }

    static Rows textVqa(RecipeNode n) {
      Split split = Common.split(n);
      return rows(
          n,
          Common.read(n, "textvqa", split, textVqaImages(split)),
          "textvqa/TextVQA_0.5.1_" + split.valName() + ".json",
          RowFormat.TEXTVQA,
          AnswerStyle.READ_TEXT);
    }

    /** The folder of train holds the images of val too; TextCaps has the same images. */
    private static List<String> textVqaImages(Split split) {
      return List.of(split == Split.TEST ? "textvqa/test_images" : "textvqa/train_images");
    }

    static Rows vizWizVqa(RecipeNode n) {
      Split split = Common.split(n);
      return rows(
          n,
          Common.read(n, "vizwiz-vqa", split, List.of("vizwiz_vqa/" + split.valName())),
          "vizwiz_vqa/" + split.valName() + ".json",
          RowFormat.VIZWIZ_VQA,
          AnswerStyle.BLIND_PEOPLE);
    }

    /** Results are compared on testdev, which is {@code test} here; the test set has no answers. */
    static Rows gqa(RecipeNode n) {
      Split split = Common.split(n);
      String part = split == Split.TEST ? "testdev" : split.valName();
      return rows(
          n,
          Common.read(n, "gqa", split, List.of("gqa/images")),
          "gqa/" + part + "_balanced_questions.json",
          RowFormat.GQA,
          AnswerStyle.ONE);
    }

    static Rows lavisCoco(RecipeNode n) {
      Split split = Common.split(n);
      return rows(
          n,
          Common.read(n, "lavis-coco", split, List.of("coco")),
          "coco/coco_karpathy_" + split.valName() + ".json",
          RowFormat.LAVIS_COCO,
          AnswerStyle.TEN_PEOPLE);
    }

    static Rows miniGpt4(RecipeNode n) {
      Split split = Common.split(n);
      n.check(split == Split.TRAIN, "split", "must be train, the only one of this set");
      return rows(
          n,
          Common.read(n, "minigpt4", split, List.of("minigpt4/image")),
          "minigpt4/filter_cap.json",
          RowFormat.MINIGPT4,
          AnswerStyle.TEN_PEOPLE);
    }

    private static Rows rows(
        RecipeNode n, Common common, String path, RowFormat format, AnswerStyle style) {
      return new Rows(common, Common.path(n, "file", path), format, style);
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new RowAnnotations(files, files.require(file, "the annotation file"), format);
    }
  }

  /**
   * Conceptual Captions' own list.
   *
   * @param file {@code caption<TAB>address} a line
   * @param imageName pattern of {@link ImageNames} over the line's number, counted from 0
   */
  record Cc3m(Common common, String file, String imageName) implements DatasetSpec {
    static Cc3m read(RecipeNode n) {
      Split split = Common.split(n);
      n.check(
          split != Split.TEST, "split", "must be train or val; the test captions are kept back");
      String list =
          split == Split.TRAIN ? "Train_GCC-training.tsv" : "Validation_GCC-1.1.0-Validation.tsv";
      return new Cc3m(
          Common.read(n, "cc3m", split, List.of("conceptual_captions/" + split.valName())),
          Common.path(n, "file", "conceptual_captions/" + list),
          ImageNames.read(n, "{id:9}.jpg"));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new Cc3mAnnotations(
          files, files.require(file, "the list of captions"), new ImageNames(imageName));
    }
  }

  /** One JSON object a line for each image. */
  record JsonLines(Common common, String file) implements DatasetSpec {
    static JsonLines read(RecipeNode n) {
      Split split = Common.split(n);
      return new JsonLines(Common.readWithImages(n, "jsonl", split), Common.path(n, "file"));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new JsonLinesAnnotations(
          files, files.require(file, "the file of JSON lines"), common.split());
    }
  }

  /**
   * Documents with images between their sentences, in MMC4's form.
   *
   * @param file JSON lines; the last part of the path may hold {@code *}
   * @param similarity the least of an image and the sentence it stands before
   */
  record Interleaved(Common common, String file, double similarity) implements DatasetSpec {
    static Interleaved read(RecipeNode n) {
      Split split = Common.split(n);
      return new Interleaved(
          Common.readWithImages(n, "interleaved", split),
          Common.path(n, "file"),
          n.number("similarity", 0.24).between(-1.0, 1.0));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new InterleavedAnnotations(
          files,
          files.matching(file, "the documents"),
          common,
          files.images(common.images()),
          similarity);
    }
  }

  /**
   * The built-in drawn scenes, written once into the cache as COCO captions and VQA files over the
   * same images: {@code captions_SPLIT.json}, {@code questions_SPLIT.json}, {@code
   * annotations_SPLIT.json} and the folder {@code SPLIT}, where SPLIT is train, val or test.
   */
  record Postcards(Common common) implements DatasetSpec {
    static Postcards read(RecipeNode n) {
      Split split = Common.split(n);
      return new Postcards(Common.read(n, "postcards", split, List.of(split.valName())));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      String split = common.split().valName();
      return new CocoAnnotations(
          files,
          Optional.of(files.require("captions_" + split + ".json", "the caption file")),
          Optional.of(files.require("questions_" + split + ".json", "the question file")),
          Optional.of(files.require("annotations_" + split + ".json", "the answer file")),
          new ImageNames("{id}"),
          CocoAnnotations.Leniency.ALL);
    }

    @Override
    public Path root(DataRoots roots) {
      return roots.postcardsFolder();
    }
  }

  /** The kinds by the names that recipes use. */
  private static Map<String, Function<RecipeNode, DatasetSpec>> kinds() {
    Map<String, Function<RecipeNode, DatasetSpec>> kinds = new LinkedHashMap<>();
    kinds.put("flickr8k", Flickr8k::read);
    kinds.put("coco-captions", CocoCaptions::read);
    kinds.put("coco-karpathy", Karpathy::coco);
    kinds.put("lavis-coco", Rows::lavisCoco);
    kinds.put("flickr30k", DatasetSpec::flickr30k);
    kinds.put("nocaps", CocoCaptions::nocaps);
    kinds.put("textcaps", Rows::textCaps);
    kinds.put("vizwiz-captions", CocoCaptions::vizwiz);
    kinds.put("cc3m", Cc3m::read);
    kinds.put("minigpt4", Rows::miniGpt4);
    kinds.put("karpathy", Karpathy::read);
    kinds.put("webdataset", WebDataset::read);
    kinds.put("vqav2", Vqa::read);
    kinds.put("okvqa", Vqa::okVqa);
    kinds.put("textvqa", Rows::textVqa);
    kinds.put("vizwiz-vqa", Rows::vizWizVqa);
    kinds.put("gqa", Rows::gqa);
    kinds.put("daquar", Daquar::read);
    kinds.put("jsonl", JsonLines::read);
    kinds.put("interleaved", Interleaved::read);
    kinds.put("postcards", Postcards::read);
    return kinds;
  }

  /** Flickr30k comes as Karpathy's file or, where {@code tokens} is given, as its own. */
  private static DatasetSpec flickr30k(RecipeNode n) {
    return n.has("tokens") ? Flickr8k.flickr30k(n) : Karpathy.flickr30k(n);
  }

  /** The names of all kinds, in the order of messages. */
  static List<String> names() {
    return List.copyOf(kinds().keySet());
  }

  /** Reads the section of one data set. */
  static DatasetSpec read(RecipeNode n) {
    return n.kind("kind", kinds());
  }

  /**
   * A kind with its usual paths, as {@code --on NAME --split dev} asks for it.
   *
   * @throws io.lorgnette.error.InputException for an unknown name, or a kind whose paths a recipe
   *     has to give
   */
  static DatasetSpec named(String name, Split split) {
    return usual(name, split, List.of());
  }

  /**
   * The texts of a kind with its usual paths, whether or not its images are there.
   *
   * @throws io.lorgnette.error.InputException as {@link #named} does
   */
  static DatasetSpec withoutImages(String name, Split split) {
    return usual(name, split, List.of("images=[]"));
  }

  /** A kind with its usual paths from which nothing is dropped, with or without its images. */
  static DatasetSpec whole(String name, Split split, boolean images) {
    List<String> options = new ArrayList<>(images ? List.of() : List.of("images=[]"));
    if (name.equals("vizwiz-captions")) {
      options.addAll(List.of("precanned=true", "rejected=true"));
    }
    return usual(name, split, options);
  }

  private static DatasetSpec usual(String name, Split split, List<String> more) {
    List<String> options = new ArrayList<>(List.of("kind=" + name, "split=" + split.valName()));
    options.addAll(more);
    return RecipeReader.readText("{}", "data set " + name, options, DatasetSpec::read).value();
  }
}
