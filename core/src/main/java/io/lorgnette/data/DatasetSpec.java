package io.lorgnette.data;

import io.lorgnette.recipe.RecipeNode;
import io.lorgnette.recipe.RecipeReader;
import java.nio.file.Path;
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

  /** Flickr8k's own caption file and split list. */
  record Flickr8k(Common common, String tokens, String list) implements DatasetSpec {
    static Flickr8k read(RecipeNode n) {
      Split split = Common.split(n);
      String part = split.devName();
      return new Flickr8k(
          Common.read(n, "flickr8k", split, List.of("flickr8k/flickr8k-" + part + "-*.tar")),
          Common.path(n, "tokens", "flickr8k/Flickr8k.token.txt"),
          Common.path(n, "list", "flickr8k/Flickr_8k." + part + "Images.txt"));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new TokenFileAnnotations(
          files,
          files.require(tokens, "the caption file"),
          files.require(list, "the list of the split's images"));
    }
  }

  /** A COCO caption file. */
  record CocoCaptions(Common common, String captions) implements DatasetSpec {
    static CocoCaptions read(RecipeNode n) {
      Split split = Common.split(n);
      return new CocoCaptions(
          Common.read(
              n,
              "coco-captions",
              split,
              List.of("coco_captions/coco_captions-" + split.devName() + "-*.tar")),
          Common.path(n, "captions", "coco_captions/captions_" + split.valName() + "2017.json"));
    }

    @Override
    public Annotations annotations(DataFiles files) {
      Path file = files.require(captions, "the COCO caption file");
      return new CocoAnnotations(
          files, Optional.of(file), Optional.empty(), Optional.empty(), new ImageNames("{id}"));
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
   */
  record Vqa(Common common, String questions, Optional<String> answers, String imageName)
      implements DatasetSpec {
    static Vqa read(RecipeNode n) {
      Split split = Common.split(n);
      String part = split.devName();
      Common common =
          Common.read(n, "vqav2", split, List.of("vqav2_coco/vqav2_coco-" + part + "-*.tar"));
      String questions =
          Common.path(n, "questions", "vqav2_coco/v2_OpenEnded_mscoco_" + part + "_questions.json");
      String answers = n.text("annotations", "vqav2_coco/v2_mscoco_" + part + "_annotations.json");
      String imageName = n.text("image_name", "COCO_{subtype}_{id:12}.jpg");
      n.check(
          ImageNames.isPattern(imageName),
          "image_name",
          "must be a file name with {id} or {id:12} in it but is " + imageName);
      return new Vqa(
          common,
          questions,
          answers.isEmpty()
              ? Optional.empty()
              : Optional.of(Common.checked(n, "annotations", answers)),
          imageName);
    }

    @Override
    public Annotations annotations(DataFiles files) {
      return new CocoAnnotations(
          files,
          Optional.empty(),
          Optional.of(files.require(questions, "the VQA question file")),
          answers.map(path -> files.require(path, "the VQA annotation file")),
          new ImageNames(imageName));
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
          new ImageNames("{id}"));
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
    kinds.put("karpathy", Karpathy::read);
    kinds.put("webdataset", WebDataset::read);
    kinds.put("vqav2", Vqa::read);
    kinds.put("daquar", Daquar::read);
    kinds.put("jsonl", JsonLines::read);
    kinds.put("postcards", Postcards::read);
    return kinds;
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
    return RecipeReader.readText(
            "{}",
            "data set " + name,
            List.of("kind=" + name, "split=" + split.valName()),
            DatasetSpec::read)
        .value();
  }
}
